"""Making a PostgreSQL data directory: whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.embedded.account import REMEDY, Account
from bot.embedded.address import DATABASE, OWNER, SUPERUSER, Secrets
from bot.embedded.binaries import Binaries
from bot.errors import ConfigurationError

# Letters beyond ASCII must be letters to lower() and LIKE; macOS has another name for the same thing.
_LETTERS = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_LAST_LINES = 6


@dataclass(frozen=True, slots=True)
class ClusterMaker:
    """Makes data directories with one owner role and one database."""

    binaries: Binaries
    account: Account
    throwaway: bool = False

    def make(self, cluster: Path, secrets: Secrets) -> None:
        """Make a data directory that doesn't exist yet; what an interrupted attempt left behind is removed.

        Everything happens under another name, so that the right name is always a complete one.
        Raises ConfigurationError with the server's last words.
        """
        unfinished = cluster.with_name(f"{cluster.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        try:
            self.account.give(unfinished)
            self._initialise(unfinished)
            self._execute(unfinished, secrets, [f"CREATE ROLE {OWNER}", f"CREATE DATABASE {DATABASE} OWNER {OWNER}"])
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        unfinished.rename(cluster)
        _write_through(cluster.parent)

    def renew_passwords(self, cluster: Path, secrets: Secrets) -> None:
        """Give both logins of a stopped server new passwords."""
        self._execute(cluster, secrets, [])

    def _initialise(self, cluster: Path) -> None:
        command = [self.binaries.initdb, "-D", str(cluster), "-U", SUPERUSER, "-E", "UTF8", "--auth=reject"]
        command += ["--locale=C", f"--lc-ctype={_LETTERS}", "--no-instructions"]
        _check(self.account.run(command + ["--no-sync"] * self.throwaway), "initdb")
        (cluster / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")

    def _execute(self, cluster: Path, secrets: Secrets, statements: list[str]) -> None:
        """Run statements without a server; passwords go through a pipe, where nobody else sees them."""
        statements = [
            *statements,
            f"ALTER ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{secrets.owner}'",
            f"ALTER ROLE {SUPERUSER} PASSWORD '{secrets.superuser}'",
        ]
        command = [self.binaries.postgres, "--single", "-D", str(cluster), "-c", "exit_on_error=on"]
        command += ["-c", "log_min_error_statement=panic", *["-F"] * self.throwaway, "template1"]
        _check(self.account.run(command, "\n".join(statements).encode() + b"\n"), "setting up PostgreSQL")


def last_words(output: str) -> str:
    """Return the end of a program's output, on lines of their own, for an error text."""
    lines = output.strip().splitlines()[-_LAST_LINES:] or ["(none; perhaps the disk is full)"]
    return "\n".join(f"  {line}" for line in lines)


def _check(result: subprocess.CompletedProcess[bytes], what: str) -> None:
    if result.returncode:
        words = last_words(result.stdout.decode(errors="replace"))
        problem = f"{what} failed (exit code {result.returncode}); make room or mend what it names, or {REMEDY}"
        raise ConfigurationError(f"{problem}:\n{words}")


def _write_through(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
