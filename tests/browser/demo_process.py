"""`python -m bot run --demo` as a process of its own, with a data folder of its own."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Self

HOUSE = Path(__file__).parents[2]
COLD_START_SECONDS = 90
STOP_SECONDS = 20
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


class DemoProcess:
    """`async with` starts it and waits until it has printed the page's address (`.url`), then stops it politely."""

    url: str
    _process: Process

    def __init__(self, data: Path) -> None:
        self._data = data
        self._log = data.with_suffix(".log")

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--demo"),
                cwd=HOUSE,
                env=_environment(self._data),
                stdout=PIPE,
                stderr=log,
            )
        try:
            async with asyncio.timeout(COLD_START_SECONDS):
                self.url = await self._address()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        code = await self._stop()
        assert code == 0, f"the demo ended with {code}:\n{self._last_words()}"

    async def _address(self) -> str:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if found := _ADDRESS.search(line.decode()):
                return found[0]
        raise AssertionError(f"the demo ended before it printed an address:\n{self._last_words()}")

    async def _stop(self) -> int:
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise AssertionError(f"the demo did not stop in {STOP_SECONDS} s:\n{self._last_words()}") from None

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text().splitlines()[-20:])


def _environment(data: Path) -> dict[str, str]:
    """Our own settings only: what the caller has set for another house stays out."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("BELLHOP_")}
    return others | {"BELLHOP_DATA_DIR": str(data), "BELLHOP_PORT": "0", "BELLHOP_SIMULATOR_PORT": "0"}
