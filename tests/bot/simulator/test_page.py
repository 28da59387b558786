"""The page's HTTP side: what it shows, what it lets do, whom it turns away."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.clock import FixedClock, MovableClock
from bot.simulator.page import Page
from bot.simulator.scene import Cast, LedgerLine, Seat
from bot.simulator.world import Simulator
from tests.bot.simulator.conftest import GUEST, INSTANCE_TOKEN, TOKEN
from triggers.base import Reason

BERLIN = ZoneInfo("Europe/Berlin")


class Desk:
    """A page with everything around it."""

    def __init__(self) -> None:
        self.base = FixedClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
        self.clock = MovableClock(self.base)
        self.lines: list[LedgerLine] = []
        self.stops: list[datetime] = []
        self.broken = False
        self.simulator = Simulator(self.clock, wire_second=0.02)
        telegram, green = self.simulator.telegram, self.simulator.green
        self.bot = telegram.add_bot(TOKEN, "hotel_bot")
        olga, boss = telegram.add_user("Olga"), telegram.add_user("Boss")
        self.cast = Cast(
            bot=self.bot,
            instance=green.add_instance(1101000001, INSTANCE_TOKEN, "+4930111222"),
            whatsapp_phone=GUEST,
            whatsapp_name="Ivan Petrov",
            telegram_guest=telegram.add_user("Anna", "Smith"),
            staff=olga,
            staff_group=telegram.add_group("Reception", (self.bot,), (olga,), forum=True),
            admin=boss,
            start="stay-7",
            openers={Seat.whatsapp: ("Здравствуйте, какой пароль от wifi?",)},
        )
        self.page = Page(
            self.simulator,
            self.cast,
            clock=self.clock,
            zone=BERLIN,
            ledger=self.ledger,
            on_clock_moved=self.moved,
        )

    async def ledger(self) -> list[LedgerLine]:
        if self.broken:
            raise OSError("database is down")
        return self.lines

    async def moved(self) -> None:
        self.stops.append(self.clock.now())


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.simulator, desk.page:
        yield desk


async def post(desk: Desk, http: aiohttp.ClientSession, act: str, **body: Any) -> int:
    async with http.post(f"{desk.page.url}/api/{act}", json=body) as reply:
        return reply.status


async def picture(desk: Desk, http: aiohttp.ClientSession) -> dict[str, Any]:
    async with http.get(f"{desk.page.url}/api/state") as reply:
        value: dict[str, Any] = await reply.json()
        return value


async def test_everybody_says_something_when_asked_to(desk: Desk, http: aiohttp.ClientSession) -> None:
    thread = desk.simulator.telegram.open_topic(desk.cast.staff_group, desk.bot, "Room 12")
    assert await post(desk, http, "say", phone="whatsapp", text="wifi?") == 200
    assert await post(desk, http, "say", phone="telegram", text="hello") == 200
    assert await post(desk, http, "say", phone="staff", text="coming", thread=thread) == 200
    assert await post(desk, http, "say", phone="admin", text="/triggers") == 200
    phones = {phone["id"]: phone for phone in (await picture(desk, http))["phones"]}
    last = {name: phone["messages"][-1] for name, phone in phones.items()}
    assert {name: message["text"] for name, message in last.items()} == {
        "whatsapp": "wifi?",
        "telegram": "hello",
        "staff": "coming",
        "admin": "/triggers",
    }
    assert all(message["mine"] for message in last.values())
    assert last["staff"]["thread"] == thread
    assert phones["staff"]["topics"] == [{"id": thread, "name": "Room 12"}]
    assert [phones[name]["who"] for name in phones] == ["Ivan Petrov", "Anna Smith", "Reception", "Boss"]
    assert len(desk.simulator.telegram.pending(desk.bot)) == 4
    assert len(desk.simulator.green.pending(desk.cast.instance)) == 1


async def test_guest_reads_the_hotel_when_it_writes_on_its_own_phone(desk: Desk, http: aiohttp.ClientSession) -> None:
    assert await post(desk, http, "say", phone="whatsapp", text="I'm coming", own=True) == 200
    (message,) = (await picture(desk, http))["phones"][0]["messages"]
    assert (message["text"], message["mine"]) == ("I'm coming", False)
    kinds = [one["typeWebhook"] for one in desk.simulator.green.pending(desk.cast.instance)]
    assert kinds == ["outgoingMessageReceived", "outgoingMessageStatus"]


async def test_deep_link_is_opened_when_start_is_pressed(desk: Desk, http: aiohttp.ClientSession) -> None:
    assert (await picture(desk, http))["phones"][1]["canStart"] is True
    assert await post(desk, http, "start") == 200
    assert desk.simulator.telegram.pending(desk.bot)[-1]["message"]["text"] == "/start stay-7"
    phone = (await picture(desk, http))["phones"][1]
    assert phone["canStart"] is False
    assert phone["messages"][-1]["text"] == "/start"


async def test_suggestion_goes_when_it_was_said(desk: Desk, http: aiohttp.ClientSession) -> None:
    (line,) = (await picture(desk, http))["phones"][0]["openers"]
    assert await post(desk, http, "say", phone="whatsapp", text=line) == 200
    assert (await picture(desk, http))["phones"][0]["openers"] == []


async def test_press_reaches_the_bot_and_its_note_comes_back_when_pressed(
    desk: Desk, http: aiohttp.ClientSession
) -> None:
    await post(desk, http, "start")
    rows = {"inline_keyboard": [[{"text": "Take", "callback_data": "take:1"}]]}
    api = f"{desk.simulator.telegram.url}/bot{TOKEN}"
    async with http.post(
        f"{api}/sendMessage", json={"chat_id": desk.cast.telegram_guest.id, "text": "?", "reply_markup": rows}
    ) as reply:
        message = str((await reply.json())["result"]["message_id"])
    assert await post(desk, http, "press", phone="telegram", message=message, value="take:1") == 200
    query = desk.simulator.telegram.pending(desk.bot)[-1]["callback_query"]
    assert query["data"] == "take:1"
    async with http.post(f"{api}/answerCallbackQuery", json={"callback_query_id": query["id"], "text": "Taken"}):
        pass
    assert (await picture(desk, http))["phones"][1]["note"] == {"id": query["id"], "text": "Taken"}
    assert await post(desk, http, "press", phone="telegram", message=message, value="gone") == 400
    assert await post(desk, http, "press", phone="telegram", message="99", value="take:1") == 400


async def test_whatsapp_button_and_ticks_work_when_looked_at(desk: Desk, http: aiohttp.ClientSession) -> None:
    api = f"{desk.simulator.green.url}/waInstance1101000001/sendInteractiveButtonsReply/{INSTANCE_TOKEN}"
    body = {"chatId": "79001234568@c.us", "body": "Sure?", "buttons": [{"buttonId": "y", "buttonText": "Yes"}]}
    async with http.post(api, json=body) as reply:
        sent = (await reply.json())["idMessage"]
    await desk.simulator.until(lambda: desk.simulator.green.chat(desk.cast.instance, GUEST).messages)
    assert await post(desk, http, "read") == 200
    assert (await picture(desk, http))["phones"][0]["messages"][-1]["tick"] == "read"
    assert await post(desk, http, "press", phone="whatsapp", message=sent, value="y") == 200
    data = desk.simulator.green.pending(desk.cast.instance)[-1]["messageData"]
    assert data["interactiveButtonsResponse"]["selectedId"] == "y"


async def test_clock_stops_at_each_planned_moment_when_it_passes(desk: Desk, http: aiohttp.ClientSession) -> None:
    began = desk.clock.now()
    hours = {"Welcome": 1, "Tea": 5, "Breakfast": 30}
    desk.lines = [
        LedgerLine(began + timedelta(hours=hour), "Ivan", name, "planned", "") for name, hour in hours.items()
    ]
    assert await post(desk, http, "clock", step="morning") == 200
    assert desk.stops == [*(began + timedelta(hours=hour) for hour in (1, 5)), began + timedelta(hours=19)]


@pytest.mark.parametrize(("step", "hours"), [("10m", 1 / 6), ("2h", 2), ("morning", 19)])
async def test_clock_moves_and_the_bot_is_told_when_a_step_is_chosen(
    desk: Desk, http: aiohttp.ClientSession, step: str, hours: float
) -> None:
    before = desk.clock.now()
    assert await post(desk, http, "clock", step=step) == 200
    assert desk.clock.now() - before == timedelta(hours=hours)
    assert len(desk.stops) == 1


async def test_morning_comes_at_eight_when_the_hour_changes_in_the_night(
    desk: Desk, http: aiohttp.ClientSession
) -> None:
    desk.base.set(datetime(2027, 3, 27, 22, 0, tzinfo=UTC))
    await post(desk, http, "clock", step="morning")
    assert desk.clock.now().astimezone(BERLIN).isoformat() == "2027-03-28T08:00:00+02:00"
    desk.base.set(desk.base.now() - timedelta(hours=2))
    await post(desk, http, "clock", step="morning")
    assert desk.clock.now().astimezone(BERLIN).isoformat() == "2027-03-28T08:00:00+02:00"


async def test_ledger_is_shown_and_marked_old_when_it_can_not_be_read(
    desk: Desk, http: aiohttp.ClientSession
) -> None:
    desk.lines = [LedgerLine(desk.clock.now(), "Ivan", "Welcome", "fired", "")]
    seen = await picture(desk, http)
    assert (seen["ledger"][0]["trigger"], seen["stale"]) == ("Welcome", False)
    desk.broken = True
    seen = await picture(desk, http)
    assert (seen["ledger"][0]["trigger"], seen["stale"]) == ("Welcome", True)


async def test_events_bring_the_new_picture_when_something_is_said(desk: Desk, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{desk.page.url}/api/events") as stream:
        first = json.loads((await stream.content.readuntil(b"\n\n")).removeprefix(b"data: "))
        assert first["phones"][0]["messages"] == []
        await post(desk, http, "say", phone="whatsapp", text="hello")
        second = json.loads((await stream.content.readuntil(b"\n\n")).removeprefix(b"data: "))
        assert second["phones"][0]["messages"][0]["text"] == "hello"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_strangers_are_turned_away_when_they_post(
    desk: Desk, http: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    body = b'{"phone":"whatsapp","text":"forged"}'
    sent = {"Content-Type": "application/json"} | headers
    async with http.post(f"{desk.page.url}/api/say", data=body, headers=sent) as reply:
        assert reply.status == status
    assert desk.simulator.green.pending(desk.cast.instance) == []


async def test_strangers_read_nothing_when_they_come_by_another_name(desk: Desk, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{desk.page.url}/api/state", headers={"Host": "rebound.example"}) as reply:
        assert reply.status == 421
        assert "phones" not in await reply.text()


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("say", {"phone": "fax", "text": "x"}),
        ("say", {"phone": "whatsapp", "text": "  "}),
        ("say", {"phone": "whatsapp", "text": "x" * 4097}),
        ("clock", {"step": "yesterday"}),
    ],
)
async def test_act_is_refused_when_it_makes_no_sense(
    desk: Desk, http: aiohttp.ClientSession, act: str, body: dict[str, str]
) -> None:
    assert await post(desk, http, act, **body) == 400
    assert desk.stops == []


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_act_is_refused_when_the_body_is_no_object(
    desk: Desk, http: aiohttp.ClientSession, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(f"{desk.page.url}/api/say", data=body, headers=headers) as reply:
        assert reply.status == 400


async def test_page_has_words_for_every_reason_in_both_languages(desk: Desk, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{desk.page.url}/words.js") as reply:
        said = re.findall(r"reasons: \{(.*?)\}", await reply.text(), re.DOTALL)
    assert [set(re.findall(r"(\w+): \"", words)) for words in said] == [set(Reason)] * 2


async def test_files_come_with_strict_headers_when_opened(desk: Desk, http: aiohttp.ClientSession) -> None:
    for path, kind in (("/", "html"), ("/app.js", "javascript"), ("/words.js", "javascript"), ("/style.css", "css")):
        async with http.get(desk.page.url + path) as reply:
            assert reply.status == 200
            assert kind in reply.content_type
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
            assert "unsafe" not in reply.headers["Content-Security-Policy"]
    async with http.get(f"{desk.page.url}/../page.py") as reply:
        assert reply.status == 404
