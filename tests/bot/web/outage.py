"""A database that goes away for a while, as in a restart of its server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from tests.databases import Database, connected


@asynccontextmanager
async def away(place: Database) -> AsyncIterator[None]:
    """End every connection to the database, and let nobody in while inside."""
    name = make_url(place.owner_url).database
    elsewhere = make_url(place.admin_url).set(database="postgres").render_as_string(hide_password=False)
    async with connected(elsewhere) as admin:
        await admin.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        yield
        await admin.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
