"""The database: can it be reached, by whom, and is it what this release needs?"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.checks.finding import Finding
from bot.clock import Clock
from bot.database import FAILURES, POWERFUL, RESTORE_ROLES, WITHOUT_POWER, explain
from bot.security.tenancy import is_powerful
from bot.storage import migrations
from bot.storage.claims import Claims
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE, owner_connection
from models import Base

PATIENCE = timedelta(seconds=5)
MOST_SKEW = timedelta(seconds=2)
DASHBOARD_ROLE = "bellhop_dashboard"

# From these minor releases on, row level security can't be got around by known ways (CVE-2025-8713 and its like).
SAFE_SINCE = {15: 14, 16: 10, 17: 6}

_COLUMNS = text("""
    SELECT n.nspname, c.relname, a.attname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname IN ('public', 'dashboard')
""")
_PARTITIONS = text("""
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass('public.messages')
""")


async def check_login(about: str, url: str) -> Finding:
    """Log in and ask something."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()), owner_connection(url) as connection:
            await connection.execute(text("SELECT 1"))
    except FAILURES as error:
        problem, remedy = explain(error)
        return Finding(about, problem=problem, remedy=remedy)
    return Finding(about, "reachable")


async def check_walls(about: str, url: str) -> Finding:
    """A serving login that is, or may become, the owner, a superuser or past the policies could see every hotel."""
    async with owner_connection(url) as connection:
        if await is_powerful(connection):
            return Finding(about, problem=POWERFUL, remedy=WITHOUT_POWER)
    return Finding(about, "bound by row level security")


def check_version(number: int) -> Finding:
    """`number` as in server_version_num: 150014 is 15.14."""
    about, major, minor = "server version", *divmod(number, 10_000)
    if major < min(SAFE_SINCE):
        return Finding(about, problem=f"{major}.{minor} is too old", remedy="run PostgreSQL 15 or newer")
    if minor < SAFE_SINCE.get(major, 0):
        return Finding(
            about,
            problem=f"{major}.{minor} has known ways around row level security",
            remedy=f"update it to {major}.{SAFE_SINCE[major]} or newer",
        )
    return Finding(about, f"{major}.{minor}")


async def check_roles(connection: AsyncConnection) -> Finding:
    """The roles that migrations make belong to the server, so a restored database may lack them."""
    wanted = {APP_ROLE, RUNTIME_ROLE, DASHBOARD_ROLE}
    rows = await connection.execute(text("SELECT rolname FROM pg_roles"))
    missing = sorted(wanted - set(rows.scalars()))
    if not missing:
        return Finding("roles")
    is_migrated = (await connection.execute(text("SELECT to_regclass('public.hotels') IS NOT NULL"))).scalar_one()
    remedy = RESTORE_ROLES if is_migrated else "run `python -m bot migrate`"
    return Finding("roles", problem=f"{', '.join(missing)} missing", remedy=remedy)


async def check_revision(owner_url: str) -> Finding:
    """The owner sees which migration was the last."""
    at, head = await migrations.current(owner_url), migrations.head()
    if at != head:
        problem = f"at {at or 'none'}, not at {head}"
        return Finding("migrations", problem=problem, remedy="run `python -m bot migrate`")
    return Finding("migrations", f"at {head}")


async def check_tables(connection: AsyncConnection) -> Finding:
    """A serving login may not read the migrations' own table, but everybody sees which columns there are."""
    there = {(row.nspname, row.relname, row.attname) for row in await connection.execute(_COLUMNS)}
    missing = sorted(
        f"{table.fullname}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if (table.schema or "public", table.name, column.name) not in there
    )
    if missing:
        return Finding(
            "migrations",
            problem=f"{len(missing)} columns of this release are missing, such as {missing[0]}",
            remedy="run `python -m bot migrate` with the owner's BELLHOP_DATABASE_URL",
        )
    return Finding("migrations", "every table of this release is there")


async def check_partitions(connection: AsyncConnection, today: date) -> Finding:
    """Messages of a month without its own partition pile up in the default one."""
    there = set((await connection.execute(_PARTITIONS)).scalars())
    if there <= {"messages_default"}:
        return Finding("partitions", "none yet: the first `python -m bot run` makes them")
    next_month = today.replace(day=1) + timedelta(days=32)
    missing = [name for day in (today, next_month) if (name := f"messages_{day:%Y_%m}") not in there]
    if missing:
        return Finding(
            "partitions",
            problem=f"{', '.join(missing)} missing",
            remedy="`python -m bot run` makes them, at its start and every hour: start it, or see what its log says",
        )
    return Finding("partitions", "made ahead")


async def check_clock(claims: Claims, clock: Clock) -> Finding:
    """Leases run by the database's clock, triggers by ours."""
    before = clock.now()
    there = await claims.database_time()
    return judge_skew(before, there, clock.now())


def judge_skew(before: datetime, there: datetime, after: datetime) -> Finding:
    """The database's time was read between two looks at ours: only what lies outside of them is skew."""
    skew = max(before - there, there - after, timedelta())
    if skew > MOST_SKEW:
        return Finding(
            "clocks",
            problem=f"this machine and the database are {skew.total_seconds():.1f} s apart",
            remedy="let both take their time from NTP",
        )
    return Finding("clocks", "in step")
