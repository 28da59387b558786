"""What is Green API's own: buttons that may be refused, a journal that can be asked, settings that restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from bot.channels.base import Batch
from bot.channels.credentials import GreenCredentials, check_credentials
from bot.channels.whatsapp_green.client import GreenChannel
from bot.clock import FixedClock
from bot.errors import (
    AccountUnusable,
    BellhopError,
    InDoubt,
    PermanentError,
    RecipientUnreachable,
    TransientError,
)
from bot.messages import AccountState, Choice, OutgoingMessage
from bot.simulator.chats import ChatMessage
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.simulator.world import Simulator

GUEST, OTHERS = "79991234567@c.us", "79990001122@c.us"
NOW = datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)
MENU = OutgoingMessage("What would you like?", (Choice("wifi", "Wi-Fi"), Choice("taxi", "Taxi")))
NUMBERED = "What would you like?\n\n1. Wi-Fi\n2. Taxi"
LATER = timedelta(minutes=3)


class Desk:
    """A WhatsApp number with its channel, and a guest."""

    def __init__(self, sim: Simulator, clock: FixedClock) -> None:
        self.sim = sim
        self.clock = clock
        self.instance = sim.green.add_instance(1101000001, "token", "79990000000")
        self.channel = self.connect()

    def connect(self, **options: Any) -> GreenChannel:
        credentials = check_credentials(GreenCredentials, {"id_instance": "1101000001", "api_token": "token"})
        times = {"poll": timedelta(seconds=5), "send_timeout": timedelta(seconds=10)}
        return GreenChannel(credentials, api_url=self.sim.green.url, clock=self.clock, **(times | options))

    def fail(self, fault: Fault, method: str = "sendMessage", *, times: int | None = 1) -> None:
        self.sim.green.faults.program(fault, method=method, times=times)

    def answer(self, status: int, body: Any, method: str = "sendMessage") -> None:
        self.fail(Fault.answer(status, orjson.dumps(body).decode()), method)

    def calls(self, method: str) -> list[Any]:
        return [record.payload for record in self.sim.history.of(method=method, kind=Kind.invoke)]

    async def heard(self) -> ChatMessage:
        """Return the first message that the guest gets."""

        def look() -> list[ChatMessage]:
            return [each for each in self.sim.green.chat(self.instance, GUEST).messages if each.from_bot]

        return (await self.sim.until(look))[0]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = FixedClock(NOW)
    async with Simulator(clock, wire_second=0.02) as sim:
        opened = Desk(sim, clock)
        async with opened.channel:
            yield opened


async def test_buttons_are_shown_when_they_fit(desk: Desk) -> None:
    await desk.channel.send(GUEST, MENU)
    heard = await desk.heard()
    assert (heard.text, [button.label for button in heard.buttons]) == (MENU.text, ["Wi-Fi", "Taxi"])


@pytest.mark.parametrize(
    "choices",
    [
        tuple(Choice(str(number), f"at {number}") for number in range(4)),
        (Choice("long", "Somebody at the desk, please"),),
    ],
)
async def test_choices_are_numbered_when_buttons_do_not_fit(desk: Desk, choices: tuple[Choice, ...]) -> None:
    await desk.channel.send(GUEST, OutgoingMessage("When?", choices))
    heard = await desk.heard()
    assert heard.text.splitlines()[2:] == [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    assert heard.buttons == ()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 422, 501])
async def test_choices_are_numbered_when_the_provider_refuses_buttons(desk: Desk, status: int) -> None:
    desk.answer(status, {"message": "this method is not available"}, "sendInteractiveButtonsReply")
    await desk.channel.send(GUEST, MENU)
    assert (await desk.heard()).text == NUMBERED


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.reset(took_effect=True), InDoubt),
        (Fault.answer(500), InDoubt),
        (Fault.answer(429), TransientError),
        (Fault.answer(466), TransientError),
    ],
)
async def test_nothing_is_said_twice_when_sending_buttons_fails(
    desk: Desk, fault: Fault, error: type[BellhopError]
) -> None:
    desk.fail(fault, "sendInteractiveButtonsReply")
    with pytest.raises(error):
        await desk.channel.send(GUEST, MENU)
    assert desk.calls("sendMessage") == []


async def test_choices_are_numbered_when_buttons_are_switched_off_or_it_is_a_group(desk: Desk) -> None:
    async with desk.connect(buttons=False) as plain:
        await plain.send(GUEST, MENU)
    await desk.channel.send("120363043968066561@g.us", MENU)
    assert [call["message"] for call in desk.calls("sendMessage")] == [NUMBERED, NUMBERED]


async def test_no_preview_is_asked_for_when_a_text_has_links(desk: Desk) -> None:
    await desk.channel.send(GUEST, OutgoingMessage("https://hotel.example"))
    assert desk.calls("sendMessage")[0]["linkPreview"] is False


@pytest.mark.parametrize(
    ("status", "message", "error", "wait"),
    [
        (400, "instance in starting process try later", TransientError, 10),
        (400, "instance is starting or not authorized", AccountUnusable, None),
        (400, "Instance account is expired. Renew your instance", AccountUnusable, None),
        (400, "Instance is deleted", AccountUnusable, None),
        (400, "Validation failed. Details: 'chatId' is required", RecipientUnreachable, None),
        (400, "Validation failed. Details: 'message' is required", PermanentError, None),
        (401, "Unauthorized", AccountUnusable, None),
        (403, "Forbidden", AccountUnusable, None),
        (404, "Cannot POST", AccountUnusable, None),
        (413, "Payload too large", PermanentError, None),
        (429, "Too Many Requests", TransientError, 1),
        (466, "", TransientError, 3600),
        (499, "Client Closed Request", InDoubt, None),
        (500, "Internal server error", InDoubt, None),
        (502, "Bad Gateway", InDoubt, None),
        (307, "", TransientError, None),
    ],
)
async def test_each_refusal_has_its_remedy_when_green_api_says_no(
    desk: Desk, status: int, message: str, error: type[BellhopError], wait: int | None
) -> None:
    desk.answer(status, {"statusCode": status, "path": "/waInstance1/sendMessage/token", "message": message})
    with pytest.raises(error) as raised:
        await desk.channel.send(GUEST, OutgoingMessage("hello"))
    assert type(raised.value) is error
    waits = getattr(raised.value, "retry_after", None)
    assert waits == (timedelta(seconds=wait) if wait else None)


async def test_only_the_chat_is_refused_when_the_plan_allows_no_further_one(desk: Desk) -> None:
    desk.instance.correspondents_limit = 1
    await desk.channel.send("79990000001@c.us", OutgoingMessage("hello"))
    with pytest.raises(PermanentError, match="plan") as raised:
        await desk.channel.send(GUEST, MENU)
    assert not isinstance(raised.value, RecipientUnreachable)
    await desk.channel.send("79990000001@c.us", OutgoingMessage("hello again"))


async def test_reading_goes_on_soon_when_a_question_is_over_the_quota(desk: Desk) -> None:
    desk.answer(466, {}, "receiveNotification")
    with pytest.raises(TransientError) as raised:
        await desk.channel.fetch()
    assert raised.value.retry_after is None


async def test_nobody_guesses_when_the_answer_names_no_message(desk: Desk) -> None:
    desk.answer(200, {"idMessage": None})
    with pytest.raises(InDoubt):
        await desk.channel.send(GUEST, OutgoingMessage("hello"))


@pytest.mark.parametrize("message", [OutgoingMessage("hello"), MENU], ids=["text", "buttons"])
async def test_a_lost_message_is_found_when_the_journal_has_it(desk: Desk, message: OutgoingMessage) -> None:
    since = desk.clock.now()
    desk.fail(Fault.reset(took_effect=True), "*")
    with pytest.raises(InDoubt):
        await desk.channel.send(GUEST, message)
    heard = await desk.heard()
    found = await desk.channel.find_sent(GUEST, message, since)
    assert found
    assert found.message_id == heard.id
    assert desk.calls("lastOutgoingMessages")[0]["minutes"] == "2"


async def test_a_lost_message_is_found_when_it_still_waits_in_the_queue(desk: Desk) -> None:
    desk.sim.green.set_state(desk.instance, "notAuthorized")
    for message in (OutgoingMessage("hello"), MENU):
        sent = await desk.channel.send(GUEST, message)
        found = await desk.channel.find_sent(GUEST, message, desk.clock.now())
        assert found
        assert found.message_id == sent


async def test_a_lost_message_is_found_when_it_went_out_with_numbers(desk: Desk) -> None:
    since = desk.clock.now()
    async with desk.connect(buttons=False) as plain:
        sent = await plain.send(GUEST, MENU)
    assert (await desk.heard()).id == sent
    found = await desk.channel.find_sent(GUEST, MENU, since)
    assert found
    assert found.message_id == sent


async def test_nothing_is_found_when_others_got_it_or_the_guest_got_something_else(desk: Desk) -> None:
    message = OutgoingMessage("hello")
    since = desk.clock.now()
    await desk.channel.send(OTHERS, message)
    await desk.channel.send(GUEST, OutgoingMessage("something else"))
    await desk.heard()
    assert await desk.channel.find_sent(GUEST, message, since) is None


async def test_nobody_says_that_it_is_absent_when_the_queue_may_be_longer_than_what_is_shown(desk: Desk) -> None:
    shown = [{"messageID": f"3EB0{each:016}", "body": {"chatId": OTHERS, "message": "hello"}} for each in range(500)]
    desk.answer(200, shown, "showMessagesQueue")
    with pytest.raises(TransientError) as raised:
        await desk.channel.find_sent(GUEST, OutgoingMessage("hello"), desk.clock.now())
    assert raised.value.retry_after


async def test_nobody_says_that_it_is_absent_when_the_process_stood_still_while_it_asked(desk: Desk) -> None:
    since = desk.clock.now()
    desk.answer(200, [], "lastOutgoingMessages")
    asking = asyncio.create_task(desk.channel.find_sent(GUEST, OutgoingMessage("hello"), since))
    await desk.sim.until(lambda: desk.calls("lastOutgoingMessages"))
    desk.clock.move(timedelta(minutes=3))
    with pytest.raises(TransientError) as raised:
        await asking
    assert raised.value.retry_after


async def test_an_older_message_of_the_same_words_is_not_taken_for_the_lost_one(desk: Desk) -> None:
    message = OutgoingMessage("hello")
    await desk.channel.send(GUEST, message)
    await desk.heard()
    desk.clock.move(timedelta(minutes=1))
    since = desk.clock.now()
    desk.clock.move(LATER)
    assert await desk.channel.find_sent(GUEST, message, since) is None


async def test_nothing_is_found_when_journal_and_queue_are_empty_in_their_way(desk: Desk) -> None:
    desk.answer(200, None, "showMessagesQueue")
    desk.answer(200, [None, {"idMessage": "x", "timestamp": "now"}], "lastOutgoingMessages")
    since = desk.clock.now() - LATER
    assert await desk.channel.find_sent(GUEST, OutgoingMessage("hello"), since) is None


def _line(timestamp: object) -> dict[str, object]:
    return {"idMessage": "3EB0", "chatId": GUEST, "textMessage": "hello", "timestamp": timestamp}


@pytest.mark.parametrize("timestamp", [str, float])
async def test_a_lost_message_is_found_when_the_journal_writes_its_time_otherwise(
    desk: Desk, timestamp: Callable[[int], object]
) -> None:
    since = desk.clock.now()
    desk.answer(200, [_line(timestamp(int(since.timestamp())))], "lastOutgoingMessages")
    found = await desk.channel.find_sent(GUEST, OutgoingMessage("hello"), since)
    assert found
    assert found.message_id == "3EB0"


@pytest.mark.parametrize(
    ("method", "shown"),
    [
        ("showMessagesQueue", {"message": "no"}),
        ("lastOutgoingMessages", "no"),
        ("lastOutgoingMessages", [_line("now")]),
        ("lastOutgoingMessages", [_line(None)]),
    ],
)
async def test_nobody_says_that_it_is_absent_when_what_is_shown_can_not_be_read(
    desk: Desk, method: str, shown: object
) -> None:
    desk.answer(200, shown, method)
    with pytest.raises(TransientError):
        await desk.channel.find_sent(GUEST, OutgoingMessage("hello"), desk.clock.now())


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("authorized", AccountState.active),
        ("yellowCard", AccountState.limited),
        ("notAuthorized", AccountState.disconnected),
        ("blocked", AccountState.blocked),
    ],
)
async def test_the_account_is_what_the_provider_says(desk: Desk, state: str, expected: AccountState) -> None:
    desk.sim.green.set_state(desk.instance, state)
    assert await desk.channel.state() is expected


async def test_the_account_is_limited_when_the_provider_says_something_new(desk: Desk) -> None:
    desk.answer(200, {"stateInstance": "dreaming"}, "getStateInstance")
    assert await desk.channel.state() is AccountState.limited


async def test_it_is_asked_again_later_when_the_answer_is_something_else(desk: Desk) -> None:
    desk.fail(Fault.answer(200, '"[]"'), "*", times=None)
    for call in (desk.channel.state(), desk.channel.use_webhook(None, ""), desk.channel.fetch()):
        with pytest.raises(TransientError):
            await call


async def test_nothing_is_set_when_the_server_does_not_know_the_question_for_the_settings(desk: Desk) -> None:
    for _ in range(3):
        desk.answer(404, {"message": "page not found"}, "getSettings")
    assert await desk.channel.webhook() is None
    assert await desk.channel.switched_off() == ()
    await desk.channel.use_webhook(None, "")
    assert desk.calls("setSettings") == []


async def test_the_webhook_is_set_when_the_server_can_not_say_its_settings(desk: Desk) -> None:
    url = "http://127.0.0.1:9/webhooks/x"
    desk.answer(404, {"message": "page not found"}, "getSettings")
    await desk.channel.use_webhook(url, "one")
    assert desk.calls("setSettings") == [{"webhookUrl": url, "webhookUrlToken": "one"}]


async def test_the_account_is_active_when_the_server_gives_notifications_and_knows_no_other_question(
    desk: Desk,
) -> None:
    desk.sim.green.write(GUEST, desk.instance, "hello")
    for _ in range(2):
        desk.answer(404, {"message": "page not found"}, "getStateInstance")
    assert await desk.channel.state() is AccountState.active
    assert (await desk.channel.fetch()).events
    await desk.channel.use_webhook("http://127.0.0.1:9/webhooks/x", "s3cret")
    assert await desk.channel.state() is AccountState.active


async def test_only_what_differs_is_set_when_the_webhook_changes(desk: Desk) -> None:
    desk.instance.settings["stateWebhook"] = "no"
    url = "http://127.0.0.1:9/webhooks/x"
    for wanted, secret in ((url, "one"), (url, "one"), (url, "two"), (None, "")):
        await desk.channel.use_webhook(wanted, secret)
    assert desk.calls("setSettings") == [
        {"webhookUrl": url, "webhookUrlToken": "one", "stateWebhook": "yes"},
        {"webhookUrlToken": "two"},
        {"webhookUrl": ""},
    ]


async def test_settings_are_named_when_they_keep_things_from_us(desk: Desk) -> None:
    assert await desk.channel.switched_off() == ()
    desk.instance.settings |= {"outgoingMessageWebhook": "no", "stateWebhook": "no", "deviceWebhook": "no"}
    assert await desk.channel.switched_off() == ("outgoingMessageWebhook", "stateWebhook")
    await desk.channel.use_webhook(None, "")
    assert await desk.channel.switched_off() == ()
    assert len(desk.calls("setSettings")) == 1


async def test_a_notification_is_deleted_by_its_receipt_when_it_was_stored(desk: Desk) -> None:
    desk.sim.green.write(GUEST, desk.instance, "one")
    batch = await desk.channel.fetch()
    await desk.channel.acknowledge(Batch(()))
    assert len(desk.sim.green.pending(desk.instance)) == 1
    await desk.channel.acknowledge(batch)
    assert desk.sim.green.pending(desk.instance) == []


async def test_reading_goes_on_when_the_server_has_forgotten_a_notification(desk: Desk) -> None:
    desk.sim.green.write(GUEST, desk.instance, "one")
    desk.answer(404, {"result": False, "reason": "no such receipt"}, "deleteNotification")
    batch = await desk.channel.fetch()
    await desk.channel.acknowledge(batch)
    assert (await desk.channel.fetch()).events == batch.events


async def test_a_message_is_sent_when_the_server_says_that_it_was_created(desk: Desk) -> None:
    desk.answer(201, {"idMessage": "BAE5"})
    assert await desk.channel.send(GUEST, OutgoingMessage("hello")) == "BAE5"


@pytest.mark.parametrize(("status", "body"), [(200, ""), (200, "{}"), (200, "null"), (204, "")])
async def test_fetch_returns_empty_handed_when_the_queue_is_empty(desk: Desk, status: int, body: str) -> None:
    desk.fail(Fault.answer(status, body), "receiveNotification")
    assert await desk.channel.fetch() == Batch(())


async def test_a_notification_without_a_body_is_still_stored_and_deleted(desk: Desk) -> None:
    desk.answer(200, {"receiptId": 5, "body": None}, "receiveNotification")
    batch = await desk.channel.fetch()
    assert (batch.receipt, len(batch.events)) == (5, 1)


async def test_a_notification_is_kept_as_it_came_when_its_fields_stand_beside_the_receipt(desk: Desk) -> None:
    given = {"receiptId": 5, "typeWebhook": "incomingMessageReceived", "idMessage": "A1"}
    desk.answer(200, given, "receiveNotification")
    batch = await desk.channel.fetch()
    assert batch.receipt == 5
    assert [orjson.loads(event.payload) for event in batch.events] == [given]


async def test_a_notification_is_kept_and_not_confirmed_when_it_has_no_receipt(desk: Desk) -> None:
    body = {"typeWebhook": "incomingMessageReceived", "idMessage": "A1"}
    desk.answer(200, {"body": body}, "receiveNotification")
    batch = await desk.channel.fetch()
    await desk.channel.acknowledge(batch)
    assert [orjson.loads(event.payload) for event in batch.events] == [body]
    assert desk.calls("deleteNotification") == []


@pytest.mark.parametrize("status", [400, 403])
async def test_notifications_are_fetched_when_the_account_refuses_a_change_of_its_flags(
    desk: Desk, status: int
) -> None:
    desk.instance.settings["stateWebhook"] = "no"
    desk.answer(status, {"message": "refused"}, "setSettings")
    await desk.channel.use_webhook(None, "")
    desk.sim.green.write(GUEST, desk.instance, "hello")
    assert (await desk.channel.fetch()).events


async def test_a_refused_change_is_told_when_it_was_to_be_pushed_or_the_account_is_refused_itself(desk: Desk) -> None:
    desk.instance.settings["stateWebhook"] = "no"
    desk.answer(403, {"message": "refused"}, "setSettings")
    with pytest.raises(PermanentError):
        await desk.channel.use_webhook("http://127.0.0.1:9/webhooks/x", "s3cret")
    desk.answer(403, {"message": "refused"}, "setSettings")
    for method in ("getStateInstance", "receiveNotification"):
        desk.answer(403, {"message": "refused"}, method)
    with pytest.raises(PermanentError):
        await desk.channel.use_webhook(None, "")


async def test_nothing_of_the_packages_log_appears_when_calls_fail(
    desk: Desk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    desk.fail(Fault.reset())
    with pytest.raises(InDoubt):
        await desk.channel.send(GUEST, OutgoingMessage("hello"))
    assert capsys.readouterr() == ("", "")
    assert "whatsapp-api-client-python" not in {record.name for record in caplog.records}
