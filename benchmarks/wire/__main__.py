"""python -m benchmarks.wire: the world outside, as one process. Plans come in as JSON lines, tallies go out."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict

import orjson
import uvloop
from aiohttp import web

from benchmarks.wire.load import Load
from benchmarks.wire.plan import Plan
from benchmarks.wire.provider import Provider


class World:
    """The provider, and the load of the plan that is being played."""

    def __init__(self) -> None:
        self._load: Load | None = None

    async def run(self) -> None:
        """Say where the provider listens, then play one plan after another until the input ends."""
        runner = web.AppRunner(Provider(self._heard).application(), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            _tell({"port": runner.addresses[0][1]})
            while line := await asyncio.to_thread(sys.stdin.buffer.readline):
                self._load = Load(Plan.from_json(orjson.loads(line)))
                _tell([asdict(tally) for tally in await self._load.play()])
                self._load = None
        finally:
            await runner.cleanup()

    def _heard(self, chat: int, at: float) -> None:
        if self._load is not None:
            self._load.heard(chat, at)


def _tell(what: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(World().run())
