"""The HTTP server inside our own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.web.listeners import Sockets

Routes = Sequence[web.RouteDef]

LARGEST_BODY = 4 * 1024 * 1024


@asynccontextmanager
async def serve(sockets: Sockets, routes: Routes) -> AsyncIterator[int]:
    """Answer what comes in by these sockets while inside, and close them; yield the first one's port."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(routes)
    # Access lines carry the opaque webhook keys, so there are none; metrics count instead.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        for each in sockets:
            await web.SockSite(runner, each).start()
        yield int(runner.addresses[0][1])
    finally:
        await asyncio.shield(runner.cleanup())
