"""What the house asks while it serves is found by an index, however much there is to find it in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from bot.messages import Platform
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE
from tests.databases import connected, open_storage
from tests.factories import NOW
from tests.flows.house import Scene, eventually
from tests.flows.statements import Heard, hearing, opened, read_whole

CROWD = (Path(__file__).parent / "crowd.sql").read_text()
# So many that the server prefers to look for each of a hundred rows, which is what it expects of a batch.
MANY = 30_000
GROWN = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= $1"
FILLED = {"chats", "guests", "guest_identities", "consents", "conversations", "stays", "messages_2026_11"} | {
    "inbox_events",
    "outbox",
    "trigger_firings",
    "staff_notifications",
}

# Twice a day, and when a rule is new: whoever plans for every stay that goes on reads the hotel's stays page by page.
PLANNING = "FROM stays WHERE hotel_id = $1 AND (check_out >= $2"


async def test_no_table_that_grows_is_read_whole_when_a_big_hotel_is_served(scene: Scene) -> None:
    grown = await _fill(scene)
    assert grown >= FILLED
    with hearing() as heard:
        await _live(scene)
    found = await read_whole(_urls(scene), heard, scene.hotel_id, grown)
    assert {statement: tables for statement, tables in found.items() if PLANNING not in statement} == {}
    for table in ("chats", "inbox_events", "messages", "outbox", "trigger_firings", "staff_notifications"):
        assert any(table in statement for _, statement in heard.statements), f"nothing was asked of {table}"
    named = await opened(scene.database.app_url, heard, scene.hotel_id, "UPDATE messages SET platform_message_id")
    assert named - {"messages"} == {"messages_2026_11"}, "a message is named in its own month"


async def test_no_other_index_is_taken_for_the_one_by_which_the_outbox_is_claimed_from(scene: Scene) -> None:
    """All that waits is in several, and seems to be nothing whenever it is counted; one is by account."""
    guest = scene.guest(Platform.telegram)
    with hearing() as heard:
        async with scene.serving():
            guest.write("When is breakfast?")
            await scene.simulator.until(guest.said)
    assert "ix_outbox_waiting" in await _indexes_of_the_claim(scene, heard)
    async with connected(scene.database.admin_url) as connection:
        await connection.execute("DROP INDEX ix_outbox_waiting")
    others = await _indexes_of_the_claim(scene, heard)
    assert others
    assert "ix_outbox_due" not in others


async def test_statement_is_named_when_no_index_finds_what_it_asks(scene: Scene) -> None:
    grown, heard = await _fill(scene, 1_000), Heard()
    outbox = "SELECT id FROM outbox WHERE hotel_id = $1"
    heard.note(APP_ROLE, f"{outbox} AND id = $2", (scene.hotel_id, 1))
    heard.note(APP_ROLE, f"{outbox} AND correlation_id = $2", (scene.hotel_id, "crowd"))
    ((statement, tables),) = (await read_whole(_urls(scene), heard, scene.hotel_id, grown)).items()
    assert "correlation_id" in statement
    assert tables == {"outbox"}


async def _fill(scene: Scene, size: int = MANY) -> set[str]:
    """Give the hotel its past; return the tables that are big now."""
    async with connected(scene.database.admin_url) as connection:
        await connection.execute("SELECT set_config('crowd.now', $1, false)", NOW.isoformat())
        await connection.execute("SELECT set_config('crowd.size', $1, false)", str(size))
        await connection.execute(CROWD)
        return {row["relname"] for row in await connection.fetch(GROWN, size)}


async def _live(scene: Scene) -> None:
    """Let everything happen once that a busy day is made of."""
    guests = [scene.guest(platform) for platform in Platform]
    async with scene.serving():
        for guest in guests:
            guest.write("When is breakfast?")
            await scene.simulator.until(guest.said)
            guest.write("The room is filthy and nobody answers")
        await scene.simulator.until(lambda: len(scene.alert_messages()) >= len(guests))
        scene.simulator.telegram.press(scene.olga, scene.alert_messages()[0], "I'm on it")
        scene.clock.move(timedelta(hours=2, seconds=1))
        await scene.simulator.until(lambda: all(any("Welcome" in one.text for one in g.said()) for g in guests))
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE acknowledged_by IS NOT NULL"))
    storage = open_storage(scene.database)
    try:
        # Nobody is held long enough here to be renewed by itself.
        await storage.claims.renew([uuid4()], [uuid4()])
    finally:
        await storage.close()


async def _indexes_of_the_claim(scene: Scene, heard: Heard) -> set[str]:
    return await opened(
        scene.database.runtime_url, heard, scene.hotel_id, "WITH RECURSIVE waiting", what="Index Name"
    )


def _urls(scene: Scene) -> dict[str, str]:
    return {APP_ROLE: scene.database.app_url, RUNTIME_ROLE: scene.database.runtime_url}
