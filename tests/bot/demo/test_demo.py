from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.clock import FixedClock, MovableClock
from bot.config import load_settings
from bot.database import Logins, open_database
from bot.demo.accounts import GREEN_PHONE, SLUG
from bot.demo.hotel import open_hotel
from bot.demo.stage import cast_of, run_demo, set_clock
from bot.demo.words import ANSWERS, TRIGGERS
from bot.enrolment import NewAccount, enrol_hotel
from bot.errors import ConfigurationError, RejectedInput
from bot.messages import Platform
from bot.notifications import Desk
from bot.security.encryption import KeyRing, new_key
from bot.simulator.world import Simulator
from bot.storage.unit_of_work import Database
from tests.databases import Database as Place
from tests.factories import ready_chat, texts
from triggers.engine import Engine

PATIENCE_SECONDS = 60
KEY = f"k1:{new_key()}"
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
"""12:00 at the hotel."""
BOT = NewAccount(Platform.telegram, "@bellevue_bot", {"bot_token": "1:token"})
NUMBER = NewAccount(Platform.whatsapp_green, GREEN_PHONE, {"id_instance": "1101", "api_token": "token"})


async def _open(storage: Database, *accounts: NewAccount) -> str:
    clock = FixedClock(NOON)
    async with Simulator(clock) as simulator:
        engine = Engine(clock, Desk(texts(), clock))
        keys = KeyRing.from_setting(KEY)
        return str(await open_hotel(storage, keys, engine, clock, cast_of(simulator), accounts))


async def test_has_everything_to_play_with_when_it_is_opened(storage: Database) -> None:
    await _open(storage, BOT, NUMBER)
    async with storage.unit((await storage.claims.hotels())[SLUG]) as uow:
        accounts, triggers, answers = await uow.accounts.all(), await uow.triggers.all(), await uow.knowledge.all()
        users = await uow.users.all()
        planned = await uow.connection.exec_driver_sql("SELECT count(*) FROM trigger_firings")
        stays = await uow.connection.exec_driver_sql("SELECT count(*) FROM stays")
        settings = (await uow.hotels.get()).settings
        assert {account.platform for account in accounts} == set(Platform)
        assert (len(triggers), len(answers)) == (len(TRIGGERS), len(ANSWERS))
        assert [user.is_admin for user in users] == [True, False]
        assert stays.scalar_one() == 12
        assert planned.scalar_one() > 0
        assert settings["staff_chat"]["account_id"] in {str(account.id) for account in accounts}


async def test_finds_the_same_hotel_when_it_is_opened_again(storage: Database) -> None:
    first = await _open(storage, BOT, NUMBER)
    assert await _open(storage, BOT, NUMBER) == first
    assert len(await storage.claims.accounts()) == 2


async def test_writes_nothing_when_a_part_of_it_fails(storage: Database) -> None:
    broken = NewAccount(Platform.whatsapp_green, GREEN_PHONE, {"id_instance": "no number", "api_token": "token"})
    with pytest.raises(RejectedInput):
        await _open(storage, BOT, broken)
    assert await storage.claims.hotels() == {}
    assert await _open(storage, BOT, NUMBER)


@pytest.mark.parametrize(
    ("utc", "opens"),
    [
        ("2026-11-20T11:00", "2026-11-20T11:00"),
        ("2026-11-20T07:00", "2026-11-20T07:00"),
        ("2026-11-20T06:59", "2026-11-20T09:00"),
        ("2026-11-20T18:01", "2026-11-21T09:00"),
        ("2026-11-20T22:59", "2026-11-21T09:00"),
        ("2026-11-20T23:00", "2026-11-21T09:00"),
        ("2026-10-24T21:00", "2026-10-25T09:00"),
    ],
)
async def test_opens_in_the_morning_when_it_is_night_at_the_hotel(storage: Database, utc: str, opens: str) -> None:
    clock = MovableClock(FixedClock(datetime.fromisoformat(utc).replace(tzinfo=UTC)))
    await set_clock(storage, clock)
    assert clock.now().isoformat(timespec="minutes").removesuffix("+00:00") == opens


async def _receive(storage: Database, at: datetime) -> None:
    """Let an event come at `at`."""
    hotel_id = (await storage.claims.hotels())[SLUG]
    async with storage.unit(hotel_id) as uow:
        account = (await uow.accounts.all())[0]
        chat_id = await ready_chat(uow, account.id, "5")
        await uow.connection.exec_driver_sql(
            "INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id,"
            " received_at) VALUES ($1, $2, $3, 'message', '1', '', 'c', $4)",
            (hotel_id, account.id, chat_id, at),
        )


@pytest.mark.parametrize(
    ("ahead", "expected"), [(timedelta(hours=9), timedelta(hours=9)), (-timedelta(1), timedelta())]
)
async def test_goes_on_where_it_stopped_and_never_backwards_when_it_was_played_before(
    storage: Database, ahead: timedelta, expected: timedelta
) -> None:
    await _open(storage, BOT, NUMBER)
    await _receive(storage, NOON + ahead)
    clock = MovableClock(FixedClock(NOON))
    await set_clock(storage, clock)
    assert clock.now() == NOON + expected


@asynccontextmanager
async def _played(place: Place, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[str]:
    """Run the demo; give the address that it prints."""
    settings = load_settings(
        {
            "BELLHOP_PORT": "0",
            "BELLHOP_SIMULATOR_PORT": "0",
            "BELLHOP_ENCRYPTION_KEYS": KEY,
            "BELLHOP_STOP_TIMEOUT": "5",
        }
    )
    stop = asyncio.Event()
    playing = asyncio.create_task(run_demo(settings, Logins(None, place.app_url, place.runtime_url), stop))
    try:
        shown = ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "Play here: " not in shown and not playing.done():
                await asyncio.sleep(0.02)
                shown += capsys.readouterr().out
        (url,) = re.findall(r"Play here: (\S+)", shown)
        yield url
    finally:
        stop.set()
        await playing


async def test_is_not_played_when_another_hotel_lives_in_the_database(new_database: Place) -> None:
    settings = load_settings({"BELLHOP_ENCRYPTION_KEYS": KEY, "BELLHOP_SIMULATOR_PORT": "0", "BELLHOP_PORT": "0"})
    logins = Logins(None, new_database.app_url, new_database.runtime_url)
    async with open_database(settings, logins) as database:
        await enrol_hotel(database, "Hotel Adler", "adler", "Europe/Berlin", "de")
        with pytest.raises(ConfigurationError, match="BELLHOP_DATABASE_URL"):
            await run_demo(settings, logins, asyncio.Event())
        assert list(await database.claims.hotels()) == ["adler"]


async def test_prints_a_page_that_opens_and_keeps_the_hotel_when_it_is_played_twice(
    clean_database: Place, capsys: pytest.CaptureFixture[str], storage: Database
) -> None:
    hotels = []
    for _ in range(2):
        async with _played(clean_database, capsys) as url, aiohttp.ClientSession() as browser:
            async with browser.get(url) as page:
                assert page.status == 200
                assert page.content_type == "text/html"
            hotels.append(await storage.claims.hotels())
    assert hotels[0] == hotels[1]


Phones = dict[str, dict[str, Any]]


async def _phones(browser: aiohttp.ClientSession, url: str, are_so: Callable[[Phones], bool]) -> Phones:
    """Return the page's phones by name, once they are so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with browser.get(f"{url}/api/state") as reply:
                phones = {phone["id"]: phone for phone in (await reply.json())["phones"]}
            if are_so(phones):
                return phones
            await asyncio.sleep(0.05)


async def _act(browser: aiohttp.ClientSession, url: str, name: str, **body: str | bool) -> None:
    async with browser.post(f"{url}/api/{name}", json=body) as reply:
        assert reply.status == 200, await reply.text()


def _talk(phones: Phones) -> dict[str, list[tuple[bool, str, list[str]]]]:
    """Return what is to be read on each phone: who said it, the words, the buttons below."""
    return {
        name: [(line["mine"], line["text"], [b["label"] for b in line["buttons"]]) for line in phone["messages"]]
        for name, phone in phones.items()
    }


async def test_every_chat_is_as_it_was_left_when_it_is_played_again(
    clean_database: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    async with _played(clean_database, capsys) as url, aiohttp.ClientSession() as browser:
        await _act(browser, url, "say", phone="whatsapp", text="Добрый день!", own=True)
        await _act(browser, url, "say", phone="whatsapp", text="Здравствуйте, какой пароль от wifi?")
        await _act(browser, url, "start")
        await _act(browser, url, "say", phone="admin", text="/triggers")
        await _phones(
            browser, url, lambda phones: all(len(phones[it]["messages"]) > 1 for it in ("telegram", "admin"))
        )
        await _act(browser, url, "say", phone="telegram", text="The room is filthy and nobody answers")
        left = await _phones(
            browser,
            url,
            lambda phones: (
                bool(phones["staff"]["messages"])
                and len(phones["telegram"]["messages"]) == 5  # /start, the complaint, and three answers of the hotel
                and len(phones["whatsapp"]["messages"]) > 2
            ),
        )
    async with _played(clean_database, capsys) as url, aiohttp.ClientSession() as browser:
        found = await _phones(browser, url, lambda _: True)
        assert _talk(found) == _talk(left)
        assert not any(phone["openers"] or phone["canStart"] for phone in found.values())


async def test_an_open_alert_can_be_taken_when_it_was_raised_in_an_earlier_run(
    clean_database: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    async with _played(clean_database, capsys) as url, aiohttp.ClientSession() as browser:
        await _act(browser, url, "say", phone="telegram", text="The room is filthy and nobody answers")
        await _phones(browser, url, lambda phones: bool(phones["staff"]["messages"]))
    async with _played(clean_database, capsys) as url, aiohttp.ClientSession() as browser:
        (alert,) = (await _phones(browser, url, lambda _: True))["staff"]["messages"]
        await _act(browser, url, "press", phone="staff", message=alert["id"], value=alert["buttons"][0]["value"])
        phones = await _phones(browser, url, lambda phones: phones["staff"]["messages"][0]["edited"])
        assert "✓ Olga Reception" in phones["staff"]["messages"][0]["text"]
    async with _played(clean_database, capsys) as url, aiohttp.ClientSession() as browser:
        (taken,) = (await _phones(browser, url, lambda _: True))["staff"]["messages"]
        labels = [one["label"] for one in taken["buttons"]]
        assert (labels, taken["edited"]) == (["Done: let the bot answer", "✎ Put right"], True)
        assert "✓ Olga Reception" in taken["text"]
