"""What is Telegram's own: edits, topics, keyboards, conflicts, and its words of refusal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from bot.channels.base import Batch
from bot.channels.credentials import TelegramCredentials, check_credentials
from bot.channels.telegram.client import TelegramChannel
from bot.clock import FixedClock
from bot.errors import (
    AccountContested,
    AccountUnusable,
    BellhopError,
    ChatMigrated,
    InDoubt,
    PermanentError,
    RecipientUnreachable,
    TransientError,
)
from bot.messages import AccountState, Choice, IncomingMessage, OutgoingMessage
from bot.simulator.chats import ButtonKind, ChatMessage
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.simulator.world import Simulator
from bot.telemetry.exceptions import describe

TOKEN = "700001:AAF-telegram-canary-token"
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
PAGE = "<html>Bad Gateway</html>"


class Desk:
    """A bot with its channel, a guest, and the staff's forum."""

    def __init__(self, sim: Simulator, clock: FixedClock) -> None:
        self.sim = sim
        self.clock = clock
        self.bot = sim.telegram.add_bot(TOKEN, "desk_bot")
        self.guest = sim.telegram.add_user("Anna")
        self.chat_id = str(self.guest.id)
        self.staff = sim.telegram.add_group("Staff", (self.bot,), (sim.telegram.add_user("Max"),), forum=True)
        self.channel = self.connect()
        sim.telegram.open_link(self.guest, self.bot)

    def connect(self) -> TelegramChannel:
        credentials = check_credentials(TelegramCredentials, {"bot_token": TOKEN})
        return TelegramChannel(
            credentials,
            api_url=f"{self.sim.telegram.url}/",
            clock=self.clock,
            poll=timedelta(seconds=5),
            send_timeout=timedelta(seconds=10),
        )

    def fail(self, fault: Fault, method: str = "sendMessage", *, skip: int = 0, times: int | None = 1) -> None:
        self.sim.telegram.faults.program(fault, method=method, skip=skip, times=times)

    def refuse(self, status: int, description: str, method: str = "sendMessage", **parameters: Any) -> None:
        body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.fail(Fault.answer(status, orjson.dumps(body).decode()), method)

    def seen(self) -> list[ChatMessage]:
        return [each for each in self.sim.telegram.chat(self.bot, self.guest).messages if each.from_bot]

    def calls(self, method: str) -> list[Any]:
        return [record.payload for record in self.sim.history.of(method=method, kind=Kind.invoke)]

    async def say(self, text: str = "hello", **parts: Any) -> str | None:
        return await self.channel.send(self.chat_id, OutgoingMessage(text, **parts))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = FixedClock(NOW)
    async with Simulator(clock, wire_second=0.02) as sim:
        opened = Desk(sim, clock)
        async with opened.channel:
            yield opened


async def test_text_and_buttons_change_when_a_message_is_edited(desk: Desk) -> None:
    sent = await desk.say("Alert", choices=(Choice("ack:1", "Acknowledge"),))
    assert await desk.say("Acknowledged", replaces=sent) == sent
    (seen,) = desk.seen()
    assert (seen.text, seen.buttons) == ("Acknowledged", ())


async def test_an_edit_is_done_when_nothing_would_change(desk: Desk) -> None:
    sent = await desk.say("Alert")
    assert await desk.say("Alert", replaces=sent) == sent
    assert len(desk.seen()) == 1


@pytest.mark.parametrize("gone", ["4040404", "not-a-number", "²"])
async def test_the_text_is_sent_anew_when_the_message_can_not_be_edited(desk: Desk, gone: str) -> None:
    sent = await desk.say("Acknowledged", replaces=gone)
    assert [each.id for each in desk.seen()] == [sent]


async def test_the_text_is_sent_anew_when_the_server_has_forgotten_the_message(desk: Desk) -> None:
    sent = await desk.say("Alert")
    desk.refuse(400, "Bad Request: message not found", "editMessageText")
    assert await desk.say("Acknowledged", replaces=sent) == desk.seen()[-1].id != sent


async def test_the_text_is_sent_anew_when_the_server_can_not_edit(desk: Desk) -> None:
    sent = await desk.say("Alert")
    desk.refuse(404, "Not Found: method not found", "editMessageText")
    anew = await desk.say("Acknowledged", replaces=sent)
    assert [(each.id, each.text) for each in desk.seen()] == [(sent, "Alert"), (anew, "Acknowledged")]


async def test_the_refusal_is_told_when_an_edit_is_not_allowed(desk: Desk) -> None:
    desk.refuse(400, "Bad Request: can't do that", "editMessageText")
    with pytest.raises(PermanentError):
        await desk.say("Acknowledged", replaces=await desk.say())


async def test_an_edit_may_be_repeated_when_nobody_answered_it(desk: Desk) -> None:
    sent = await desk.say()
    desk.fail(Fault.reset(took_effect=True), "editMessageText", times=2)
    with pytest.raises(TransientError):
        await desk.say("Acknowledged", replaces=sent)
    assert await desk.say("Acknowledged", replaces=sent) == sent


async def test_the_note_is_shown_when_a_press_is_answered(desk: Desk) -> None:
    await desk.say("Menu", choices=(Choice("wifi", "Wi-Fi"),))
    press = desk.sim.telegram.press(desk.guest, desk.seen()[0], "Wi-Fi")
    batch = await desk.channel.fetch()
    query = orjson.loads(batch.events[-1].payload)["callback_query"]
    assert await desk.say("n" * 300, answers_press=query["id"]) is None
    assert not isinstance(press, ChatMessage)
    assert (press.answered, press.text) == (True, "n" * 200)


async def test_a_late_answer_to_a_press_is_as_good_as_none(desk: Desk) -> None:
    assert await desk.say("Done", answers_press="1") is None


async def test_a_refusal_is_told_when_a_press_can_not_be_answered_for_another_reason(desk: Desk) -> None:
    desk.refuse(400, "Bad Request: MESSAGE_TOO_LONG", "answerCallbackQuery")
    with pytest.raises(PermanentError, match="MESSAGE_TOO_LONG") as raised:
        await desk.say("Done", answers_press="1")
    assert "MESSAGE_TOO_LONG" not in describe(raised.value), "what Telegram says is for staff, not for the logs"


async def test_the_account_is_not_blamed_when_the_server_can_not_answer_presses(desk: Desk) -> None:
    desk.refuse(404, "Not Found: method not found", "answerCallbackQuery")
    with pytest.raises(PermanentError) as raised:
        await desk.say("Done", answers_press="1")
    assert not isinstance(raised.value, AccountUnusable)


async def test_short_labels_share_a_row_when_there_are_several(desk: Desk) -> None:
    labels = ["Wi-Fi", "Breakfast", "Talk to a person at the desk", "Taxi"]
    await desk.say("Menu", choices=tuple(Choice(label, label) for label in labels))
    keyboard = orjson.loads(desk.calls("sendMessage")[0]["reply_markup"])
    shown = [[button["text"] for button in row] for row in keyboard["inline_keyboard"]]
    assert shown == [["Wi-Fi", "Breakfast"], ["Talk to a person at the desk"], ["Taxi"]]


async def test_the_guest_can_share_the_number_when_it_is_asked_for(desk: Desk) -> None:
    await desk.say("Your number?", asks_contact="Share my number", choices=(Choice("no", "No, thanks"),))
    (seen,) = desk.seen()
    assert seen.text == "Your number?\n\n1. No, thanks"
    assert [(button.kind, button.label) for button in seen.buttons] == [(ButtonKind.contact, "Share my number")]
    desk.sim.telegram.press(desk.guest, seen, "Share my number")
    (incoming,) = desk.channel._format.parse((await desk.channel.fetch()).events[-1].payload)
    assert isinstance(incoming, IncomingMessage)
    assert incoming.contact
    assert incoming.contact.is_own


async def test_the_words_go_into_the_topic_when_one_is_named(desk: Desk) -> None:
    topic = desk.sim.telegram.open_topic(desk.staff, desk.bot, "Anna, 101")
    await desk.channel.send(str(desk.staff.id), OutgoingMessage("She needs towels", thread_id=topic))
    last = desk.sim.telegram.chat(desk.bot, desk.staff).messages[-1]
    assert (last.text, last.thread_id) == ("She needs towels", topic)


@pytest.mark.parametrize("words", ["Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED"])
async def test_the_words_go_into_the_chat_itself_when_their_topic_is_gone(desk: Desk, words: str) -> None:
    topic = desk.sim.telegram.open_topic(desk.staff, desk.bot, "Anna, 101")
    desk.refuse(400, words)
    sent = await desk.channel.send(str(desk.staff.id), OutgoingMessage("She needs towels", thread_id=topic))
    last = desk.sim.telegram.chat(desk.bot, desk.staff).messages[-1]
    assert (last.id, last.text, last.thread_id) == (sent, "She needs towels", None)


async def test_the_refusal_is_told_when_it_is_not_about_the_topic(desk: Desk) -> None:
    desk.refuse(400, "Bad Request: BUTTON_DATA_INVALID")
    with pytest.raises(PermanentError):
        await desk.channel.send(str(desk.staff.id), OutgoingMessage("She needs towels", thread_id="1"))
    assert len(desk.calls("sendMessage")) == 1


async def test_the_guest_is_out_of_reach_when_the_bot_is_blocked(desk: Desk) -> None:
    desk.sim.telegram.block(desk.guest, desk.bot)
    with pytest.raises(RecipientUnreachable):
        await desk.say()


@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (400, "Bad Request: chat not found", RecipientUnreachable),
        (400, "Logged out", AccountUnusable),
        (400, "Bad Request: PEER_ID_INVALID", RecipientUnreachable),
        (403, "Forbidden: user is deactivated", RecipientUnreachable),
        (400, "Bad Request: not enough rights to send text messages to the chat", RecipientUnreachable),
        (400, "Bad Request: message thread not found", PermanentError),
        (400, "Bad Request: BUTTON_DATA_INVALID", PermanentError),
        (413, "Request Entity Too Large", PermanentError),
        (401, "Unauthorized", AccountUnusable),
        (404, "Not Found", AccountUnusable),
        (500, "Internal Server Error", TransientError),
        (503, "Service Unavailable", TransientError),
        (502, "Bad Gateway", InDoubt),
        (504, "Gateway Timeout", InDoubt),
    ],
)
async def test_each_refusal_has_its_remedy_when_telegram_says_no(
    desk: Desk, status: int, description: str, error: type[BellhopError]
) -> None:
    desk.refuse(status, description)
    with pytest.raises(error) as raised:
        await desk.say()
    assert type(raised.value) is error
    assert desk.seen() == []


@pytest.mark.parametrize(
    "body",
    [
        '{"ok": false}',
        '{"ok": false, "description": null, "parameters": null}',
        '{"ok": false, "error_code": "x", "parameters": {"migrate_to_chat_id": 0}}',
    ],
)
async def test_the_status_decides_when_a_refusal_lacks_its_parts(desk: Desk, body: str) -> None:
    desk.fail(Fault.answer(429, body, retry_after=3))
    with pytest.raises(TransientError) as raised:
        await desk.say()
    assert raised.value.retry_after == timedelta(seconds=3)
    desk.fail(Fault.answer(500, body))
    with pytest.raises(TransientError):
        await desk.say()


async def test_the_code_is_understood_when_the_server_writes_it_as_words_and_answers_200(desk: Desk) -> None:
    body = '{"ok": false, "error_code": "429", "description": "slow down", "parameters": {"retry_after": "5"}}'
    desk.fail(Fault.answer(200, body))
    with pytest.raises(TransientError) as raised:
        await desk.say()
    assert raised.value.retry_after == timedelta(seconds=5)


@pytest.mark.parametrize("retry_after", [None, 0])
async def test_the_pause_is_ours_when_we_are_too_fast_and_no_wait_is_named(
    desk: Desk, retry_after: int | None
) -> None:
    # A wait of nothing would be a message that is sent again without a pause.
    desk.fail(Fault.answer(429, retry_after=retry_after))
    with pytest.raises(TransientError) as raised:
        await desk.say()
    assert raised.value.retry_after is None


async def test_a_message_is_sent_when_the_server_says_fine_and_names_none(desk: Desk) -> None:
    for result in ("null", "true", "{}"):
        desk.fail(Fault.answer(200, f'{{"ok": true, "result": {result}}}'))
        assert await desk.say() is None


async def test_the_wait_is_read_from_the_words_when_it_stands_nowhere_else(desk: Desk) -> None:
    desk.fail(
        Fault.answer(429, '{"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 7"}')
    )
    with pytest.raises(TransientError) as raised:
        await desk.say()
    assert raised.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("new", [-100777, "-100777"])
async def test_the_new_chat_is_named_when_the_group_moved(desk: Desk, new: int | str) -> None:
    desk.refuse(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=new)
    with pytest.raises(ChatMigrated) as raised:
        await desk.say()
    assert raised.value.new_chat_id == "-100777"


async def test_a_page_of_an_address_that_is_not_telegrams_is_told_apart(desk: Desk) -> None:
    desk.fail(Fault.answer(403, PAGE))
    with pytest.raises(TransientError):
        await desk.say()
    desk.fail(Fault.answer(404, PAGE))
    with pytest.raises(AccountUnusable, match="BELLHOP_TELEGRAM_API"):
        await desk.say()


async def test_the_rest_follows_when_telegram_slows_down_a_long_text(desk: Desk) -> None:
    desk.fail(Fault.answer(429, retry_after=0), skip=1, times=2)
    await desk.say("word " * 1500)
    assert "".join(each.text for each in desk.seen()).count("word") == 1500


async def test_nothing_is_repeated_when_a_long_text_breaks_off(desk: Desk) -> None:
    desk.fail(Fault.reset(), skip=1)
    with pytest.raises(InDoubt):
        await desk.say("word " * 1500)
    assert len(desk.seen()) == 1


async def test_telegram_can_not_be_asked_when_a_send_is_in_doubt(desk: Desk) -> None:
    with pytest.raises(InDoubt):
        await desk.channel.find_sent(desk.chat_id, OutgoingMessage("hello"), NOW)


async def test_the_other_reader_is_named_when_two_poll_one_bot(desk: Desk) -> None:
    await desk.channel.acknowledge(await desk.channel.fetch())
    async with desk.connect() as other:
        other._offset = desk.channel._offset
        polls = await asyncio.gather(desk.channel.fetch(), other.fetch(), return_exceptions=True)
    contested = [each for each in polls if isinstance(each, AccountContested)]
    assert len(contested) == 1
    assert "another program" in str(contested[0])


async def test_updates_are_fetched_when_the_server_does_not_know_the_question_for_the_webhook(desk: Desk) -> None:
    for status in (404, 500, 501):
        for _ in range(2):
            desk.fail(Fault.answer(status, '{"message": "this method is not supported"}'), "getWebhookInfo")
        assert await desk.channel.webhook() is None
        await desk.channel.use_webhook(None, "")
    assert (await desk.channel.fetch()).events


async def test_the_webhook_is_unknown_for_now_when_telegram_is_down(desk: Desk) -> None:
    desk.fail(Fault.answer(502, PAGE), "getWebhookInfo")
    desk.fail(Fault.answer(502, PAGE), "getMe")
    with pytest.raises(TransientError):
        await desk.channel.webhook()


async def test_the_account_is_active_when_the_server_gives_updates_and_knows_no_other_question(desk: Desk) -> None:
    for _ in range(2):
        desk.refuse(404, "Not Found: method not found", "getMe")
    assert await desk.channel.state() is AccountState.active
    assert (await desk.channel.fetch()).events
    await desk.channel.use_webhook("http://127.0.0.1:9/webhooks/telegram/x", "s3cret")
    assert await desk.channel.state() is AccountState.active


async def test_the_webhook_is_set_when_the_server_can_not_say_what_it_is(desk: Desk) -> None:
    desk.refuse(404, "Not Found", "getWebhookInfo")
    await desk.channel.use_webhook("http://127.0.0.1:9/webhooks/telegram/x", "s3cret")
    assert len(desk.calls("setWebhook")) == 1


async def test_the_webhook_is_named_when_it_keeps_the_updates(desk: Desk) -> None:
    desk.refuse(409, "Conflict: can't use getUpdates method while webhook is active", "getUpdates")
    with pytest.raises(AccountContested, match="webhook"):
        await desk.channel.fetch()


async def test_waiting_updates_survive_when_the_webhook_is_set(desk: Desk) -> None:
    await desk.channel.use_webhook("http://127.0.0.1:9/webhooks/telegram/x", "s3cret")
    (call,) = desk.calls("setWebhook")
    assert "drop_pending_updates" not in call
    assert str(call["max_connections"]) == "1"
    await desk.channel.use_webhook(None, "")
    assert "drop_pending_updates" not in desk.calls("deleteWebhook")[0]
    assert (await desk.channel.fetch()).events


async def test_the_secret_is_set_again_when_the_pushes_were_refused_with_401(desk: Desk) -> None:
    url = "http://127.0.0.1:9/webhooks/telegram/x"
    kinds = ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"]
    info = {"url": url, "max_connections": 1, "allowed_updates": kinds, "last_error_message": None}
    refused = {"last_error_message": "Wrong response from the webhook: 401 Unauthorized"}
    for trouble in (info | refused, info, info | {"url": "http://127.0.0.1:9/other"}):
        desk.fail(Fault.answer(200, orjson.dumps({"ok": True, "result": trouble}).decode()), "getWebhookInfo")
        await desk.channel.use_webhook(url, "s3cret")
    assert len(desk.calls("setWebhook")) == 2


async def test_the_offset_is_forgotten_when_nobody_wrote_for_days(desk: Desk) -> None:
    # After a week of silence Telegram starts the ids anew, perhaps below the offset.
    await desk.channel.acknowledge(await desk.channel.fetch())
    await desk.channel.fetch()
    desk.clock.move(timedelta(days=6))
    await desk.channel.fetch()
    first, second, third = desk.calls("getUpdates")
    assert "offset" not in first
    assert "offset" in second
    assert "offset" not in third


async def test_it_is_asked_again_later_when_the_answer_is_no_list(desk: Desk) -> None:
    desk.fail(Fault.answer(200, '{"ok": true, "result": {"message": {}}}'), "getUpdates")
    with pytest.raises(TransientError):
        await desk.channel.fetch()


@pytest.mark.parametrize("body", ['{"ok": true, "result": null}', '{"ok": true}', '{"ok": true, "result": []}'])
async def test_fetch_returns_empty_handed_when_the_server_writes_an_empty_list_in_its_way(
    desk: Desk, body: str
) -> None:
    desk.fail(Fault.answer(200, body), "getUpdates")
    assert await desk.channel.fetch() == Batch(())


async def test_an_update_is_confirmed_when_the_server_counts_from_nought(desk: Desk) -> None:
    desk.fail(Fault.answer(200, '{"ok": true, "result": [{"update_id": 0}]}'), "getUpdates")
    assert (await desk.channel.fetch()).receipt == 1


async def test_the_offset_stays_when_an_update_has_no_id(desk: Desk) -> None:
    body = orjson.dumps({"ok": True, "result": ["?", {"message": {}}]}).decode()
    desk.fail(Fault.answer(200, body), "getUpdates")
    batch = await desk.channel.fetch()
    assert (len(batch.events), batch.receipt) == (2, None)
    await desk.channel.acknowledge(batch)
    assert (await desk.channel.fetch()).events


async def test_a_server_is_understood_when_it_writes_numbers_as_words(desk: Desk) -> None:
    desk.fail(Fault.answer(200, '{"ok": true, "result": {"message_id": "55"}}'))
    assert await desk.say() == "55"
    desk.fail(Fault.answer(200, '{"ok": true, "result": [{"update_id": "7"}]}'), "getUpdates")
    assert (await desk.channel.fetch()).receipt == 8


async def test_acknowledging_nothing_changes_nothing(desk: Desk) -> None:
    await desk.channel.acknowledge(Batch(()))
    assert (await desk.channel.fetch()).events


async def test_the_state_is_unknown_for_now_when_telegram_is_down(desk: Desk) -> None:
    assert await desk.channel.state() is AccountState.active
    desk.fail(Fault.answer(502, PAGE), "getMe")
    with pytest.raises(TransientError):
        await desk.channel.state()
