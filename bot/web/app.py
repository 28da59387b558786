"""The HTTP server inside our own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import ConfigurationError

LARGEST_BODY = 4 * 1024 * 1024


@asynccontextmanager
async def serve(host: str, port: int, routes: Sequence[web.RouteDef]) -> AsyncIterator[int]:
    """Listen while inside; yield the port. Raises ConfigurationError when the address can't be used."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(routes)
    # Access lines carry the opaque webhook keys, so there are none; metrics count instead.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(
                f"BELLHOP_HOST and BELLHOP_PORT: can't listen on {host}:{port} ({error.strerror}): "
                "set a free port, or 0 for any"
            ) from None
        yield int(runner.addresses[0][1])
    finally:
        await asyncio.shield(runner.cleanup())
