"""The database's clock can't be set: what it has just stamped is moved to when it is meant to have happened."""

from __future__ import annotations

from datetime import datetime

from tests.databases import Database, connected

_STAMPS = {
    "stays": ("created_at", "known_since"),
    "guests": ("created_at", "known_since"),
    "guest_identities": ("created_at",),
    "conversations": ("created_at",),
    "stay_changes": ("at",),
    "guest_changes": ("at",),
}


async def happened(database: Database, at: datetime) -> None:
    """Let everything that was stored since the last call have been stored at this moment.

    What the database stamped itself has fractions of a second, and what was moved has none, whatever today's date.
    """
    async with connected(database.admin_url) as admin:
        for table, columns in _STAMPS.items():
            for column in columns:
                stamped = f"{column} <> date_trunc('second', {column})"
                await admin.execute(f"UPDATE {table} SET {column} = $1 WHERE {stamped}", at)


async def kept_since(database: Database, at: datetime) -> None:
    """Let the past of everything be on record only since this moment."""
    async with connected(database.admin_url) as admin:
        for table in ("stays", "guests"):
            await admin.execute(f"UPDATE {table} SET known_since = $1", at)
