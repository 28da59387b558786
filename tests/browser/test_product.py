"""The product as its users meet it: the demo is started, and guests, staff and an admin play in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.browser.demo_process import DemoProcess

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

# Only the largest lock brings it; everybody else skips.
playwright = pytest.importorskip("playwright.async_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

# Where the pictures of the documentation go: SCREENSHOTS=docs/screenshots make browser
SCREENSHOTS = os.environ.get("SCREENSHOTS")
FURTHEST = 60
WELCOME = "Рады видеть вас в Hotel Bellevue"
TRIGGERS = ("welcome", "suite confirmed", "we are sorry", "before you leave")


class Player:
    """Somebody with a keyboard and no mouse in front of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await self.reach(target)
        await self.page.keyboard.press("Enter")

    async def write(self, phone: str, text: str) -> None:
        await self.reach(self.page.get_by_label(f"Message: {phone}"))
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def reach(self, target: Locator) -> None:
        """Press Tab until the focus is there."""
        await expect(target).to_be_visible()
        for _ in range(FURTHEST):
            if await target.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{FURTHEST} times Tab did not reach {target}")

    def phone(self, name: str) -> Locator:
        return self.page.get_by_role("log", name=name)

    def lines(self, group: str, trigger: str, guest: str) -> Locator:
        lines = self.page.locator(f"[data-lines={group}] li")
        return lines.filter(has=self.page.get_by_text(trigger, exact=True)).filter(has_text=guest)


async def sit_down(browser: Browser, demo: DemoProcess, width: int = 1600, height: int = 900) -> Player:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto(demo.url)
    return Player(page)


async def test_hotel_answers_alerts_and_welcomes_when_its_people_play(
    demo: DemoProcess, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    player = await sit_down(browser, demo)
    await ask_for_the_password(player)
    await follow_the_link(player)
    seconds = await complain(player)
    record_property("told", f"the alert was on the screen {seconds:.2f} s after Enter")
    assert seconds < 1
    await take_the_alert(player)
    await wait_for_the_welcome(player)
    await look_at_the_rules(player)
    await read_the_ledger(player)
    await expect(player.phone("Иван Петров").get_by_text(WELCOME)).to_have_count(1)
    if SCREENSHOTS:
        await take_pictures(player.page, Path(SCREENSHOTS))
    await player.page.context.close()


async def ask_for_the_password(player: Player) -> None:
    await player.write("Guest on WhatsApp", "Здравствуйте, какой пароль от wifi?")
    await expect(player.phone("Иван Петров")).to_contain_text("пароль: sunny-terrace")


async def follow_the_link(player: Player) -> None:
    await player.press(player.page.get_by_role("button", name="Start", exact=True))
    await expect(player.phone("Anna Smith")).to_contain_text("Your room is 501")


async def complain(player: Player) -> float:
    """Return the seconds from the press of Enter to the alert on the staff's screen."""
    await player.reach(player.page.get_by_label("Message: Guest on Telegram"))
    await player.page.keyboard.type("The room is filthy and nobody answers")
    pressed_at = monotonic()
    await player.page.keyboard.press("Enter")
    alert = player.phone("Bellevue staff").get_by_role("listitem")
    await alert.wait_for()
    seconds = monotonic() - pressed_at
    for part in ("Anna Smith", "room 501", "The room is filthy and nobody answers"):
        await expect(alert).to_contain_text(part)
    return seconds


async def take_the_alert(player: Player) -> None:
    staff = player.phone("Bellevue staff")
    await player.press(staff.get_by_role("button", name="I'm on it"))
    await expect(staff.get_by_role("listitem")).to_contain_text("✓ Olga Reception")
    await expect(staff.get_by_role("button", name="I'm on it")).to_have_count(0)


async def wait_for_the_welcome(player: Player) -> None:
    """Two hours after check-in it comes; ten minutes later, with something else said meanwhile, not again."""
    phone = player.phone("Иван Петров")
    await expect(player.lines("ahead", "welcome", "Иван Петров")).to_have_count(1)
    await expect(phone.get_by_text(WELCOME)).to_have_count(0)
    await player.press(player.page.get_by_role("button", name="+2 h"))
    await expect(phone.get_by_text(WELCOME)).to_have_count(1)
    await player.press(player.page.get_by_role("button", name="+10 min"))
    await player.write("Guest on WhatsApp", "Во сколько завтрак?")
    await expect(phone).to_contain_text("Завтрак с 7:00 до 10:30")


async def look_at_the_rules(player: Player) -> None:
    await player.write("Admin", "/triggers")
    for trigger in TRIGGERS:
        await expect(player.phone("Maria Weber")).to_contain_text(trigger)


async def read_the_ledger(player: Player) -> None:
    await expect(player.lines("done", "welcome", "Иван Петров")).to_contain_text("fired")
    await expect(player.lines("done", "we are sorry", "Anna Smith")).to_contain_text("fired")
    unreachable = player.lines("done", "suite confirmed", "Павел Орлов")
    await expect(unreachable).to_contain_text("skipped")
    await expect(unreachable).to_contain_text("no channel to reach the guest")
    await expect(player.lines("ahead", "welcome", "Emma Wilson")).to_contain_text("planned")


async def take_pictures(page: Page, folder: Path) -> None:
    await page.evaluate("document.activeElement.blur()")
    await page.set_viewport_size({"width": 1440, "height": 860})
    await expect(page.locator(".note:visible")).to_have_count(0)
    await page.screenshot(path=folder / "wide.png")
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.screenshot(path=folder / "dark.png")
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.screenshot(path=folder / "narrow.png")


async def test_staff_take_an_alert_when_the_screen_is_narrow(demo: DemoProcess, browser: Browser) -> None:
    player = await sit_down(browser, demo, 390, 844)
    await player.write("Guest on WhatsApp", "В номере грязно, это ужасно")
    await player.reach(player.page.get_by_role("tab", name="WhatsApp"))
    await expect(player.page.get_by_role("tab", name="Staff · new messages")).to_be_visible()
    await player.page.keyboard.press("ArrowRight")
    await player.page.keyboard.press("ArrowRight")
    staff = player.phone("Bellevue staff")
    await expect(staff).to_contain_text("В номере грязно")
    await player.press(staff.get_by_role("button", name="I'm on it"))
    await expect(staff).to_contain_text("✓ Olga Reception")
    await player.page.context.close()


async def test_welcome_comes_in_time_when_a_night_is_skipped(demo: DemoProcess, browser: Browser) -> None:
    player = await sit_down(browser, demo)
    await player.press(player.page.get_by_role("button", name="Next morning"))
    await expect(player.phone("Иван Петров").get_by_text(WELCOME)).to_have_count(1)
    await expect(player.lines("done", "welcome", "Иван Петров")).to_contain_text("fired")
    await expect(player.page.locator("#now-time")).to_have_text("08:00")
    await player.page.context.close()


async def test_talk_is_still_there_when_the_demo_is_started_again(tmp_path: Path, browser: Browser) -> None:
    async with DemoProcess(tmp_path / "data") as demo:
        player = await sit_down(browser, demo)
        await ask_for_the_password(player)
        await follow_the_link(player)
        await complain(player)
        await player.page.context.close()
    async with DemoProcess(tmp_path / "data") as demo:
        player = await sit_down(browser, demo)
        await expect(player.page.locator("#hint")).to_contain_text("3/5")
        await take_the_alert(player)
        phone = player.phone("Иван Петров")
        await expect(phone.get_by_role("listitem")).to_have_count(2)
        await expect(phone).to_contain_text("пароль: sunny-terrace")
        await player.write("Guest on WhatsApp", "Во сколько завтрак?")
        await expect(phone.get_by_role("listitem").last).to_contain_text("Завтрак с 7:00 до 10:30")
        await player.page.context.close()
