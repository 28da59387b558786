"""Who the server's programs run as, and how they are started: never as root, never outliving us."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.lifeline import lifeline

REMEDY = "set BELLHOP_DATABASE_URL to a PostgreSQL server of your own"

# Nothing of the caller's environment (PGDATA, PGOPTIONS, a foreign language) may bend the server.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine. `is_other` means that we are root and act as this one."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def run(self, command: list[str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a program to its end with both outputs in `stdout`; it is killed when we die."""
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with self.start(command, signal.SIGKILL, **pipes) as process:
            output, _ = process.communicate(stdin)
        return subprocess.CompletedProcess(command, process.returncode, output)

    def start(self, command: list[str], on_our_death: signal.Signals, **options: Any) -> subprocess.Popen[bytes]:
        """Start a program in its own session; it gets the signal when our thread ends (Linux).

        Raises ConfigurationError when this process may not act as the account.
        """
        who: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        try:
            return subprocess.Popen(
                command,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
                preexec_fn=lifeline(on_our_death),
                **who,
                **options,
            )
        except (PermissionError, subprocess.SubprocessError) as error:
            raise ConfigurationError(f"{command[0]} can't be started as user {self.name}: {REMEDY}") from error

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may pass through a folder; the kernel is asked, since modes don't tell it all."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0

    def give(self, path: Path) -> None:
        """Make the account the owner of something that we have just made."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def server_account() -> Account:
    """Return oneself, or `nobody` for root, whom PostgreSQL refuses. Raises ConfigurationError without either."""
    is_root = os.geteuid() == 0
    try:
        entry = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    except KeyError as error:
        who = "user nobody" if is_root else f"uid {os.geteuid()}"
        problem = f"the embedded PostgreSQL needs a passwd entry for {who}, and this machine has none"
        raise ConfigurationError(f"{problem}: run as another user, or {REMEDY}") from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, is_other=is_root)
