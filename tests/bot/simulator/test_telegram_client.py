"""aiogram's own client finds Telegram here."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.simulator.telegram.people import Bot, Press, User
from bot.simulator.world import Simulator


def keyboard(data: str = "ok:1") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data=data)]])


async def test_me_is_the_bot_when_asked(hotel_bot: Bot, aiogram_bot: Client) -> None:
    me = await aiogram_bot.get_me()
    assert (me.id, me.username, me.is_bot) == (110201543, "hotel_bot", True)


async def test_every_kind_of_update_is_decoded_when_polled(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    telegram = simulator.telegram
    group = telegram.add_group("Staff", (hotel_bot,), (anna,), forum=True)
    thread = telegram.open_topic(group, hotel_bot, "Room 12")
    said = telegram.open_link(anna, hotel_bot, "stay-7")
    telegram.edit(anna, said, "changed")
    telegram.share_contact(anna, hotel_bot)
    telegram.share_location(anna, hotel_bot, 52.5, 13.4)
    telegram.send_photo(anna, hotel_bot, "look")
    telegram.send_document(anna, hotel_bot)
    telegram.send_voice(anna, hotel_bot)
    telegram.send_sticker(anna, hotel_bot)
    telegram.write(anna, group, "/triggers", thread_id=thread)
    telegram.block(anna, hotel_bot)
    updates = await aiogram_bot.get_updates()
    assert [update.event_type for update in updates] == [
        "my_chat_member",
        "message",
        "edited_message",
        *["message"] * 7,
        "my_chat_member",
    ]
    start = updates[1].message
    assert start is not None
    assert start.text == "/start stay-7"
    assert start.entities is not None
    assert (start.entities[0].type, start.entities[0].length) == ("bot_command", 6)
    contact = updates[3].message
    assert contact is not None
    assert contact.contact is not None
    assert contact.contact.user_id == anna.id
    in_topic = updates[-2].message
    assert in_topic is not None
    assert (str(in_topic.message_thread_id), in_topic.is_topic_message) == (thread, True)
    ids = [update.update_id for update in updates]
    assert ids == list(range(ids[0], ids[0] + len(ids)))


async def test_message_appears_in_the_chat_when_sent(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    sent = await aiogram_bot.send_message(anna.id, "Hello <b>Anna</b>", parse_mode="HTML", reply_markup=keyboard())
    seen = simulator.telegram.chat(hotel_bot, anna).last
    assert (seen.text, seen.sender, seen.from_bot) == ("Hello Anna", "Hotel", True)
    assert [button.label for button in seen.buttons] == ["Yes"]
    assert sent.entities is not None
    assert sent.entities[0].offset == 6


async def test_press_is_answered_and_message_edited_when_pressed(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    telegram = simulator.telegram
    telegram.open_link(anna, hotel_bot)
    await aiogram_bot.send_message(anna.id, "Sure?", reply_markup=keyboard())
    press = telegram.press(anna, telegram.chat(hotel_bot, anna).last, "Yes")
    assert isinstance(press, Press)
    query = (await aiogram_bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert query.data == "ok:1"
    await aiogram_bot.answer_callback_query(query.id, text="Noted")
    await aiogram_bot.edit_message_text("Done", chat_id=anna.id, message_id=query.message.message_id)
    seen = telegram.chat(hotel_bot, anna).last
    assert (press.answered, press.text) == (True, "Noted")
    assert (seen.text, seen.buttons) == ("Done", ())
    assert seen.edited_at is not None


async def test_contact_button_shares_own_number_when_pressed(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    telegram = simulator.telegram
    telegram.open_link(anna, hotel_bot)
    ask = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Share my number", request_contact=True)]])
    await aiogram_bot.send_message(anna.id, "Who are you?", reply_markup=ask)
    telegram.press(anna, telegram.chat(hotel_bot, anna).last, "Share my number")
    message = (await aiogram_bot.get_updates())[-1].message
    assert message is not None
    assert message.contact is not None
    assert message.contact.phone_number == "79005550101"


async def test_file_comes_back_when_downloaded(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    sent = await aiogram_bot.send_document(anna.id, BufferedInputFile(b"menu", "menu.pdf"), caption="Menu")
    assert sent.document is not None
    assert sent.document.file_name == "menu.pdf"
    info = await aiogram_bot.get_file(sent.document.file_id)
    assert info.file_path is not None
    got = await aiogram_bot.download_file(info.file_path)
    assert got is not None
    assert got.read() == b"menu"


async def test_profile_and_commands_are_kept_when_set(hotel_bot: Bot, aiogram_bot: Client) -> None:
    await aiogram_bot.set_my_commands([BotCommand(command="menu", description="Menu")], language_code="en")
    await aiogram_bot.set_my_name("Grand Hotel")
    await aiogram_bot.set_my_description("Ask us")
    await aiogram_bot.set_my_short_description("Desk")
    assert [c.command for c in await aiogram_bot.get_my_commands(language_code="en")] == ["menu"]
    assert await aiogram_bot.get_my_commands() == []
    assert (await aiogram_bot.get_my_name()).name == "Grand Hotel"
    assert (await aiogram_bot.get_my_description()).description == "Ask us"
    assert (await aiogram_bot.get_my_short_description()).short_description == "Desk"
    await aiogram_bot.delete_my_commands(language_code="en")
    assert await aiogram_bot.get_my_commands(language_code="en") == []


async def test_topic_takes_messages_when_created(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    group = simulator.telegram.add_group("Staff", (hotel_bot,), (anna,), forum=True)
    topic = await aiogram_bot.create_forum_topic(group.id, "Anna, room 12")
    await aiogram_bot.send_message(group.id, "New guest", message_thread_id=topic.message_thread_id)
    seen = simulator.telegram.chat(hotel_bot, group).messages
    assert [m.text for m in seen] == ["Anna, room 12", "New guest"]
    assert seen[1].thread_id == str(topic.message_thread_id)
    chat = await aiogram_bot.get_chat(group.id)
    assert chat.is_forum is True
    member = await aiogram_bot.get_chat_member(group.id, hotel_bot.id)
    assert member.status == "administrator"


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "message text is empty"),
        ("x" * 4097, {}, "message is too long"),
        ("a_b<", {"parse_mode": "HTML"}, "can't parse entities"),
        ("<b>open", {"parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ("a_b", {"parse_mode": "Markdown"}, "can't parse entities: Can't find end of the entity"),
        ("a.b", {"parse_mode": "MarkdownV2"}, "is reserved and must be escaped"),
        ("x", {"reply_markup": keyboard("я" * 33)}, "BUTTON_DATA_INVALID"),
        ("x", {"message_thread_id": 99}, "message thread not found"),
        ("x", {"reply_to_message_id": 99}, "message to be replied not found"),
    ],
)
async def test_send_is_refused_when_it_breaks_a_rule(
    simulator: Simulator,
    hotel_bot: Bot,
    anna: User,
    aiogram_bot: Client,
    text: str,
    options: dict[str, object],
    words: str,
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    with pytest.raises(TelegramBadRequest, match=words):
        await aiogram_bot.send_message(anna.id, text, **options)  # type: ignore[arg-type]
    assert len(simulator.telegram.chat(hotel_bot, anna).messages) == 1


async def test_bot_can_not_write_when_the_person_does_not_let_it(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await aiogram_bot.send_message(anna.id, "Hi")
    simulator.telegram.open_link(anna, hotel_bot)
    simulator.telegram.block(anna, hotel_bot)
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await aiogram_bot.send_message(anna.id, "Hi")
    simulator.telegram.write(anna, hotel_bot, "back")
    await aiogram_bot.send_message(anna.id, "Hi")
    simulator.telegram.delete_account(anna)
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await aiogram_bot.send_message(anna.id, "Hi")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aiogram_bot.send_message(42, "Hi")
    with pytest.raises(TelegramForbiddenError, match="bots can't send messages to bots"):
        await aiogram_bot.send_message(hotel_bot.id, "Hi")


async def test_group_tells_its_new_id_when_it_moved(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    group = simulator.telegram.add_group("Staff", (hotel_bot,), (anna,), supergroup=False)
    moved = simulator.telegram.migrate(group)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await aiogram_bot.send_message(group.id, "Alarm")
    assert caught.value.migrate_to_chat_id == moved.id
    await aiogram_bot.send_message(moved.id, "Alarm")
    messages = [update.message for update in await aiogram_bot.get_updates() if update.message]
    assert [m.migrate_to_chat_id for m in messages] == [moved.id, None]
    assert [m.migrate_from_chat_id for m in messages] == [None, group.id]
    simulator.telegram.kick(moved, hotel_bot, anna)
    with pytest.raises(TelegramForbiddenError, match="kicked from the supergroup chat"):
        await aiogram_bot.send_message(moved.id, "Alarm")


async def test_edit_is_refused_when_nothing_changes_or_nothing_is_there(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    theirs = simulator.telegram.open_link(anna, hotel_bot)
    sent = await aiogram_bot.send_message(anna.id, "One")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await aiogram_bot.edit_message_text("One", chat_id=anna.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await aiogram_bot.edit_message_text("Two", chat_id=anna.id, message_id=999)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await aiogram_bot.edit_message_text("Two", chat_id=anna.id, message_id=int(theirs.id))
    await aiogram_bot.delete_message(anna.id, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await aiogram_bot.delete_message(anna.id, sent.message_id)


async def test_older_poller_is_ended_when_a_second_one_comes(hotel_bot: Bot, aiogram_bot: Client) -> None:
    older = asyncio.create_task(aiogram_bot.get_updates(timeout=50))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(aiogram_bot.get_updates(timeout=1))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await older
    assert await newer == []


async def test_poll_ends_at_once_when_an_update_comes(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    poll = asyncio.create_task(aiogram_bot.get_updates(timeout=50))
    await asyncio.sleep(0.05)
    simulator.telegram.open_link(anna, hotel_bot)
    async with asyncio.timeout(0.5):
        assert len(await poll) == 1


async def test_token_is_refused_when_revoked(simulator: Simulator, hotel_bot: Bot, aiogram_bot: Client) -> None:
    poll = asyncio.create_task(aiogram_bot.get_updates(timeout=50))
    await asyncio.sleep(0.05)
    simulator.telegram.revoke(hotel_bot, "110201543:other")
    with pytest.raises(TelegramUnauthorizedError):
        await poll


async def test_pace_is_enforced_when_switched_on(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    simulator.telegram.pace.enabled = True
    await aiogram_bot.send_message(anna.id, "One")
    with pytest.raises(TelegramRetryAfter) as caught:
        await aiogram_bot.send_message(anna.id, "Two")
    assert caught.value.retry_after == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.answer(502, "<html><h1>502 Bad Gateway</h1></html>"), ClientDecodeError),
        (Fault.answer(500), TelegramServerError),
        (Fault.answer(429, retry_after=7), TelegramRetryAfter),
        (Fault.reset(), TelegramNetworkError),
    ],
)
async def test_nothing_is_sent_when_the_wire_breaks_before(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client, fault: Fault, error: type[Exception]
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    simulator.telegram.faults.program(fault, method="sendMessage", account=hotel_bot.account)
    with pytest.raises(error):
        await aiogram_bot.send_message(anna.id, "Hi")
    assert len(simulator.telegram.chat(hotel_bot, anna).messages) == 1
    assert simulator.history.of(method="sendMessage")[-1].kind is Kind.fail
    await aiogram_bot.send_message(anna.id, "Hi")
    assert simulator.telegram.chat(hotel_bot, anna).last.text == "Hi"


@pytest.mark.parametrize(
    "fault",
    [Fault.reset(took_effect=True), Fault.half_reply(), Fault.empty_body(), Fault.answer(504, took_effect=True)],
)
async def test_message_is_there_though_nobody_said_so_when_the_wire_breaks_after(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client, fault: Fault
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    simulator.telegram.faults.program(fault, method="sendMessage")
    with pytest.raises(Exception, match=r".+"):
        await aiogram_bot.send_message(anna.id, "Hi")
    assert simulator.telegram.chat(hotel_bot, anna).last.text == "Hi"
    assert simulator.history.of(method="sendMessage")[-1].kind is Kind.info
    assert simulator.telegram.faults.waiting == 0


async def test_caller_gives_up_when_the_server_is_silent(
    simulator: Simulator, hotel_bot: Bot, anna: User, aiogram_bot: Client
) -> None:
    simulator.telegram.open_link(anna, hotel_bot)
    simulator.telegram.faults.program(Fault.silence(), method="sendMessage")
    with pytest.raises(TelegramNetworkError):
        await aiogram_bot.send_message(anna.id, "Hi", request_timeout=1)
    assert len(simulator.telegram.chat(hotel_bot, anna).messages) == 1
