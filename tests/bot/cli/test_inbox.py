from __future__ import annotations

import asyncio

import pytest

from tests.bot.cli.conftest import Operator, Reader
from tests.databases import connected

PAYLOAD = b'{"update_id":7,"message":"\xd0\x9f"}'


@pytest.fixture
def event(hotel: Operator, reader: Reader) -> str:
    """The number of an event that was set aside."""
    return str(asyncio.run(set_one_aside(reader)))


async def set_one_aside(reader: Reader) -> int:
    (account,) = await reader.fetch("adler", "SELECT hotel_id, id FROM channel_accounts")
    hotel_id, account_id = account["hotel_id"], account["id"]
    async with connected(reader.database.app_url) as app:
        await app.execute("SELECT set_config('app.hotel_id', $1, false)", str(hotel_id))
        chat_id = await app.fetchval(
            "INSERT INTO chats (hotel_id, id, account_id, address)"
            " VALUES ($1, gen_random_uuid(), $2, '5') RETURNING id",
            hotel_id,
            account_id,
        )
        number: int = await app.fetchval(
            "INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id,"
            " received_at, state, attempts, last_error)"
            " VALUES ($1, $2, $3, 'message', '7', $4, 'c', now(), 'quarantined', 3, 'not a message') RETURNING id",
            hotel_id,
            account_id,
            chat_id,
            PAYLOAD,
        )
        return number


def test_lists_and_shows_an_event_as_it_came_when_it_was_set_aside(hotel: Operator, event: str) -> None:
    (line,) = hotel.does("inbox", "list", "--hotel", "adler").splitlines()
    assert line.startswith(f"{event}\t")
    assert line.endswith("\tmessage\t3 attempts\tnot a message")
    shown = hotel.tries("inbox", "show", "--hotel", "adler", event)
    assert shown.stdout_bytes == PAYLOAD + b"\n"


def test_says_so_beside_the_output_when_nothing_was_set_aside(hotel: Operator) -> None:
    listed = hotel.tries("inbox", "list", "--hotel", "adler")
    assert (listed.exit_code, listed.stdout, listed.stderr) == (0, "", "Nothing is set aside.\n")


def test_queues_an_event_once_when_it_is_replayed(hotel: Operator, reader: Reader, event: str) -> None:
    assert "queued again" in hotel.does("inbox", "replay", "--hotel", "adler", event)
    (row,) = reader.rows("adler", "SELECT e.state, e.attempts, c.ready_at FROM inbox_events e, chats c")
    assert (row["state"], row["attempts"]) == ("queued", 0)
    assert row["ready_at"] is not None
    assert "see `inbox list`" in hotel.fails("inbox", "replay", "--hotel", "adler", event)
    assert hotel.does("inbox", "list", "--hotel", "adler") == ""


@pytest.mark.parametrize("command", ["show", "replay"])
def test_finds_no_event_when_it_is_another_hotels(hotel: Operator, event: str, command: str) -> None:
    assert "see `inbox list`" in hotel.fails("inbox", command, "--hotel", "baer", event)
