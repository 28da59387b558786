"""What every channel keeps, over the wire that its provider speaks."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.base import Batch
from bot.errors import (
    AccountUnusable,
    BellhopError,
    InDoubt,
    RecipientUnreachable,
    RejectedInput,
    TransientError,
)
from bot.messages import AccountState, Choice, Incoming, IncomingKind, IncomingMessage, OutgoingMessage, Platform
from bot.simulator.faults import Fault, How
from bot.simulator.history import Kind
from tests.contracts.channels import NO_PATIENCE, PATIENCE, Rig, open_rig, reader

HELLO = OutgoingMessage("Breakfast is from 7 to 10.")
CLOSED = "http://127.0.0.1:9"
A_PAGE = "<html><body>Bad Gateway</body></html>"


@pytest.fixture(params=list(Platform), ids=str)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with open_rig(request.param) as opened:
        yield opened


async def read_all(rig: Rig) -> list[Incoming]:
    """Fetch, read and acknowledge until nothing is left."""
    found: list[Incoming] = []
    while (batch := await rig.channel.fetch()).events:
        for event in batch.events:
            found += reader(rig).parse(event.payload)
        await rig.channel.acknowledge(batch)
    return found


async def messages(rig: Rig) -> list[IncomingMessage]:
    return [each for each in await read_all(rig) if isinstance(each, IncomingMessage)]


async def test_events_come_again_when_they_were_not_acknowledged(rig: Rig) -> None:
    first = await rig.channel.fetch()
    again = await rig.channel.fetch()
    assert first.events
    assert again.events[: len(first.events)] == first.events


async def test_events_are_gone_when_they_were_acknowledged(rig: Rig) -> None:
    batch = await rig.channel.fetch()
    await rig.channel.acknowledge(batch)
    assert (await rig.channel.fetch()).events == ()


async def test_nothing_is_lost_when_the_process_ends_before_it_acknowledges(rig: Rig) -> None:
    before = await rig.channel.fetch()
    async with rig.elsewhere(rig.url) as restarted:
        assert (await restarted.fetch()).events == before.events


async def test_order_is_kept_when_a_guest_writes_quickly(rig: Rig) -> None:
    await read_all(rig)
    for number in range(12):
        rig.write(f"line {number}")
    assert [each.text for each in await messages(rig)] == [f"line {number}" for number in range(12)]


async def test_the_next_message_arrives_when_one_before_it_can_not_be_read(rig: Rig) -> None:
    await read_all(rig)
    rig.push_nonsense()
    rig.write("is anybody there?")
    texts = []
    while (batch := await rig.channel.fetch()).events:
        for event in batch.events:
            try:
                texts += [each.text for each in reader(rig).parse(event.payload) if isinstance(each, IncomingMessage)]
            except RejectedInput:
                texts.append("unreadable")
        await rig.channel.acknowledge(batch)
    assert texts == ["unreadable", "is anybody there?"]


async def test_an_event_is_filed_under_the_chat_that_is_answered(rig: Rig) -> None:
    (event, *_) = (await rig.channel.fetch()).events
    (incoming,) = reader(rig).parse(event.payload)
    assert isinstance(incoming, IncomingMessage)
    assert (event.lane, incoming.chat_id, incoming.is_group) == (rig.chat_id, rig.chat_id, False)


async def test_fetch_returns_empty_handed_when_nobody_writes(rig: Rig) -> None:
    await read_all(rig)
    assert await rig.channel.fetch() == Batch(())


async def test_the_guest_sees_the_words_when_a_message_is_sent(rig: Rig) -> None:
    message_id = await rig.channel.send(rig.chat_id, HELLO)
    (seen,) = await rig.sim.until(rig.seen)
    assert (seen.id, seen.text) == (message_id, HELLO.text)


async def test_markup_stays_text_when_a_guests_words_look_like_it(rig: Rig) -> None:
    words = '<b>*_bold_*</b> [x](tg://user?id=1) & "quotes" \U0001f6ce'
    await rig.channel.send(rig.chat_id, OutgoingMessage(words))
    (seen,) = await rig.sim.until(rig.seen)
    assert seen.text == words


async def test_text_arrives_when_it_has_characters_that_no_provider_takes(rig: Rig) -> None:
    await rig.channel.send(rig.chat_id, OutgoingMessage("a\x00b\ud83dc", (Choice("v\x00", "l\x00"),)))
    (seen,) = await rig.sim.until(rig.seen)
    assert seen.text == "ab?c"


async def test_a_choice_comes_back_as_a_press_when_the_guest_taps_it(rig: Rig) -> None:
    await read_all(rig)
    choices = (Choice("info:wifi", "Wi-Fi"), Choice("person", "Talk to a person"))
    await rig.channel.send(rig.chat_id, OutgoingMessage("What would you like?", choices))
    (menu,) = await rig.sim.until(rig.seen)
    rig.press(menu, "Talk to a person")
    (press,) = await messages(rig)
    assert (press.kind, press.press, press.text) == (IncomingKind.press, "person", "Talk to a person")


async def test_every_choice_can_be_taken_when_there_are_many(rig: Rig) -> None:
    choices = tuple(Choice(f"hour:{hour}", f"{hour}:00 until {hour + 1}:00 in the morning") for hour in range(5, 10))
    await rig.channel.send(rig.chat_id, OutgoingMessage("When?", choices))
    (menu,) = await rig.sim.until(rig.seen)
    for number, choice in enumerate(choices, 1):
        shown = choice.label in {button.label for button in menu.buttons}
        assert shown or f"{number}. {choice.label}" in menu.text.splitlines()


async def test_all_of_a_long_text_arrives_in_order_when_it_needs_parts(rig: Rig) -> None:
    words = [f"\U0001f6cf{number:05}" for number in range(5_000)]
    last = await rig.channel.send(rig.chat_id, OutgoingMessage(" ".join(words), (Choice("ok", "OK"),)))
    await rig.sim.until(lambda: words[-1] in "".join(each.text for each in rig.seen()))
    seen = rig.seen()
    assert " ".join(each.text for each in seen).split()[: len(words)] == words
    assert seen[-1].id == last
    assert not any(each.buttons for each in seen[:-1])


async def test_a_press_is_answered_without_a_message_when_only_its_spinner_is_meant(rig: Rig) -> None:
    assert await rig.channel.send(rig.chat_id, OutgoingMessage("Done", answers_press="12345")) is None
    assert rig.seen() == []


async def test_the_new_text_is_seen_when_an_earlier_message_is_replaced(rig: Rig) -> None:
    first = await rig.channel.send(rig.chat_id, HELLO)
    later = OutgoingMessage("Acknowledged by Max", replaces=first)
    await rig.channel.send(rig.chat_id, later)
    await rig.sim.until(lambda: rig.seen()[-1].text == later.text)


async def test_the_account_is_active_when_the_provider_says_so(rig: Rig) -> None:
    assert await rig.channel.state() is AccountState.active


async def test_the_address_is_the_one_that_guests_know_when_the_provider_tells_it(rig: Rig) -> None:
    assert await rig.channel.address() == rig.address


async def test_nothing_is_switched_off_when_the_account_is_as_we_need_it(rig: Rig) -> None:
    assert await rig.channel.switched_off() == ()


async def test_pushing_and_fetching_take_turns_when_the_webhook_is_set_and_removed(rig: Rig) -> None:
    await rig.channel.use_webhook("http://127.0.0.1:9/webhooks/x", "s3cret-of-the-webhook")
    with pytest.raises(TransientError, match="webhook"):
        await rig.channel.fetch()
    await rig.channel.use_webhook(None, "")
    assert (await rig.channel.fetch()).events


@pytest.mark.parametrize("setter", ["setWebhook", "deleteWebhook", "setSettings"])
async def test_nothing_is_changed_when_the_webhook_is_already_as_wanted(rig: Rig, setter: str) -> None:
    url = "http://127.0.0.1:9/webhooks/x"
    for wanted in (None, None, url, url):
        await rig.channel.use_webhook(wanted, "s3cret-of-the-webhook")
    assert len(rig.sim.history.of(method=setter, kind=Kind.invoke)) <= 1


def patience(fault: Fault) -> timedelta:
    return NO_PATIENCE if fault.how is How.silence else PATIENCE


SENDS = [
    pytest.param(Fault.reset(), InDoubt, id="reset unread"),
    pytest.param(Fault.reset(took_effect=True), InDoubt, id="reset after it was sent"),
    pytest.param(Fault.half_reply(), InDoubt, id="half a reply"),
    pytest.param(Fault.empty_body(), InDoubt, id="nothing in the reply"),
    pytest.param(Fault.silence(), InDoubt, id="no reply"),
    pytest.param(Fault.answer(502, A_PAGE, took_effect=True), InDoubt, id="a gateway's page"),
    pytest.param(Fault.answer(504, A_PAGE), InDoubt, id="a gateway gave up"),
    pytest.param(Fault.answer(500, A_PAGE), InDoubt, id="a page of an error"),
    pytest.param(Fault.answer(200, A_PAGE), InDoubt, id="a page that says fine"),
    pytest.param(Fault.answer(429, retry_after=7), TransientError, id="too fast"),
    pytest.param(Fault.answer(302, "<html>"), TransientError, id="sent elsewhere"),
    pytest.param(Fault.answer(401), AccountUnusable, id="token refused"),
    pytest.param(Fault.slow(timedelta(milliseconds=50)), None, id="slow"),
]


@pytest.mark.parametrize(("fault", "error"), SENDS)
async def test_a_send_is_judged_rightly_when_the_wire_fails(
    rig: Rig, fault: Fault, error: type[BellhopError] | None
) -> None:
    rig.fail(fault, rig.send_method)
    outcome: type[BellhopError] | None = None
    async with rig.elsewhere(rig.url, patience=patience(fault)) as channel:
        try:
            await channel.send(rig.chat_id, HELLO)
        except BellhopError as raised:
            outcome = type(raised)
    assert outcome is error
    sends = rig.sim.history.of(method=rig.send_method, kind=Kind.invoke)
    assert len(sends) == 1


READS = [
    pytest.param(Fault.reset(), id="reset"),
    pytest.param(Fault.empty_body(), id="nothing in the reply"),
    pytest.param(Fault.answer(500), id="an error"),
    pytest.param(Fault.answer(502, A_PAGE), id="a gateway's page"),
    pytest.param(Fault.answer(429, retry_after=7), id="too fast"),
    pytest.param(Fault.answer(200, '"fine"'), id="something else"),
]


@pytest.mark.parametrize("fault", READS)
async def test_fetching_goes_on_when_the_wire_failed_once(rig: Rig, fault: Fault) -> None:
    # A client may try a GET again by itself on a connection that died, which is as good.
    rig.fail(fault, rig.fetch_method)
    batch = Batch(())
    with suppress(TransientError):
        batch = await rig.channel.fetch()
    assert batch.events or (await rig.channel.fetch()).events


async def test_the_wait_is_the_one_asked_for_when_we_are_too_fast(rig: Rig) -> None:
    rig.fail(Fault.answer(429, retry_after=7), rig.send_method)
    with pytest.raises(TransientError) as refusal:
        await rig.channel.send(rig.chat_id, HELLO)
    assert refusal.value.retry_after == timedelta(seconds=7)


async def test_a_retry_is_safe_when_nobody_listens(rig: Rig) -> None:
    async with rig.elsewhere(CLOSED) as unheard:
        for call in (unheard.send(rig.chat_id, HELLO), unheard.fetch(), unheard.state()):
            with pytest.raises(TransientError):
                await call


async def test_the_account_is_named_as_the_trouble_when_its_token_was_renewed(rig: Rig) -> None:
    async with rig.elsewhere(rig.url, rig.secret[:-1] + "X") as stale:
        for call in (stale.send(rig.chat_id, HELLO), stale.fetch(), stale.state()):
            with pytest.raises(AccountUnusable):
                await call


async def test_the_guest_is_named_as_the_trouble_when_there_is_no_such_chat(rig: Rig) -> None:
    with pytest.raises(RecipientUnreachable):
        await rig.channel.send("404", HELLO)


async def test_nothing_is_claimed_when_the_provider_is_asked_at_once_about_a_lost_send(rig: Rig) -> None:
    rig.fail(Fault.reset(), rig.send_method)
    since = datetime.now(UTC)
    with pytest.raises(InDoubt):
        await rig.channel.send(rig.chat_id, HELLO)
    with suppress(InDoubt):
        assert await rig.channel.find_sent(rig.chat_id, HELLO, since) is None


LEAKS = [Fault.reset(), Fault.silence(), Fault.answer(401), Fault.answer(403), Fault.answer(500, A_PAGE)]


@pytest.mark.parametrize("fault", LEAKS, ids=lambda fault: f"{fault.how}-{fault.status}")
async def test_no_secret_shows_when_a_call_fails(
    rig: Rig, fault: Fault, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    rig.fail(fault, rig.send_method)
    echo = f'{{"ok": false, "description": "at /bot{rig.secret}", "message": "at /{rig.secret}"}}'
    rig.fail(Fault.answer(400, echo), rig.send_method)
    shown = repr(rig.channel)
    async with rig.elsewhere(CLOSED) as unheard, rig.elsewhere(rig.url, patience=patience(fault)) as failing:
        for channel in (failing, rig.channel, unheard):
            with pytest.raises(BellhopError) as raised:
                await channel.send(rig.chat_id, HELLO)
            shown += "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    printed = capsys.readouterr()
    assert rig.secret not in shown + caplog.text + printed.out + printed.err
