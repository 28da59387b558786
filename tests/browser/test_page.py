"""The simulator's page in a real browser: a tiny bot that answers stands on the other side of the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

import pytest
from aiogram import Bot as Client
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from whatsapp_api_client_python.API import GreenAPI

from bot.clock import FixedClock, MovableClock
from bot.simulator.page import Page as Playground
from bot.simulator.scene import Cast, LedgerLine, Seat
from bot.simulator.world import Simulator

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

# Only the largest lock brings it; everybody else skips.
playwright = pytest.importorskip("playwright.async_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
GUEST = "+79001234568"
TAKE = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Acknowledge", callback_data="take")]])


class Echo:
    """A bot of forty lines: repeats what it hears on both channels, and alerts the staff at the word "filthy"."""

    def __init__(self, simulator: Simulator, cast: Cast) -> None:
        self._cast = cast
        session = AiohttpSession(api=TelegramAPIServer.from_base(simulator.telegram.url))
        self._telegram = Client(TOKEN, session=session)
        self._green = GreenAPI(str(cast.instance.id), "token", host=simulator.green.url)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._hear_telegram()), asyncio.create_task(self._hear_whatsapp())]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._telegram.session.close()

    async def _hear_telegram(self) -> None:
        offset = 0
        while True:
            for update in await self._telegram.get_updates(offset=offset, timeout=20):
                offset = update.update_id + 1
                if update.message is not None and update.message.text:
                    await self._answer(update.message)
                elif update.callback_query is not None:
                    await self._acknowledge(update.callback_query.id, update.callback_query.message)

    async def _answer(self, message: Message) -> None:
        if message.chat.type == "private":
            await self._telegram.send_message(message.chat.id, f"You said: {message.text}")
        if "filthy" in (message.text or ""):
            alert = f"Room 12, {message.chat.first_name}: {message.text}"
            await self._telegram.send_message(self._cast.staff_group.id, alert, reply_markup=TAKE)

    async def _acknowledge(self, query: str, message: Any) -> None:
        await self._telegram.answer_callback_query(query, text="It is yours")
        await self._telegram.edit_message_text(
            f"{message.text}\nTaken", chat_id=message.chat.id, message_id=message.message_id
        )

    async def _hear_whatsapp(self) -> None:
        delete = "{{host}}/waInstance{{idInstance}}/deleteNotification/{{apiTokenInstance}}/"
        while True:
            heard = (await self._green.receiving.receiveNotificationAsync()).data
            if not heard:
                continue
            body = heard["body"]
            if body["typeWebhook"] == "incomingMessageReceived":
                words = body["messageData"]["textMessageData"]["textMessage"]
                await self._green.sending.sendMessageAsync(body["senderData"]["chatId"], f"You said: {words}")
            await self._green.requestAsync("DELETE", delete + str(heard["receiptId"]))


class Table:
    """The page with everything behind it."""

    def __init__(self) -> None:
        self.clock = MovableClock(FixedClock(datetime(2026, 11, 20, 17, 42, tzinfo=UTC)))
        self.lines: list[LedgerLine] = []
        self.simulator = Simulator(self.clock, wire_second=0.05)
        telegram, green = self.simulator.telegram, self.simulator.green
        bot = telegram.add_bot(TOKEN, "hotel_bot", "Grand Hotel")
        olga = telegram.add_user("Olga", "Reception")
        self.cast = Cast(
            bot=bot,
            instance=green.add_instance(1101000001, "token", "+4930111222"),
            whatsapp_phone=GUEST,
            whatsapp_name="Ivan Petrov",
            telegram_guest=telegram.add_user("Anna", "Smith"),
            staff=olga,
            staff_group=telegram.add_group("Grand Hotel staff", (bot,), (olga,), forum=True),
            admin=telegram.add_user("Maria", "Weber"),
            start="stay-7",
            openers={Seat.whatsapp: ("Здравствуйте, какой пароль от wifi?",)},
        )
        self.playground = Playground(
            self.simulator,
            self.cast,
            clock=self.clock,
            zone=ZoneInfo("Europe/Berlin"),
            ledger=self.ledger,
            on_clock_moved=self.fire,
        )

    async def ledger(self) -> list[LedgerLine]:
        return self.lines

    async def fire(self) -> None:
        """What the bot would do: fire what is due."""
        due = [line for line in self.lines if line.status == "planned" and line.when <= self.clock.now()]
        for line in due:
            fired = LedgerLine(line.when, line.guest, line.trigger, "fired", "")
            self.lines[self.lines.index(line)] = fired


@pytest.fixture
async def table() -> AsyncIterator[Table]:
    table = Table()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(table.simulator)
        await stack.enter_async_context(table.playground)
        await stack.enter_async_context(Echo(table.simulator, table.cast))
        yield table


class Complaints:
    """What the browser's console and the page's scripts complained about."""

    def __init__(self, page: Page) -> None:
        self.words: list[str] = []
        page.on("pageerror", lambda error: self.words.append(str(error)))
        page.on("console", lambda line: self.words.append(line.text) if line.type in ("error", "warning") else None)


async def open_page(browser: Browser, table: Table, width: int = 1600, height: int = 900, **options: Any) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=options.pop("locale", "en-GB"), **options
    )
    page = await context.new_page()
    page.set_default_timeout(8000)
    await page.goto(table.playground.url)
    return page


async def test_answers_appear_on_every_phone_when_people_write(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    complaints = Complaints(page)
    await page.get_by_role("button", name="Здравствуйте, какой пароль от wifi?").click()
    whatsapp = page.get_by_role("log", name="Ivan Petrov")
    await expect(whatsapp.get_by_text("You said: Здравствуйте, какой пароль от wifi?")).to_be_visible()
    await page.get_by_role("button", name="Start").click()
    telegram = page.get_by_role("log", name="Anna Smith")
    await expect(telegram.get_by_text("You said: /start stay-7")).to_be_visible()
    await page.get_by_label("Message: Guest on Telegram").fill("The room is filthy and nobody answers")
    await page.get_by_role("button", name="Send: Guest on Telegram").click()
    staff = page.get_by_role("log", name="Grand Hotel staff")
    await expect(staff.get_by_text("Room 12, Anna: The room is filthy")).to_be_visible()
    await staff.get_by_role("button", name="Acknowledge").click()
    await expect(staff.get_by_text("Taken")).to_be_visible()
    await expect(page.get_by_text("It is yours")).to_be_visible()
    await page.reload()
    await expect(staff.get_by_text("Taken")).to_be_visible()
    await expect(page.get_by_text("It is yours")).to_be_hidden()
    await expect(staff.get_by_role("button")).to_have_count(0)
    assert complaints.words == []
    await page.context.close()


async def test_keyboard_alone_is_enough_when_playing(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await expect(page.get_by_role("log", name="Ivan Petrov")).to_be_visible()
    focus: list[str] = []
    for _ in range(20):
        await page.keyboard.press("Tab")
        focus.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        if focus[-1] == "say-admin":
            break
    wanted = ["+10 min", "+2 h", "Next morning", "language", "say-whatsapp", "say-telegram", "say-staff", "say-admin"]
    assert [name for name in focus if name in wanted] == wanted
    await page.keyboard.type("/triggers")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    admin = page.get_by_role("log", name="Maria Weber")
    await expect(admin.get_by_text("You said: /triggers")).to_be_visible()
    assert table.simulator.telegram.chat(table.cast.bot, table.cast.admin).texts[0] == "/triggers\nsecond line"
    assert await page.evaluate("document.activeElement.id") == "say-admin"
    await page.context.close()


async def test_guest_reads_the_hotel_when_it_writes_on_its_own_phone(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await page.get_by_role("checkbox", name="as the hotel, on its own phone").check()
    await page.get_by_label("Message: Guest on WhatsApp").fill("I'm coming")
    await page.keyboard.press("Enter")
    guest = page.get_by_role("log", name="Ivan Petrov")
    await expect(guest.locator(".theirs").get_by_text("I'm coming")).to_be_visible()
    await expect(guest.locator(".mine")).to_have_count(0)
    await page.context.close()


async def test_press_keeps_the_focus_when_the_message_changes(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await page.get_by_label("Message: Guest on Telegram").fill("filthy")
    await page.keyboard.press("Enter")
    acknowledge = page.get_by_role("button", name="Acknowledge")
    await acknowledge.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Taken")).to_be_visible()
    assert await page.evaluate("document.activeElement.getAttribute('role')") == "log"
    await page.context.close()


async def test_planned_line_fires_when_the_clock_is_moved(table: Table, browser: Browser) -> None:
    due = table.clock.now() + timedelta(hours=1)
    late = table.clock.now() + timedelta(days=2)
    table.lines = [
        LedgerLine(due, "Ivan Petrov", "Welcome after check-in", "planned", ""),
        LedgerLine(late, "Anna Smith", "Suite offer", "planned", ""),
        LedgerLine(table.clock.now(), "Anna Smith", "Late checkout", "skipped", "the guest opted out"),
    ]
    page = await open_page(browser, table)
    ledger = page.get_by_role("region", name="Triggers")
    await expect(ledger.locator("[data-lines=ahead] li")).to_have_count(2)
    await expect(ledger.locator("[data-lines=done]")).to_contain_text("the guest opted out")
    await expect(page.locator("#now-time")).to_have_text("18:42")
    await page.get_by_role("button", name="+2 h").click()
    await expect(page.locator("#now-time")).to_have_text("20:42")
    await expect(ledger.locator("[data-lines=ahead] li")).to_have_count(1)
    await expect(ledger.locator("[data-lines=done]")).to_contain_text("Welcome after check-in")
    await page.get_by_role("button", name="Next morning").click()
    await expect(page.locator("#now-time")).to_have_text("08:00")
    await expect(page.locator("#now-day")).to_contain_text("21 Nov")
    await page.context.close()


async def test_reason_is_told_in_words_when_a_line_has_a_code(table: Table, browser: Browser) -> None:
    table.lines = [
        LedgerLine(table.clock.now(), "Anna Smith", "Welcome", "fired", "fired"),
        LedgerLine(table.clock.now(), "Ivan Petrov", "Suite offer", "skipped", "conditions_not_met"),
        LedgerLine(table.clock.now(), "Emma Wilson", "Suite offer", "skipped", "moon_in_the_way"),
    ]
    page = await open_page(browser, table)
    done = page.locator("[data-lines=done] li")
    await expect(done.filter(has_text="Ivan Petrov")).to_contain_text("conditions not met")
    await expect(done.filter(has_text="Emma Wilson")).to_contain_text("moon in the way")
    await expect(done.filter(has_text="Anna Smith").locator(".reason")).to_have_count(0)
    await page.get_by_role("button", name="Русский").click()
    await expect(done.filter(has_text="Ivan Petrov")).to_contain_text("условия не выполнены")
    await page.context.close()


async def test_only_the_next_lines_are_shown_when_many_are_planned(table: Table, browser: Browser) -> None:
    hours = range(9, 0, -1)
    table.lines = [
        LedgerLine(table.clock.now() + timedelta(hours=hour), "Ivan", f"In {hour} h", "planned", "") for hour in hours
    ]
    page = await open_page(browser, table)
    ahead = page.locator("[data-lines=ahead] li")
    await expect(ahead.locator(".trigger")).to_have_text([f"In {hour} h" for hour in range(1, 5)])
    await page.get_by_role("button", name="Show all (9)").click()
    await expect(ahead).to_have_count(9)
    await page.get_by_role("button", name="Show the next ones only").click()
    await expect(ahead).to_have_count(4)
    await page.context.close()


async def test_hint_names_the_next_step_when_one_was_tried(table: Table, browser: Browser) -> None:
    due = table.clock.now() + timedelta(hours=2)
    table.lines = [LedgerLine(due, "Ivan Petrov", "welcome", "planned", "")]
    page = await open_page(browser, table)
    hint = page.locator("#hint")
    await expect(hint).to_contain_text("1/5 Ask something on the WhatsApp phone")
    await page.get_by_role("button", name="Здравствуйте, какой пароль от wifi?").click()
    await expect(hint).to_contain_text("2/5 Press Start")
    await page.get_by_label("Message: Guest on Telegram").fill("The room is filthy")
    await page.keyboard.press("Enter")
    await expect(hint).to_contain_text("3/5")
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(hint).to_contain_text("4/5")
    await page.get_by_role("button", name="+2 h").click()
    await expect(hint).to_contain_text("5/5")
    await page.get_by_label("Message: Admin").fill("/triggers")
    await page.keyboard.press("Enter")
    await expect(hint).to_be_hidden()
    await page.context.close()


async def test_hint_does_not_ask_for_the_welcome_when_it_has_come_before(table: Table, browser: Browser) -> None:
    table.lines = [LedgerLine(table.clock.now(), "Ivan Petrov", "welcome", "fired", "")]
    page = await open_page(browser, table)
    await page.get_by_role("button", name="Здравствуйте, какой пароль от wifi?").click()
    await page.get_by_label("Message: Guest on Telegram").fill("The room is filthy")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page.locator("#hint")).to_contain_text("5/5")
    await page.context.close()


async def test_day_stands_at_a_message_when_the_clock_is_on_another(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await page.get_by_label("Message: Guest on WhatsApp").fill("good night")
    await page.keyboard.press("Enter")
    asked = page.locator("#pane-whatsapp .mine time")
    await expect(asked).to_have_text("18:42")
    await page.get_by_role("button", name="Next morning").click()
    await expect(asked).to_have_text("Fri 20 Nov, 18:42")
    await page.context.close()


async def test_hostile_text_stays_text_when_shown(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    complaints = Complaints(page)
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    table.simulator.green.name(GUEST, attack)
    await page.get_by_label("Message: Guest on WhatsApp").fill(attack)
    await page.keyboard.press("Enter")
    log = page.get_by_role("log", name="Ivan Petrov")
    await expect(log.get_by_text(f"You said: {attack}")).to_be_visible()
    assert await log.locator("img, script").count() == 0
    assert "owned" not in await page.title()
    assert complaints.words == []
    await page.context.close()


async def test_one_phone_at_a_time_is_shown_when_the_screen_is_narrow(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table, 390, 844)
    await expect(page.get_by_role("tab")).to_have_count(5)
    await expect(page.get_by_role("log", name="Ivan Petrov")).to_be_visible()
    await expect(page.get_by_role("log", name="Anna Smith")).to_be_hidden()
    table.simulator.telegram.write(table.cast.staff, table.cast.staff_group, "Good evening")
    await expect(page.get_by_role("tab", name="Staff · new messages")).to_be_visible()
    await page.get_by_role("tab", name="WhatsApp").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("log", name="Grand Hotel staff")).to_contain_text("Good evening")
    await expect(page.get_by_role("tab", name="Staff", exact=True)).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.context.close()


async def test_page_speaks_russian_when_asked(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await page.get_by_role("button", name="Русский").click()
    await expect(page.get_by_role("button", name="До утра")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "ru")
    await page.reload()
    await expect(page.get_by_role("button", name="English")).to_be_visible()
    await page.context.close()


CONTRASTS = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (color) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = color; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => [0, 1, 2].map((i) => (top[i] * top[3] + below[i] * (255 - top[3])) / 255);
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 255 ? own : over(own, ground(element.parentElement));
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    if (!words || !element.getClientRects().length || element.closest(".hidden")) continue;
    const below = ground(element);
    const two = [light(over(parse(getComputedStyle(element).color), below)), light(below)].sort((a, b) => b - a);
    const ratio = (two[0] + 0.05) / (two[1] + 0.05);
    if (ratio < 4.5) poor.push(`${element.className}: ${words.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_when_shown(table: Table, browser: Browser, scheme: str) -> None:
    statuses = ("planned", "postponed", "fired", "skipped", "failed")
    table.lines = [LedgerLine(table.clock.now(), "Ivan", "Welcome", status, "because") for status in statuses]
    telegram, cast = table.simulator.telegram, table.cast
    thread = telegram.open_topic(cast.staff_group, cast.bot, "Room 12")
    telegram.write(cast.staff, cast.staff_group, "on my way", thread_id=thread)
    telegram.send_photo(cast.telegram_guest, cast.bot, "filthy")
    telegram.write(cast.telegram_guest, cast.bot, "filthy")
    telegram.write(cast.admin, cast.bot, "/triggers")
    page = await open_page(browser, table, color_scheme=scheme, reduced_motion="reduce")
    await page.get_by_label("Message: Guest on WhatsApp").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You said: hello")).to_be_visible()
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    assert await page.evaluate(CONTRASTS) == []
    await page.context.close()


async def test_whatsapp_message_is_read_when_the_page_shows_it(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await page.get_by_label("Message: Guest on WhatsApp").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You said: hello")).to_be_visible()
    read = await table.simulator.until(
        lambda: [m for m in table.simulator.green.chat(table.cast.instance, GUEST).from_bot() if m.tick == "read"]
    )
    assert [message.text for message in read] == ["You said: hello"]
    await page.context.close()


async def test_page_says_so_when_the_simulator_is_gone(table: Table, browser: Browser) -> None:
    page = await open_page(browser, table)
    await expect(page.get_by_role("log", name="Ivan Petrov")).to_be_visible()
    await table.playground.__aexit__(None, None, None)
    await expect(page.get_by_text("The simulator does not answer")).to_be_visible()
    await page.context.close()
