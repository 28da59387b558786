"""Processes that a row starts: the product as it is run, and the world outside of it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from benchmarks.wire.plan import Plan, Tally

READY_SECONDS = 90.0
_LONGEST_LINE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the product that answers on a port."""

    pid: int
    port: int


@asynccontextmanager
async def product(environ: dict[str, str], module: str = "bot", *arguments: str) -> AsyncIterator[Running]:
    """Run `python -m MODULE ARGUMENTS` with nothing but these settings, until it is ready; end it afterwards."""
    port = _free_port()
    settings = {**environ, "BELLHOP_PORT": str(port), "BELLHOP_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = (sys.executable, "-m", module, *(arguments or ("run",)))
    process = await asyncio.create_subprocess_exec(
        *command, env=_bare_environment() | settings, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await _until_ready(process, port)
        yield Running(process.pid, port)
    finally:
        await _end(process)


class World:
    """The other side of the wire, played by a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.provider_url = f"http://127.0.0.1:{port}"

    async def play(self, plan: Plan) -> list[Tally]:
        """Let it play a plan; return the tallies, window by window."""
        assert self._process.stdin is not None, "opened with a pipe"
        self._process.stdin.write(orjson.dumps(plan.to_json()) + b"\n")
        return [Tally.from_json(told) for told in await _line_of(self._process)]


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """Start the other side, and end it afterwards."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "benchmarks.wire")
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=_LONGEST_LINE)
    try:
        yield World(process, (await _line_of(process))["port"])
    finally:
        await _end(process)


async def ask_module(module: str, question: object, environ: dict[str, str]) -> Any:
    """Run a module that reads one JSON object and writes one; return what it wrote."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module), stdin=pipe, stdout=pipe, env=_bare_environment() | environ
    )
    try:
        output, _ = await process.communicate(orjson.dumps(question))
    finally:
        await _end(process)
    if process.returncode:
        raise RuntimeError(f"{module} failed")
    return orjson.loads(output)


def _bare_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BELLHOP_")}


async def _line_of(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None, "opened with a pipe"
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the other side of the wire ended; its last words are above")
    return orjson.loads(line)


async def _until_ready(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(f"http://127.0.0.1:{port}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.01)
    raise RuntimeError("the process ended before it was ready; its last words are above")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
