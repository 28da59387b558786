"""Processes that a row starts: the product as it is run, and the world outside of it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from benchmarks.wire.plan import Plan, Tally

READY_SECONDS = 90.0
_LONGEST_LINE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """The product as somebody started it: its first process, and the port on which it answers."""

    pid: int
    port: int


@asynccontextmanager
async def product(environ: dict[str, str], module: str = "bot", *, processes: int = 1) -> AsyncIterator[Running]:
    """Run `python -m MODULE run` with nothing but these settings, until it is ready; end it afterwards.

    Of several processes each has a port of its own besides the common one, by which it tells that it is ready.
    """
    port, *own = _free_ports(1 + processes if processes > 1 else 1)
    settings = {**environ, "BELLHOP_PORT": str(port), "BELLHOP_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    if own:
        settings |= {"BELLHOP_PROCESSES": str(processes), "BELLHOP_METRICS_PORT": str(own[0])}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "run"),
        env=_bare_environment() | settings,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        for each in own or (port,):
            await _until_ready(process, each)
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


def _free_ports(number: int) -> range:
    """Return so many free ports in a row."""
    while True:
        with ExitStack() as stack:
            probes = [stack.enter_context(socket.socket()) for _ in range(number)]
            probes[0].bind(("127.0.0.1", 0))
            first: int = probes[0].getsockname()[1]
            try:
                for further, probe in enumerate(probes[1:], first + 1):
                    probe.bind(("127.0.0.1", further))
            except (OSError, OverflowError):
                continue
        return range(first, first + number)
