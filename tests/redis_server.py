"""A real Redis for tests: the one of TEST_REDIS_URL, or a `redis-server` of this machine started for the moment."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

GIVEN_REDIS = os.environ.get("TEST_REDIS_URL")
REDIS_PROGRAM = shutil.which("redis-server")
REAL_REDIS = GIVEN_REDIS or REDIS_PROGRAM


@asynccontextmanager
async def real_redis(folder: Path) -> AsyncIterator[str]:
    """Give the address of a Redis; one that was started here listens on a socket in `folder`, and ends with it."""
    if GIVEN_REDIS:
        yield GIVEN_REDIS
        return
    async with started_redis(folder) as socket:
        yield f"unix://{socket}"


@asynccontextmanager
async def started_redis(folder: Path) -> AsyncIterator[Path]:
    """Start a Redis of our own and give its socket."""
    socket = folder / "redis.sock"
    arguments = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder))
    server = await asyncio.create_subprocess_exec(str(REDIS_PROGRAM), *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(10):
            assert server.stdout is not None
            while b"eady to accept connections" not in await server.stdout.readline():
                assert server.returncode is None
        yield socket
    finally:
        if server.returncode is None:
            server.kill()  # it keeps nothing, and one that stands still would not hear a milder word
        await server.communicate()
