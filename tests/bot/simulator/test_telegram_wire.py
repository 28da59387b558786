"""The Bot API's details, spoken by hand."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.clock import FixedClock
from bot.simulator.telegram.bot_methods import BotMethods
from bot.simulator.telegram.markup import parse_markup
from bot.simulator.telegram.methods import ChatMethods
from bot.simulator.telegram.people import Bot, User
from bot.simulator.telegram.refusal import Refused
from bot.simulator.world import Simulator
from tests.bot.simulator.conftest import TOKEN, Call
from tests.bot.simulator.receiver import Receiver


def ids(reply: Any) -> list[int]:
    return [update["update_id"] for update in reply["result"]]


async def say(simulator: Simulator, user: User, bot: Bot, *words: str) -> None:
    for word in words:
        simulator.telegram.write(user, bot, word)


async def test_parameters_are_understood_however_they_come(
    simulator: Simulator, hotel_bot: Bot, anna: User, http: aiohttp.ClientSession
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    url = f"{simulator.telegram.url}/bot{TOKEN}/sendMessage"
    rows = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    form = {"chat_id": str(anna.id), "text": "form", "reply_markup": json.dumps(rows)}
    multipart = aiohttp.FormData(default_to_multipart=True)
    multipart.add_field("chat_id", str(anna.id))
    multipart.add_field("text", "multipart")
    async with http.get(url, params={"chat_id": anna.id, "text": "query"}) as reply:
        assert reply.status == 200
    async with http.post(url, data=form) as reply:
        assert reply.status == 200
    async with http.post(url, data=multipart) as reply:
        assert reply.status == 200
    async with http.post(url, json={"chat_id": anna.id, "text": "json", "reply_markup": rows}) as reply:
        assert reply.status == 200
    seen = simulator.telegram.chat(hotel_bot, anna).from_bot()
    assert [message.text for message in seen] == ["query", "form", "multipart", "json"]
    assert [len(message.buttons) for message in seen] == [0, 1, 0, 1]


@pytest.mark.parametrize("body", [b"{", b"[1]"])
async def test_body_is_refused_when_it_is_not_a_json_object(
    simulator: Simulator, hotel_bot: Bot, http: aiohttp.ClientSession, body: bytes
) -> None:
    url = f"{simulator.telegram.url}/bot{TOKEN}/getMe"
    async with http.post(url, data=body, headers={"Content-Type": "application/json"}) as reply:
        assert (reply.status, (await reply.json())["ok"]) == (400, False)


@pytest.mark.parametrize(
    ("token", "method", "status"),
    [
        ("999:unknown", "getMe", 401),
        ("nonsense", "getMe", 404),
        (TOKEN, "flyToTheMoon", 404),
        (TOKEN, "_send", 404),
        (TOKEN, "allow_updates", 404),
    ],
)
async def test_call_is_refused_when_nobody_or_nothing_is_meant(
    hotel_bot: Bot, telegram: Call, token: str, method: str, status: int
) -> None:
    code, reply = await telegram(method, token=token)
    assert (code, reply["error_code"], reply["ok"]) == (status, status, False)


async def test_updates_below_the_offset_are_gone_when_polled(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    await say(simulator, anna, hotel_bot, "one", "two", "three")
    first = ids((await telegram("getUpdates", limit=2))[1])
    assert len(first) == 2
    assert ids((await telegram("getUpdates", offset=first[0]))[1])[0] == first[0]
    left = ids((await telegram("getUpdates", offset=first[-1] + 1))[1])
    assert left == [first[-1] + 1]
    assert len(simulator.history.of(method="confirmed")) == 2


async def test_all_but_the_last_are_forgotten_when_the_offset_is_negative(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    await say(simulator, anna, hotel_bot, "one", "two", "three")
    last = ids((await telegram("getUpdates", offset=-1))[1])
    assert ids((await telegram("getUpdates"))[1]) == last
    assert len(last) == 1


async def test_updates_are_lost_when_a_day_has_passed(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call, clock: FixedClock
) -> None:
    await say(simulator, anna, hotel_bot, "early")
    clock.move(timedelta(hours=20))
    await say(simulator, anna, hotel_bot, "late")
    clock.move(timedelta(hours=5))
    _, reply = await telegram("getUpdates")
    assert [update["message"]["text"] for update in reply["result"]] == ["late"]


async def test_only_wanted_kinds_come_when_named(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    await telegram("getUpdates", allowed_updates=["callback_query"])
    await say(simulator, anna, hotel_bot, "unheard")
    assert (await telegram("getUpdates"))[1]["result"] == []
    await telegram("getUpdates", allowed_updates=[])
    await say(simulator, anna, hotel_bot, "heard")
    assert simulator.telegram.push(hotel_bot, {"message_reaction": {}}) is None
    assert len((await telegram("getUpdates"))[1]["result"]) == 1
    code, _ = await telegram("getUpdates", allowed_updates="{")
    assert code == 400


async def test_webhook_is_repeated_until_taken_when_the_server_fails(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    boris = simulator.telegram.add_user("Boris")
    async with Receiver() as receiver:
        receiver.answers = [500, 302]
        await telegram("setWebhook", url=receiver.url, secret_token="s3cret_-", max_connections=1)
        await say(simulator, anna, hotel_bot, "one", "two")
        await say(simulator, boris, hotel_bot, "three")
        bodies = await receiver.got(5)
        texts = [body["message"]["text"] for body in bodies]
        assert texts == ["one", "one", "one", "two", "three"]
        assert {h["X-Telegram-Bot-Api-Secret-Token"] for h in receiver.headers} == {"s3cret_-"}
        info = (await telegram("getWebhookInfo"))[1]["result"]
        assert info["last_error_message"].startswith("Wrong response from the webhook: 302")
        assert (info["max_connections"], info["url"]) == (1, receiver.url)
        await simulator.until(lambda: not simulator.telegram.pending(hotel_bot))


async def test_other_chats_go_on_when_one_webhook_fails(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    boris = simulator.telegram.add_user("Boris")
    async with Receiver() as receiver:
        receiver.answers = [500]
        await say(simulator, anna, hotel_bot, "one", "two")
        await say(simulator, boris, hotel_bot, "three")
        await telegram("setWebhook", url=receiver.url)
        texts = [body["message"]["text"] for body in await receiver.got(4)]
        assert sorted(texts[:2]) == ["one", "three"]
        assert [text for text in texts if text != "three"][-1] == "two"


async def test_polling_is_refused_while_a_webhook_is_set(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    poll = asyncio.create_task(telegram("getUpdates", timeout=50))
    await asyncio.sleep(0.05)
    await telegram("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await poll)[1]["description"] == "Conflict: terminated by setWebhook request"
    code, reply = await telegram("getUpdates")
    assert code == 409
    assert "while webhook is active" in reply["description"]
    await say(simulator, anna, hotel_bot, "waits")
    await telegram("setWebhook", url="")
    assert len((await telegram("getUpdates"))[1]["result"]) == 1
    await telegram("deleteWebhook", drop_pending_updates=True)
    assert (await telegram("getUpdates"))[1]["result"] == []


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("setWebhook", {"url": "ftp://x"}, "bad webhook"),
        ("setWebhook", {"url": "http://x", "secret_token": "no spaces"}, "unallowed characters"),
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ("sendMessage", {"text": "x", "reply_markup": [1]}, "object expected as reply markup"),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": 1}}, "Array of Arrays"),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "Text buttons are"),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"url": "a"}]]}}, "must be non-empty"),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [[{}]]}}, "must be non-empty"),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [["a"] * 101]}}, "too long"),
        ("sendMessage", {"text": "x", "parse_mode": "Troff"}, "unsupported parse_mode"),
        ("sendLocation", {"latitude": "north"}, "latitude is empty or not a number"),
        ("sendContact", {"phone_number": "1"}, "first name is empty"),
        ("sendPhoto", {"photo": "nothing"}, "wrong file identifier"),
        ("sendPhoto", {}, "there is no photo"),
        ("sendPhoto", {"photo": "http://x", "caption": "x" * 1025}, "caption is too long"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("getFile", {"file_id": "1"}, "invalid file_id"),
        ("setMyCommands", {"commands": "x"}, "can't parse commands"),
        ("setMyCommands", {"commands": [{"command": "Big Letters"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "ok"}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyName", {"name": "x" * 65}, "name is too long"),
        ("createForumTopic", {"name": "x"}, "only for groups"),
    ],
)
async def test_call_is_refused_with_reason_when_it_is_wrong(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call, method: str, params: dict[str, Any], words: str
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    if words != "chat_id is empty":
        params = {"chat_id": anna.id} | params
    code, reply = await telegram(method, **params)
    assert code == 400
    assert words in reply["description"]
    assert simulator.telegram.chat(hotel_bot, anna).from_bot() == []


async def test_groups_obey_their_own_rules_when_written_to(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    plain = simulator.telegram.add_group("Plain", (hotel_bot,), (anna,))
    forum = simulator.telegram.add_group("Forum", (hotel_bot,), (anna,), forum=True)
    ask = {"keyboard": [[{"text": "Phone", "request_contact": True}]]}
    for chat_id, method, params, words in (
        (plain.id, "sendMessage", {"text": "x", "reply_markup": ask}, "private chats only"),
        (plain.id, "createForumTopic", {"name": "x"}, "the chat is not a forum"),
        (forum.id, "createForumTopic", {"name": ""}, "TOPIC_NAME_INVALID"),
        (forum.id, "editForumTopic", {"message_thread_id": 5, "name": "x"}, "TOPIC_ID_INVALID"),
        (forum.id, "getChatMember", {"user_id": 5}, "user not found"),
    ):
        _, reply = await telegram(method, chat_id=chat_id, **params)
        assert words in reply["description"]
    topic = (await telegram("createForumTopic", chat_id=forum.id, name="Room 1"))[1]["result"]
    for method in ("editForumTopic", "closeForumTopic", "reopenForumTopic"):
        thread = topic["message_thread_id"]
        assert (await telegram(method, chat_id=forum.id, message_thread_id=thread, name="Room 2"))[0] == 200
    assert (await telegram("getChatMemberCount", chat_id=forum.id))[1]["result"] == 2
    assert len((await telegram("getChatAdministrators", chat_id=forum.id))[1]["result"]) == 1
    stranger = simulator.telegram.add_user("Stranger")
    for user, status in ((anna, "member"), (stranger, "left")):
        _, reply = await telegram("getChatMember", chat_id=forum.id, user_id=user.id)
        assert reply["result"]["status"] == status
    assert (await telegram("leaveChat", chat_id=forum.id))[0] == 200
    assert (await telegram("sendMessage", chat_id=forum.id, text="x"))[0] == 403


async def test_bot_hears_only_what_is_for_it_when_privacy_is_on(simulator: Simulator, anna: User) -> None:
    shy = simulator.telegram.add_bot("7:shy", "shy_bot", reads_all_in_groups=False)
    group = simulator.telegram.add_group("Staff", (shy,))
    simulator.telegram.write(anna, group, "chatter")
    simulator.telegram.write(anna, group, "/help")
    assert [update["message"]["text"] for update in simulator.telegram.pending(shy)] == ["/help"]


async def test_press_is_too_old_when_a_quarter_of_an_hour_has_passed(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call, clock: FixedClock
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    rows = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}, {"text": "Site", "url": "http://x"}]]}
    await telegram("sendMessage", chat_id=anna.id, text="x", reply_markup=rows)
    message = simulator.telegram.chat(hotel_bot, anna).last
    press = simulator.telegram.press(anna, message, "go")
    assert (await telegram("answerCallbackQuery", callback_query_id=press.id, text="x" * 201))[0] == 400
    clock.move(timedelta(minutes=16))
    _, reply = await telegram("answerCallbackQuery", callback_query_id=press.id)
    assert "query is too old" in reply["description"]
    with pytest.raises(KeyError, match="Site"):
        simulator.telegram.press(anna, message, "nothing")
    with pytest.raises(ValueError, match="opens an address"):
        simulator.telegram.press(anna, message, "Site")


async def test_reply_carries_the_answered_message_when_given(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    asked = simulator.telegram.open_link(anna, hotel_bot)
    reply_to = {"message_id": int(asked.id)}
    _, reply = await telegram("sendMessage", chat_id=anna.id, text="Hello", reply_parameters=reply_to)
    assert reply["result"]["reply_to_message"]["text"] == "/start"
    lenient = {"message_id": 99, "allow_sending_without_reply": True}
    assert (await telegram("sendMessage", chat_id=anna.id, text="Hi", reply_parameters=lenient))[0] == 200
    answer = simulator.telegram.write(
        anna, hotel_bot, "thanks", reply_to=simulator.telegram.chat(hotel_bot, anna).messages[1]
    )
    assert answer.reply_to == simulator.telegram.chat(hotel_bot, anna).messages[1].id


async def test_other_content_is_shown_when_sent(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    await telegram("sendLocation", chat_id=anna.id, latitude=52.5, longitude=13.4)
    await telegram("sendContact", chat_id=anna.id, phone_number="+4930111", first_name="Desk")
    _, photo = await telegram("sendPhoto", chat_id=anna.id, photo="https://x.org/a.jpg", caption="Pool")
    again = photo["result"]["photo"][0]["file_id"]
    await telegram("sendPhoto", chat_id=anna.id, photo=again)
    assert (await telegram("sendChatAction", chat_id=anna.id, action="typing"))[0] == 200
    seen = simulator.telegram.chat(hotel_bot, anna).from_bot()
    assert [(m.kind, m.text) for m in seen] == [
        ("location", "52.5, 13.4"),
        ("contact", "Desk +4930111"),
        ("photo", "Pool"),
        ("photo", ""),
    ]


async def test_blank_edges_are_trimmed_when_sent(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    _, reply = await telegram("sendMessage", chat_id=anna.id, text="  Hello \n")
    assert reply["result"]["text"] == "Hello"


async def test_buttons_change_alone_when_only_they_are_edited(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    rows = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    _, sent = await telegram("sendMessage", chat_id=anna.id, text="Choose")
    where = {"chat_id": anna.id, "message_id": sent["result"]["message_id"]}
    assert (await telegram("editMessageReplyMarkup", **where, reply_markup=rows))[0] == 200
    assert simulator.telegram.chat(hotel_bot, anna).last.buttons[0].label == "Go"
    assert (await telegram("editMessageReplyMarkup", **where, reply_markup=rows))[0] == 400
    _, place = await telegram("sendLocation", chat_id=anna.id, latitude=1, longitude=1)
    where["message_id"] = place["result"]["message_id"]
    assert "no text" in (await telegram("editMessageText", **where, text="x"))[1]["description"]


def test_markup_becomes_plain_text_with_entities_when_parsed() -> None:
    assert parse_markup("<b>A</b> &lt;&#33; <a href='x'>B</a>", "HTML") == (
        "A <! B",
        [{"type": "bold", "offset": 0, "length": 1}, {"type": "text_link", "offset": 5, "length": 1}],
    )
    assert parse_markup("*A* \\_ [B](http://x)", "Markdown")[0] == "A _ B"
    assert parse_markup("*A* \\. ||B|| [C](http://x)", "MarkdownV2")[0] == "A . B C"
    assert parse_markup("😀<i>x</i>", "html")[1] == [{"type": "italic", "offset": 2, "length": 1}]


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("</b>", "HTML", "Unexpected end tag at byte offset 0"),
        ("<b><i>x</b>", "HTML", 'expected "</i>", found "</b>"'),
        ("<b", "HTML", "Unclosed start tag"),
        ("яя<x>", "HTML", 'Unsupported start tag "x" at byte offset 4'),
        ("[x", "Markdown", "byte offset 0"),
        ("*x", "MarkdownV2", "Can't find end of the entity starting at byte offset 0"),
    ],
)
def test_markup_is_refused_when_broken(text: str, mode: str, words: str) -> None:
    with pytest.raises(Refused, match="can't parse entities") as caught:
        parse_markup(text, mode)
    assert words in caught.value.description


ODD = [None, "", "x", -1, 10**30, True, [], [1], [[1]], [[{"text": 5, "callback_data": 6}]], {}, {"a": 1}]
NAMES = (
    "chat_id",
    "text",
    "message_id",
    "reply_markup",
    "reply_parameters",
    "entities",
    "commands",
    "offset",
    "url",
    "photo",
    "latitude",
    "user_id",
    "callback_query_id",
    "allowed_updates",
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_server_stays_up_when_parameters_are_of_odd_types(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call, odd: Any
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    methods = [name for kind in (ChatMethods, BotMethods) for name in vars(kind) if name.isalpha()]
    assert len(methods) > 30
    for method in [*methods, "getUpdates"]:
        for sane in ({}, {"chat_id": anna.id}, {"chat_id": anna.id, "text": "hello"}):
            code, reply = await telegram(method, **dict.fromkeys(NAMES, odd) | sane)
            assert code in (200, 400, 403, 409)
            assert reply["ok"] is (code == 200)


async def test_update_comes_again_and_ids_jump_when_told_so(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    await say(simulator, anna, hotel_bot, "one")
    first = (await telegram("getUpdates"))[1]["result"][0]
    await telegram("getUpdates", offset=first["update_id"] + 1)
    simulator.telegram.repeat(hotel_bot, first)
    simulator.telegram.jump(hotel_bot, 7)
    await say(simulator, anna, hotel_bot, "two")
    assert ids((await telegram("getUpdates"))[1]) == [first["update_id"], 7]


async def test_bot_may_write_first_when_the_person_started_it_long_ago(
    simulator: Simulator, hotel_bot: Bot, anna: User, telegram: Call
) -> None:
    simulator.telegram.befriend(anna, hotel_bot)
    assert (await telegram("sendMessage", chat_id=anna.id, text="Welcome"))[0] == 200


async def test_commands_are_marked_when_typed(simulator: Simulator, hotel_bot: Bot, anna: User) -> None:
    simulator.telegram.write(anna, hotel_bot, "😀 /stay@hotel_bot\n/why 5 a/b")
    entities = simulator.telegram.pending(hotel_bot)[0]["message"]["entities"]
    assert [(e["offset"], e["length"]) for e in entities] == [(3, 15), (19, 4)]


async def test_people_can_not_do_what_telegram_forbids(simulator: Simulator, hotel_bot: Bot, anna: User) -> None:
    boris = simulator.telegram.add_user("Boris")
    said = simulator.telegram.open_link(anna, hotel_bot)
    with pytest.raises(ValueError, match="only the author"):
        simulator.telegram.edit(boris, said, "hacked")
    group = simulator.telegram.add_group("Staff", (hotel_bot,), (anna,), supergroup=False)
    simulator.telegram.migrate(group)
    with pytest.raises(ValueError, match="the group moved"):
        simulator.telegram.write(anna, group, "hello?")
