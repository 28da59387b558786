"""What is understood of Telegram's updates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bot.channels.base import EventKind, UnreadablePayload
from bot.channels.telegram.format import TelegramFormat
from bot.clock import FixedClock
from bot.messages import (
    Attachment,
    AttachmentKind,
    ChatMoved,
    Ignored,
    Incoming,
    IncomingKind,
    IncomingMessage,
    Location,
    ReachUpdate,
    Sender,
    SharedContact,
)
from tests.bot.channels.telegram.updates import ANNA, DATE, PRIVATE, STAFF, message, press, update

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
FORMAT = TelegramFormat(FixedClock(NOW))


def parsed(**part: Any) -> Incoming:
    (incoming,) = FORMAT.parse(update(**part))
    return incoming


def said(**parts: Any) -> IncomingMessage:
    incoming = parsed(message=message(**parts))
    assert isinstance(incoming, IncomingMessage)
    return incoming


def test_text_arrives_with_its_writer_when_a_guest_writes() -> None:
    assert said(text="Здравствуйте") == IncomingMessage(
        kind=IncomingKind.text,
        chat_id="501",
        sender=Sender(id="501", name="Anna Berg", username="anna", language="de"),
        sent_at=datetime.fromtimestamp(DATE, UTC),
        message_id="7",
        text="Здравствуйте",
    )


@pytest.mark.parametrize(
    ("text", "kept", "start", "addressee"),
    [
        ("/start", "/start", None, None),
        ("/start stay-1", "/start stay-1", "stay-1", None),
        ("/start@desk_bot stay-1", "/start stay-1", "stay-1", "desk_bot"),
        ("/start the room is on fire", "/start the room is on fire", None, None),
        ("/triggers@desk_bot", "/triggers", None, "desk_bot"),
        ("/stay add 101", "/stay add 101", None, None),
        ("/startle me", "/startle me", None, None),
        ("write to desk@hotel.example", "write to desk@hotel.example", None, None),
    ],
)
def test_a_command_is_freed_of_the_bots_name_when_it_is_written(
    text: str, kept: str, start: str | None, addressee: str | None
) -> None:
    incoming = said(text=text)
    assert (incoming.text, incoming.start, incoming.addressee) == (kept, start, addressee)


@pytest.mark.parametrize(
    ("parts", "attachment", "text"),
    [
        (
            {"photo": [{"file_id": "s", "width": 90, "height": 90}, {"file_id": "l", "width": 900, "height": 900}],
             "caption": "the shower"},
            Attachment(AttachmentKind.image, "l"), "the shower",
        ),
        (
            {"document": {"file_id": "d", "mime_type": "application/pdf", "file_name": "visa.pdf", "file_size": 10}},
            Attachment(AttachmentKind.document, "d", mime_type="application/pdf", file_name="visa.pdf", size=10), "",
        ),
        ({"voice": {"file_id": "v", "duration": 3, "mime_type": "audio/ogg"}},
         Attachment(AttachmentKind.voice, "v", mime_type="audio/ogg"), ""),
        ({"audio": {"file_id": "a"}}, Attachment(AttachmentKind.audio, "a"), ""),
        ({"video": {"file_id": "v"}}, Attachment(AttachmentKind.video, "v"), ""),
        ({"video_note": {"file_id": "n"}}, Attachment(AttachmentKind.video, "n"), ""),
        ({"animation": {"file_id": "g"}, "document": {"file_id": "d"}}, Attachment(AttachmentKind.video, "g"), ""),
        ({"sticker": {"file_id": "s", "emoji": "🙏"}}, Attachment(AttachmentKind.sticker, "s"), "🙏"),
    ],
)  # fmt: skip
def test_media_becomes_a_reference_when_it_is_sent(parts: dict[str, Any], attachment: Attachment, text: str) -> None:
    incoming = said(**parts)
    assert (incoming.kind, incoming.attachments, incoming.text) == (IncomingKind.media, (attachment,), text)


def test_a_contact_is_vouched_for_only_when_it_is_the_senders_own() -> None:
    own = said(contact={"phone_number": "4915112345678", "first_name": "Anna", "user_id": 501})
    other = said(contact={"phone_number": "+49 151 9", "first_name": "Max", "last_name": "M", "user_id": 9})
    assert own.contact == SharedContact("+4915112345678", "Anna", is_own=True)
    assert own.sender.phone == "+4915112345678"
    assert other.contact == SharedContact("+491519", "Max M", is_own=False)
    assert other.sender.phone is None


def test_a_place_arrives_when_a_location_or_a_venue_is_shared() -> None:
    point = {"latitude": 52.5, "longitude": 13.4}
    assert said(location=point).location == Location(52.5, 13.4)
    venue = said(venue={"location": point, "title": "Zoo", "address": "Hardenbergplatz 8"}, location=point)
    assert (venue.kind, venue.text) == (IncomingKind.location, "Zoo\nHardenbergplatz 8")


def test_a_message_is_kept_as_unsupported_when_its_kind_is_unknown() -> None:
    for parts in ({"dice": {"emoji": "🎲", "value": 6}}, {"kind_of_2031": {"x": 1}}):
        incoming = said(**parts)
        assert (incoming.kind, incoming.chat_id, incoming.sender.id) == (IncomingKind.unsupported, "501", "501")


def test_an_edit_says_so_when_a_guest_corrects_a_message() -> None:
    incoming = parsed(edited_message=message(text="two towels", edit_date=DATE + 5))
    assert isinstance(incoming, IncomingMessage)
    assert (incoming.is_edit, incoming.message_id) == (True, "7")
    assert incoming.sent_at == datetime.fromtimestamp(DATE + 5, UTC)


def test_a_press_brings_value_label_and_moment_when_a_button_is_tapped() -> None:
    assert parsed(callback_query=press()) == IncomingMessage(
        kind=IncomingKind.press,
        chat_id="501",
        sender=Sender(id="501", name="Anna Berg", username="anna", language="de"),
        sent_at=NOW,
        message_id="70",
        text="Wi-Fi",
        press="info:wifi",
        press_id="77",
    )


def test_a_name_is_one_short_line_when_somebody_is_called_otherwise() -> None:
    names = {"first_name": "Anna\r\n\u2028room 12\u202e", "last_name": "B" * 300}
    assert said(text="hi", **{"from": {"id": 501, **names}}).sender.name == f"Anna room 12 {'B' * 242}"
    assert said(text="hi", **{"from": {"id": 501, "first_name": "\u202e"}}).sender.name is None


def test_a_press_still_arrives_when_its_message_is_hidden_or_from_inline_mode() -> None:
    hidden = parsed(callback_query=press(message={"chat": STAFF, "message_id": 70, "date": 0}))
    unnamed = parsed(callback_query=press(message={"chat": PRIVATE}))
    inline = parsed(callback_query=press(message=None, inline_message_id="x"))
    assert isinstance(hidden, IncomingMessage)
    assert isinstance(unnamed, IncomingMessage)
    assert isinstance(inline, IncomingMessage)
    assert (unnamed.chat_id, unnamed.message_id, unnamed.press) == ("501", None, "info:wifi")
    assert (hidden.chat_id, hidden.is_group, hidden.text) == ("-1001", True, "")
    assert (inline.chat_id, inline.message_id) == ("501", None)


def test_a_topic_is_kept_only_when_the_message_is_in_a_forum() -> None:
    in_topic = said(chat=STAFF, text="on my way", message_thread_id=12, is_topic_message=True)
    in_reply = said(text="yes", message_thread_id=12, reply_to_message={"message_id": 12, "text": "?"})
    assert (in_topic.thread_id, in_topic.is_group, in_topic.replied_to) == ("12", True, None)
    assert (in_reply.thread_id, in_reply.replied_to) == (None, "12")


def test_a_reply_names_its_message_when_staff_answer_inside_a_topic() -> None:
    topic = {"message_thread_id": 12, "is_topic_message": True, "chat": STAFF, "text": "done"}
    assert said(**topic, reply_to_message={"message_id": 12}).replied_to is None
    assert said(**topic, reply_to_message={"message_id": 15}).replied_to == "15"


def test_a_group_is_known_by_its_number_when_the_server_leaves_its_type_out() -> None:
    assert [said(text="hi", chat={"id": number}).is_group for number in (501, -1001)] == [False, True]


def test_the_guest_is_out_of_reach_when_the_bot_is_blocked() -> None:
    def member(status: str, chat: dict[str, Any]) -> Incoming:
        change = {"chat": chat, "from": ANNA, "date": DATE, "new_chat_member": {"status": status}}
        return parsed(my_chat_member=change)

    at = datetime.fromtimestamp(DATE, UTC)
    assert member("kicked", PRIVATE) == ReachUpdate("501", reachable=False, at=at)
    assert member("member", PRIVATE) == ReachUpdate("501", reachable=True, at=at)
    assert isinstance(member("administrator", STAFF), Ignored)


def test_a_group_moves_when_it_becomes_a_supergroup() -> None:
    at = datetime.fromtimestamp(DATE, UTC)
    assert parsed(message=message(migrate_to_chat_id=-1009)) == ChatMoved("501", "-1009", at)
    assert parsed(message=message(chat=STAFF, migrate_from_chat_id=-55)) == ChatMoved("-55", "-1001", at)


def test_a_chat_is_the_sender_when_an_anonymous_admin_or_a_channel_writes() -> None:
    robot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    anonymous = said(chat=STAFF, sender_chat=STAFF, text="hi", **{"from": robot})
    post = parsed(channel_post={"message_id": 1, "date": DATE, "chat": {"id": -7, "type": "channel"}, "text": "news"})
    assert anonymous.sender == Sender(id="-1001", name="Staff")
    assert isinstance(post, IncomingMessage)
    assert (post.sender.id, post.is_group) == ("-7", True)


@pytest.mark.parametrize(
    "part",
    [
        {"message": message(chat=STAFF, new_chat_members=[ANNA])},
        {"message": message(chat=STAFF, pinned_message={"message_id": 1})},
        {"message": message(text="beep", **{"from": {"id": 2, "is_bot": True, "first_name": "B"}})},
        {"callback_query": {"id": "1", "from": ANNA, "game_short_name": "g"}},
        {"message_reaction": {"chat": STAFF, "message_id": 3, "user": ANNA, "date": DATE, "new_reaction": []}},
        {"poll": {"id": "1"}},
        {"something_new": {"id": "1"}},
        {},
    ],
)
def test_a_notice_is_kept_with_its_reason_when_there_is_nothing_to_do(part: dict[str, Any]) -> None:
    incoming = parsed(**part)
    assert isinstance(incoming, Ignored)
    assert incoming.reason


def test_a_reaction_arrives_when_somebody_likes_a_message() -> None:
    reaction = {"chat": STAFF, "message_id": 3, "date": DATE, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}
    by_person = parsed(message_reaction={**reaction, "user": ANNA})
    by_chat = parsed(message_reaction={**reaction, "actor_chat": STAFF})
    assert isinstance(by_person, IncomingMessage)
    assert isinstance(by_chat, IncomingMessage)
    assert (by_person.kind, by_person.text, by_person.replied_to) == (IncomingKind.reaction, "👍", "3")
    assert by_chat.sender.id == "-1001"


def test_text_can_be_stored_when_it_has_nul_or_lone_surrogates() -> None:
    payload = update(message=message(text="SWAP")).replace(b"SWAP", rb"a\u0000b\ud83dc")
    (incoming,) = FORMAT.parse(payload)
    assert isinstance(incoming, IncomingMessage)
    assert incoming.text == "ab?c"


@pytest.mark.parametrize(
    ("payload", "part"),
    [
        (b"", "payload"),
        (b"\xff\xfe{", "payload"),
        (b"[" * 100_000, "payload"),
        (b"[]", "payload"),
        (b'{"ok": true}', "update_id"),
        (b'{"update_id": NaN, "poll": {}}', "update_id"),
        (update(message=[]), "message"),
        (update(message=message(chat={"type": "private"})), "message.chat.id"),
        (update(message=message(chat={"id": True, "type": "private"})), "message.chat.id"),
        (update(message=message(date="soon", text="x")), "message.date"),
        (update(message=message(date=10**17, text="x")), "message.date"),
        (update(message=message(text={"a": 1})), "message.text"),
        (update(callback_query=press(message={"message_id": 1})), "callback_query.message.chat"),
        (update(message=message(location={"latitude": "north", "longitude": 1})), "message.location.latitude"),
    ],
)
def test_the_wrong_part_is_named_when_an_update_can_not_be_read(payload: bytes, part: str) -> None:
    with pytest.raises(UnreadablePayload) as refusal:
        FORMAT.parse(payload)
    assert refusal.value.part == part


def test_the_reason_is_a_plain_sentence_when_a_time_can_not_be_read() -> None:
    with pytest.raises(UnreadablePayload) as refusal:
        FORMAT.parse(update(message=message(date="soon", text="x")))
    assert refusal.value.problem == "it is not a time in seconds since 1970"


@pytest.mark.parametrize(
    ("part", "mark", "kind", "lane"),
    [
        ({"message": message(text="hi")}, f":{DATE}", EventKind.message, "501"),
        ({"edited_message": message(text="hi", edit_date=DATE + 5)}, f":{DATE + 5}", EventKind.edit, "501"),
        ({"callback_query": press(id="44")}, ":44", EventKind.press, "501"),
        ({"callback_query": press(id="44", message=None)}, ":44", EventKind.press, "501"),
        ({"my_chat_member": {"chat": STAFF}}, "", EventKind.status, "-1001"),
        ({"message_reaction": {"chat": STAFF, "date": DATE}}, f":{DATE}", EventKind.other, "-1001"),
        ({"poll": {"id": "1"}}, "", EventKind.other, "account"),
        ({"message": 5}, "", EventKind.message, "account"),
    ],
)
def test_an_update_is_filed_under_its_chat_when_it_is_split_off(
    part: dict[str, Any], mark: str, kind: EventKind, lane: str
) -> None:
    body = update(**part)
    (event,) = FORMAT.envelopes(body)
    assert (event.event_id, event.kind, event.lane, event.payload) == (f"9001{mark}", kind, lane, body)


def test_an_update_is_a_new_one_when_telegram_begins_its_numbers_anew() -> None:
    first, repeated, later = (
        FORMAT.envelope({"update_id": 1, "message": message(text="hi", date=date)}) for date in (DATE, DATE, DATE + 9)
    )
    assert first == repeated
    assert first.event_id != later.event_id


@pytest.mark.parametrize("body", [b"", b"{", b"null", b'{"update_id": true}', b'{"update_id": NaN}', b"[" * 9999])
def test_a_hash_is_the_id_when_an_update_has_none(body: bytes) -> None:
    (event,) = FORMAT.envelopes(body)
    assert event.event_id.startswith("sha256:")
    assert event.payload == body
    assert FORMAT.envelopes(body) == [event]


def test_an_update_is_read_back_when_it_was_fetched_with_numbers_beyond_64_bits() -> None:
    event = FORMAT.envelope({"update_id": 1, "message": message(text="hi", new_field=10**30)})
    assert event.event_id == f"1:{DATE}"
    assert isinstance(FORMAT.parse(event.payload)[0], IncomingMessage)
    assert orjson.loads(FORMAT.envelope("nonsense").payload) == "nonsense"


def test_an_update_is_read_back_when_a_new_field_of_it_is_nested_deeply() -> None:
    nested = orjson.loads(b"[" * 1000 + b"]" * 1000)
    event = FORMAT.envelope({"update_id": 1, "message": message(text="hi", new_field=nested)})
    assert isinstance(FORMAT.parse(event.payload)[0], IncomingMessage)


def test_parts_that_are_null_count_as_left_out() -> None:
    absent = dict.fromkeys(("photo", "pinned_message", "is_topic_message", "reply_to_message", "migrate_to_chat_id"))
    writer = {"id": 501, "is_bot": None, "first_name": "Anna", "last_name": None}
    body = update(message=message(text="hi", **absent) | {"from": writer}, callback_query=None)
    (heard,) = FORMAT.parse(body)
    assert isinstance(heard, IncomingMessage)
    assert (heard.text, heard.sender.name) == ("hi", "Anna")


@pytest.mark.parametrize(
    ("parts", "kind"),
    [({"text": "hi"}, IncomingKind.text), ({"text": "", "photo": [{"file_id": "l"}]}, IncomingKind.media)],
)
def test_a_message_is_read_when_the_server_also_writes_what_was_not_said(
    parts: dict[str, Any], kind: IncomingKind
) -> None:
    unsaid = {"migrate_to_chat_id": 0, "migrate_from_chat_id": 0, "group_chat_created": False, "new_chat_members": []}
    assert said(**unsaid, **parts).kind is kind


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"poll": {"id": "1", "question": "Which day?", "options": []}}, "Which day?"),
        ({"checklist": {"title": "To bring", "tasks": []}}, "To bring"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "🎲"),
        ({"web_app_data": {"data": "late checkout", "button_text": "Order"}}, "late checkout"),
    ],
)
def test_the_words_are_kept_when_the_kind_of_a_message_is_not_used(parts: dict[str, Any], words: str) -> None:
    incoming = said(**parts)
    assert (incoming.kind, incoming.text) == (IncomingKind.unsupported, words)


@pytest.mark.parametrize("name", ["reply_to_message", "reply_markup"])
@pytest.mark.parametrize("broken", [5, {"message_id": "first"}, {"inline_keyboard": [[{"text": {}}]]}], ids=str)
def test_a_message_is_read_when_what_adorns_it_can_not_be(name: str, broken: Any) -> None:
    assert said(text="hi", **{name: broken}).text == "hi"


def test_a_press_is_read_when_all_other_kinds_of_update_are_null() -> None:
    body = update(
        message=None, edited_message=None, my_chat_member=None, message_reaction=None, callback_query=press()
    )
    (event,) = FORMAT.envelopes(body)
    (heard,) = FORMAT.parse(body)
    assert (event.kind, event.lane) == (EventKind.press, "501")
    assert isinstance(heard, IncomingMessage)
    assert heard.kind is IncomingKind.press
