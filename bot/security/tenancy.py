"""Binds a transaction to one hotel. Row level security turns everything else into no rows."""

from __future__ import annotations

from uuid import UUID

from asyncpg import Connection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# All by one call. The search path is set anew, too: a temporary table that an earlier transaction left on the pooled
# connection would otherwise stand before the real one of its name.
_BEGIN = """
    BEGIN;
    SELECT set_config('app.hotel_id', '{hotel_id}', true), set_config('search_path', 'public, pg_temp', true)
"""

# Who owns the tables may lift their policies, so an owner is no login to serve with either.
_POWERS = text("""
    SELECT coalesce(bool_or(rolsuper OR rolbypassrls OR oid = (
        SELECT relowner FROM pg_class WHERE oid = to_regclass('public.hotels')
    )), false)
    FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')
""")


async def is_powerful(connection: AsyncConnection) -> bool:
    """Return whether this login, or one that it may become, gets around row level security."""
    return bool((await connection.execute(_POWERS)).scalar_one())


_BIND_ACTOR = text("SELECT set_config('app.actor', :actor, true)")


async def bind_actor(connection: AsyncConnection, actor: str) -> None:
    """Let what this transaction changes from now on be on record as this one's doing; nobody's where empty."""
    await connection.execute(_BIND_ACTOR, {"actor": actor})


async def begin_bound(driver: Connection, hotel_id: UUID) -> None:
    """Begin a transaction in which `hotel_id` is the only hotel to be seen; gone with its end.

    Raises RuntimeError inside an older transaction, where statements of another hotel may already have run.
    """
    if driver.is_in_transaction():
        raise RuntimeError("a hotel is bound to a transaction that has just begun")
    # As a UUID it is made of digits and dashes, whatever it was given as.
    await driver.execute(_BEGIN.format(hotel_id=UUID(str(hotel_id))))
