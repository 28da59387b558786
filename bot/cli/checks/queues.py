"""Work that waits too long, and work that needs a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import text

from bot.cli.checks.finding import Finding
from bot.clock import Clock
from bot.storage.unit_of_work import Database
from bot.web.health import OLDEST_WORK

_ASIDE = text("""
    SELECT h.slug, count(*) AS count FROM inbox_events e JOIN hotels h ON h.id = e.hotel_id
    WHERE e.state = 'quarantined' GROUP BY h.slug ORDER BY h.slug
""")
_IN_DOUBT = text("SELECT count(*) FROM outbox WHERE state = 'in_doubt'")


async def check_queues(database: Database, clock: Clock) -> AsyncIterator[Finding]:
    """Give a finding each for the queues' ages, for what was set aside and for what is in doubt."""
    ages = await database.claims.queue_ages(clock.now())
    yield judge_age("inbox", ages.inbox)
    yield judge_age("outbox", ages.outbox)
    async with database.runtime.connect() as connection:
        aside = {row.slug: row.count for row in await connection.execute(_ASIDE)}
        in_doubt = (await connection.execute(_IN_DOUBT)).scalar_one()
    if aside:
        counts = ", ".join(f"{slug} {count}" for slug, count in aside.items())
        remedy = "see `python -m bot inbox list`, and `inbox replay` when the cause is gone"
        yield Finding("set aside", problem=f"events that could not be handled ({counts})", remedy=remedy)
    else:
        yield Finding("set aside", "nothing")
    # Staff is told of each of these: nobody has to do anything here.
    yield Finding("in doubt", f"{in_doubt} messages that may or may not have been sent" if in_doubt else "nothing")


def judge_age(queue: str, age: timedelta | None) -> Finding:
    """The oldest work may wait a little; longer, and nobody works on it."""
    if age is not None and age > OLDEST_WORK:
        return Finding(
            queue,
            problem=f"the oldest piece of work waits for {age.total_seconds():.0f} s",
            remedy="is `python -m bot run` running, and what does its log say?",
        )
    return Finding(queue, "nothing waits long")
