"""A home for a real server that its account can reach, and processes of their own that run one."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.embedded.postgres import forget
from bot.embedded.throwaway import new_throwaway_folder

PROJECT = Path(__file__).parents[3]
_KEEPER = """
import signal, sys
from pathlib import Path
from bot.embedded.postgres import EmbeddedPostgres
from bot.errors import ConfigurationError
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    with EmbeddedPostgres(Path(sys.argv[1])) as server:
        print(server.address.pid, flush=True)
        sys.stdin.read()
except ConfigurationError as error:
    print(error, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Another process that runs a server until it is killed or told to stop."""

    process: subprocess.Popen[str]

    def word(self) -> str:
        """What it says first: the server's process id, or why there is none. At most a minute."""
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], 60)[0], "the other process says nothing"
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        """End it without a chance to clean up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that doesn't exist yet, below one that everybody may pass through (pytest's own is closed)."""
    parent = new_throwaway_folder(Path(tempfile.gettempdir()))
    parent.chmod(0o755)
    yield parent / "postgres"
    # Waits for a server whose parent the test killed.
    forget(parent / "postgres")
    shutil.rmtree(parent)


@pytest.fixture
def keep() -> Iterator[Callable[[Path], Keeper]]:
    """Start another process with a server on a folder."""
    keepers: list[Keeper] = []

    def start(folder: Path) -> Keeper:
        command = [sys.executable, "-c", _KEEPER, str(folder)]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        process = subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        keepers.append(Keeper(process))
        return keepers[-1]

    yield start
    for keeper in keepers:
        keeper.process.communicate()
