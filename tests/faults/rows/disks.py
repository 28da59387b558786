"""Row 18: the disk of the database is full, again and again, while that of the bots' logs always is."""

from __future__ import annotations

import asyncio
import errno
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from bot.embedded.account import server_account
from tests.databases import Database, connected
from tests.faults.report import Result
from tests.faults.run import Stage, playing

MEGABYTES = 64
BLOCK = bytes(4096)
FULL_DISK = Path("/dev/full")
"""Whoever writes there is told that no space is left."""
TABLES = "tables"
TABLESPACE = "faults_small"


class NoSmallDiskError(Exception):
    """This machine lets us have none; says why."""


async def fill_disks(stage: Stage) -> Result:
    """Leave the database no space for a while, and give it back."""
    try:
        with _small_disk() as disk:
            async with _database_on(disk, stage) as database:
                return await _play(stage, database, disk / "ballast")
    except NoSmallDiskError as error:
        return Result.not_possible(str(error))


async def _play(stage: Stage, database: Database, ballast: Path) -> Result:
    times, seconds, waited = stage.times(3, 10), float(stage.times(6, 20)), 0
    async with playing(stage, database=database, log=FULL_DISK) as play:
        async with play.load.pouring(stage.rate):
            for _ in range(times):
                with _filled(ballast):
                    await asyncio.sleep(seconds)
                    waited += play.held_out()
                play.load.note_fault()
                await asyncio.sleep(seconds / 2)
        evidence, findings = await play.judge()
    ended = sum(sum(place.endings.values()) for place in play.places)
    result = Result(f"{times} times full for {seconds:.0f} s, {play.load.count} messages, no log written")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    result.figures.append(f"left with the providers while it was full: {waited}")
    result.demand(bool(waited), "the full disk kept nothing from being stored")
    result.demand(not ended, f"{ended} processes ended")
    result.add_recovery(evidence, play.load)
    return result


@contextmanager
def _small_disk() -> Iterator[Path]:
    """Mount one in memory. Raises NoSmallDiskError where that can't be, or no disk is always full."""
    if not FULL_DISK.exists():
        raise NoSmallDiskError(f"there is no {FULL_DISK}")
    account = server_account()
    options = f"size={MEGABYTES}m,mode=0700,uid={account.uid},gid={account.gid}"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        try:
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoSmallDiskError("only root can mount a tmpfs") from error
        try:
            # Whoever makes a tablespace wants an empty folder, and the disk's own has the ballast.
            tables = Path(folder) / TABLES
            tables.mkdir(mode=0o700)
            account.give(tables)
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@asynccontextmanager
async def _database_on(disk: Path, stage: Stage) -> AsyncIterator[Database]:
    """Make a database whose tables lie on a small disk. The server's log of changes lies elsewhere: without space for
    it the server itself would end, which row 5 is about."""
    async with _tablespace(stage, disk / TABLES), stage.server.new_database(stage.template) as database:
        name = make_url(database.owner_url).database
        async with connected(stage.server.admin_url) as connection:
            await connection.execute(f"ALTER DATABASE {name} SET TABLESPACE {TABLESPACE}")
        yield database


@asynccontextmanager
async def _tablespace(stage: Stage, place: Path) -> AsyncIterator[None]:
    async with connected(stage.server.admin_url) as connection:
        await connection.execute(f"CREATE TABLESPACE {TABLESPACE} LOCATION '{place}'")
    try:
        yield
    finally:
        async with connected(stage.server.admin_url) as connection:
            await connection.execute(f"DROP TABLESPACE {TABLESPACE}")


@contextmanager
def _filled(ballast: Path) -> Iterator[None]:
    """Let no space be left while inside."""
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(BLOCK)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    try:
        yield
    finally:
        ballast.unlink()
