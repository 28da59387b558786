"""Commands as processes of their own: typed as an operator types them, or forked, which spares the imports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.cli import main
from tests.flows.bot_process import NURSERY

PATIENCE = 120
PROJECT = Path(__file__).parents[3]


@contextmanager
def started(settings: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `python -m bot` with these words while inside."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=PROJECT,
        env=environment(**settings),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class Fork:
    """The same command in a process that has imported everything; asked like one of `subprocess`."""

    def __init__(self, settings: Mapping[str, str], words: tuple[str, ...], folder: Path) -> None:
        reader, writer = NURSERY.Pipe(duplex=False)
        self._logged = folder / "stderr"
        arguments = (environment(**settings), words, writer, self._logged)
        self._process = NURSERY.Process(target=_command, args=arguments, daemon=True)
        self._process.start()
        writer.close()
        self.stdout = os.fdopen(os.dup(reader.fileno()))
        reader.close()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None, "it was started"
        os.kill(self._process.pid, number)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; return what it showed, and what it said on standard error."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, "it goes on"
        return self.stdout.read(), self._logged.read_text()

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self.stdout.close()


Running = subprocess.Popen[str] | Fork


@contextmanager
def forked(settings: Mapping[str, str], *words: str) -> Iterator[Fork]:
    """Run the same command from the nursery while inside."""
    with TemporaryDirectory() as folder:
        fork = Fork(settings, words, Path(folder))
        try:
            yield fork
        finally:
            fork.close()


def environment(**settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"BELLHOP_PORT": "0", "BELLHOP_SIMULATOR_PORT": "0", "PYTHONUNBUFFERED": "1"} | settings


def _command(environ: dict[str, str], words: tuple[str, ...], shown: Connection, logged: Path) -> None:
    os.chdir(PROJECT)
    os.environ.clear()
    os.environ.update(environ)
    os.dup2(shown.fileno(), 1)
    shown.close()
    with logged.open("wb") as file:
        os.dup2(file.fileno(), 2)
    sys.argv[1:] = words
    main()
