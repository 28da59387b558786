"""Two years of messages, made by sets: minutes for ten million."""

from __future__ import annotations

from pathlib import Path

from benchmarks.server import Database

HOTELS, MESSAGES_A_GUEST, MONTHS = 1_000, 10, 24
_SQL = Path(__file__).parent / "sql"


async def fill_history(database: Database, messages: int) -> None:
    """Fill in so many messages, over the partitions of 24 months and up to 1,000 hotels that rest now, and a planned
    firing for each of their guests.

    Foreign keys are not checked row by row meanwhile; what is written fits together by the way it is made.
    """
    guests = guests_of(messages)
    async with database.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.fetchval(
            "SELECT ensure_message_partitions((now() - make_interval(months => $1))::date, now()::date)", MONTHS
        )
        await connection.execute((_SQL / "past_hotels.sql").read_text())
        await connection.execute("SELECT pg_temp.fill_hotels($1::int, $2::int)", min(HOTELS, guests), guests)
        statement = (_SQL / "past_month.sql").read_text()
        for month in range(MONTHS, 0, -1):
            await connection.execute(statement, month, messages // MONTHS, guests)
        await connection.execute((_SQL / "past_queues.sql").read_text())


def guests_of(messages: int) -> int:
    """Return how many guests wrote and got so many messages."""
    return max(messages // MESSAGES_A_GUEST, 1)
