"""What is understood of Green API's notifications."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bot.channels.base import EventKind, UnreadablePayload
from bot.channels.whatsapp_green.format import GreenFormat
from bot.messages import (
    AccountState,
    AccountUpdate,
    Attachment,
    AttachmentKind,
    DeliveryStatus,
    DeliveryUpdate,
    Ignored,
    Incoming,
    IncomingKind,
    IncomingMessage,
    Location,
    Sender,
    SharedContact,
    StaffMessage,
)
from tests.bot.channels.whatsapp_green.notifications import (
    CARD,
    FOREIGN_CARD,
    GUEST,
    PRESSES,
    TIME,
    by_hand,
    notification,
    received,
    text,
)

FORMAT = GreenFormat()
AT = datetime.fromtimestamp(TIME, UTC)


def parsed(value: Any) -> Incoming:
    (incoming,) = FORMAT.parse(orjson.dumps(value))
    return incoming


def said(value: Any) -> IncomingMessage:
    incoming = parsed(value)
    assert isinstance(incoming, IncomingMessage)
    return incoming


@pytest.mark.parametrize("wrap", [lambda body: body, lambda body: {"receiptId": 5, "body": body}])
def test_text_arrives_with_its_writer_when_a_guest_writes(wrap: Any) -> None:
    assert said(wrap(text("Здравствуйте"))) == IncomingMessage(
        kind=IncomingKind.text,
        chat_id=GUEST,
        sender=Sender(id=GUEST, name="Анна", phone="+79991234567"),
        sent_at=AT,
        message_id="F7AEC1B7086ECDC7",
        text="Здравствуйте",
    )


@pytest.mark.parametrize(
    ("sender", "name", "phone"),
    [
        ({"senderName": "", "senderContactName": "Frau Berg"}, "Frau Berg", "+79991234567"),
        ({"senderName": None, "senderContactName": None, "chatName": "Chat"}, "Chat", "+79991234567"),
        ({"chatId": "1203@g.us", "senderName": ""}, None, "+79991234567"),
        ({"sender": "188133420@lid"}, "Анна", None),
        ({"senderName": "Anna\n🔴 room 12\u202e"}, "Anna 🔴 room 12", "+79991234567"),
        ({"senderName": "A" * 300}, "A" * 255, "+79991234567"),
    ],
)
def test_the_writer_is_named_as_well_as_possible_when_parts_are_missing(
    sender: dict[str, Any], name: str | None, phone: str | None
) -> None:
    incoming = said(received("textMessage", sender=sender, textMessageData={"textMessage": "hi"}))
    assert (incoming.sender.name, incoming.sender.phone) == (name, phone)


def test_a_group_is_known_when_somebody_writes_in_one() -> None:
    incoming = said(received("textMessage", sender={"chatId": "1203@g.us"}, textMessageData={"textMessage": "hi"}))
    assert (incoming.is_group, incoming.chat_id, incoming.sender.id) == (True, "1203@g.us", GUEST)


@pytest.mark.parametrize(
    ("value", "replied_to"),
    [
        (received("extendedTextMessage", extendedTextMessageData={"text": "yes"}), None),
        (received("quotedMessage", extendedTextMessageData={"text": "yes", "stanzaId": "BAE5"}), "BAE5"),
        (received("quotedMessage", extendedTextMessageData={"text": "yes"}, quotedMessage={"stanzaId": "B"}), "B"),
        (received("textMessage", textMessageData={"textMessage": "yes"}, quotedMessage={"stanzaId": "B"}), "B"),
    ],
)  # fmt: skip
def test_an_answer_names_its_message_when_one_is_quoted(value: Any, replied_to: str | None) -> None:
    incoming = said(value)
    assert (incoming.kind, incoming.text, incoming.replied_to) == (IncomingKind.text, "yes", replied_to)


@pytest.mark.parametrize("value", PRESSES)
def test_a_press_is_one_thing_when_it_comes_by_any_of_its_names(value: Any) -> None:
    incoming = said(value)
    assert (incoming.kind, incoming.press, incoming.text) == (IncomingKind.press, "info:wifi", "Wi-Fi")
    assert incoming.replied_to == "BAE5"
    (event,) = FORMAT.envelopes(orjson.dumps(value))
    assert event.kind is EventKind.press


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("interactiveButtonsResponse", "templateButtonReplyMessage"),
        ("interactiveButtonsReply", "interactiveButtonsReply"),
        ("holographResponse", "holographResponse"),
    ],
)
def test_a_press_is_known_by_what_it_holds_when_its_name_is_another(kind: str, name: str) -> None:
    incoming = said(
        received(kind, **{name: {"stanzaId": "BAE5", "selectedId": "wifi", "selectedDisplayText": "Wi-Fi"}})
    )
    assert (incoming.kind, incoming.press, incoming.text) == (IncomingKind.press, "wifi", "Wi-Fi")
    assert incoming.replied_to == "BAE5"


@pytest.mark.parametrize(
    "value",
    [
        text(""),
        received("extendedTextMessage"),
        received("buttonsResponseMessage", buttonsResponseMessage={"stanzaId": "B"}),
    ],
)
def test_staff_see_that_something_came_when_there_are_no_words_in_it(value: Any) -> None:
    incoming = said(value)
    assert (incoming.kind, incoming.text) == (IncomingKind.unsupported, "")


def test_the_label_is_taken_for_words_when_a_template_has_no_ids() -> None:
    reply = {"stanzaId": "B", "selectedIndex": 1, "selectedId": "", "selectedDisplayText": "I want a discount"}
    incoming = said(received("templateButtonsReplyMessage", templateButtonReplyMessage=reply))
    assert (incoming.kind, incoming.press, incoming.text) == (IncomingKind.text, None, "I want a discount")


@pytest.mark.parametrize(
    ("kind", "mime", "expected"),
    [
        ("imageMessage", "image/jpeg", AttachmentKind.image),
        ("videoMessage", "video/mp4", AttachmentKind.video),
        ("audioMessage", "audio/mpeg", AttachmentKind.audio),
        ("audioMessage", "audio/ogg; codecs=opus", AttachmentKind.voice),
        ("documentMessage", "application/pdf", AttachmentKind.document),
        ("stickerMessage", "image/webp", AttachmentKind.sticker),
    ],
)
def test_media_becomes_a_reference_when_it_is_sent(kind: str, mime: str, expected: AttachmentKind) -> None:
    file = {"downloadUrl": "https://m/1", "caption": "the shower", "fileName": "f", "mimeType": mime}
    incoming = said(received(kind, fileMessageData=file))
    assert incoming.attachments == (Attachment(expected, url="https://m/1", mime_type=mime, file_name="f"),)
    assert (incoming.kind, incoming.text) == (IncomingKind.media, "the shower")


def test_no_address_is_claimed_when_the_provider_could_not_fetch_the_file() -> None:
    file = {"downloadUrl": "{{SWE002}}", "caption": "", "fileName": "big.pdf"}
    (attachment,) = said(received("documentMessage", fileMessageData=file)).attachments
    assert attachment.url is None


def test_staff_see_that_something_came_when_the_provider_could_not_read_it() -> None:
    incoming = said(text("{{SWE001}}"))
    assert (incoming.kind, incoming.text) == (IncomingKind.unsupported, "")


def test_a_place_arrives_when_a_location_is_shared() -> None:
    point = {"latitude": 55.75, "longitude": 37.61, "nameLocation": "Hotel", "address": "Arbat 1"}
    incoming = said(received("locationMessage", locationMessageData=point))
    assert (incoming.location, incoming.text) == (Location(55.75, 37.61), "Hotel\nArbat 1")


@pytest.mark.parametrize(
    ("value", "contact"),
    [
        (received("contactMessage", contactMessageData={"displayName": "Anna", "vcard": CARD}),
         SharedContact("+79991234567", "Anna", is_own=True)),
        (received("contactMessage", contactMessageData={"displayName": "Max", "vcard": FOREIGN_CARD}),
         SharedContact("+4915112345", "Max")),
        (received("contactsArrayMessage", messageData={"contacts": [{"displayName": "Max", "vcard": FOREIGN_CARD}]}),
         SharedContact("+4915112345", "Max")),
        (received("contactsArrayMessage", contacts=[{"displayName": "Max", "vcard": FOREIGN_CARD}]),
         SharedContact("+4915112345", "Max")),
    ],
)  # fmt: skip
def test_a_contact_is_vouched_for_only_when_it_is_the_senders_own(value: Any, contact: SharedContact) -> None:
    incoming = said(value)
    assert (incoming.kind, incoming.contact) == (IncomingKind.contact, contact)


def test_a_contact_is_kept_as_unsupported_when_it_has_no_number() -> None:
    card = {"displayName": "Max", "vcard": "BEGIN:VCARD\nFN:Max\nEND:VCARD"}
    incoming = said(received("contactMessage", contactMessageData=card))
    assert (incoming.kind, incoming.text) == (IncomingKind.unsupported, "Max")


def test_a_reaction_names_its_message_when_somebody_likes_it() -> None:
    value = received("reactionMessage", extendedTextMessageData={"text": "👍"}, quotedMessage={"stanzaId": "BAE5"})
    incoming = said(value)
    assert (incoming.kind, incoming.text, incoming.replied_to) == (IncomingKind.reaction, "👍", "BAE5")


def test_nothing_is_said_when_a_reaction_is_taken_back() -> None:
    value = received("reactionMessage", extendedTextMessageData={"text": ""}, quotedMessage={"stanzaId": "BAE5"})
    assert isinstance(parsed(value), Ignored)


def test_an_edit_names_the_first_message_when_a_guest_corrects_it() -> None:
    value = received("editedMessage", editedMessageData={"textMessage": "two towels", "stanzaId": "FIRST"})
    incoming = said(value)
    assert (incoming.is_edit, incoming.message_id, incoming.text) == (True, "FIRST", "two towels")
    assert FORMAT.envelopes(orjson.dumps(value))[0].kind is EventKind.edit


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (received("pollMessage", pollMessageData={"name": "Which day?", "options": []}), "Which day?"),
        (received("pollUpdateMessage", pollMessageData={"name": "Which day?", "votes": []}), "Which day?"),
        (received("groupInviteMessage", groupInviteMessageData={"groupJid": "1@g.us"}), ""),
        (received("groupInviteMessage", groupInviteMessageData={"caption": "Come in"}), "Come in"),
        (received("interactiveButtonsReply", interactiveButtonsReply={"body": "Choose", "buttons": []}), "Choose"),
        (received("listMessage", listMessage={"contentText": "Choose"}, quotedMessage={"caption": "old"}), "Choose"),
        (received("templateMessage", templateMessage=None, quotedMessage={"caption": "old"}), ""),
        (received("holographMessage", fileMessageData={"caption": "look"}), "look"),
    ],
)
def test_a_message_is_kept_as_unsupported_when_its_kind_is_not_used(value: Any, words: str) -> None:
    incoming = said(value)
    assert (incoming.kind, incoming.text, incoming.sender.phone) == (IncomingKind.unsupported, words, "+79991234567")


def test_a_message_is_known_by_what_it_holds_when_its_kind_is_another() -> None:
    file = {"downloadUrl": "https://m/1", "caption": "the leak", "mimeType": "image/jpeg"}
    point = {"latitude": 55.75, "longitude": 37.61}
    vanishing = said(received("ephemeralMessage", extendedTextMessageData={"text": "no hot water"}))
    picture = said(received("viewOnceMessage", fileMessageData=file))
    paper = said(received("ptvMessage", fileMessageData=file | {"mimeType": None}))
    moving = said(received("liveLocationMessage", locationMessageData=point))
    assert (vanishing.kind, vanishing.text) == (IncomingKind.text, "no hot water")
    assert (picture.attachments[0].kind, picture.text) == (AttachmentKind.image, "the leak")
    assert paper.attachments[0].kind is AttachmentKind.document
    assert moving.location == Location(55.75, 37.61)


@pytest.mark.parametrize(
    ("status", "expected", "reason"),
    [
        ("sent", DeliveryStatus.sent, None),
        ("delivered", DeliveryStatus.delivered, None),
        ("read", DeliveryStatus.read, None),
        ("failed", DeliveryStatus.failed, "failed: SWE004: 1000"),
        ("noAccount", DeliveryStatus.failed, "noAccount: SWE004: 1000"),
        ("notInGroup", DeliveryStatus.failed, "notInGroup: SWE004: 1000"),
    ],
)
def test_a_delivery_moves_on_when_the_provider_tells(
    status: str, expected: DeliveryStatus, reason: str | None
) -> None:
    value = notification("outgoingMessageStatus", chatId=GUEST, idMessage="BAE5", status=status)
    assert parsed(value | {"description": "SWE004: 1000"}) == DeliveryUpdate("BAE5", expected, AT, reason)


def test_each_status_of_a_message_is_an_event_of_its_own() -> None:
    def event(status: str) -> str:
        value = notification("outgoingMessageStatus", chatId=GUEST, idMessage="BAE5", status=status)
        return FORMAT.envelopes(orjson.dumps(value))[0].event_id

    assert len({event("sent"), event("delivered"), event("read")}) == 3


def echo(**data: Any) -> dict[str, Any]:
    return notification(
        "outgoingAPIMessageReceived", idMessage="BAE5", senderData={"chatId": GUEST}, messageData=data
    )


@pytest.mark.parametrize(
    "data",
    [
        {"typeMessage": "textMessage", "textMessageData": {"textMessage": "Hello"}},
        {"typeMessage": "extendedTextMessage", "extendedTextMessageData": {"text": "Hello"}},
        {"typeMessage": "interactiveButtons", "interactiveButtons": {"contentText": "Hello", "buttons": []}},
        {"typeMessage": "interactiveButtonsReply", "interactiveButtonsReply": {"contentText": "Hello"}},
    ],
)
def test_our_own_message_is_recognised_when_the_provider_echoes_it(data: dict[str, Any]) -> None:
    assert parsed(echo(**data)) == DeliveryUpdate("BAE5", DeliveryStatus.sent, AT, chat_id=GUEST, text="Hello")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (by_hand("textMessage", textMessageData={"textMessage": "I'm coming"}), (IncomingKind.text, "I'm coming")),
        (by_hand("extendedTextMessage", extendedTextMessageData={"text": "see https://h"}),
         (IncomingKind.text, "see https://h")),
        (by_hand("quotedMessage", extendedTextMessageData={"text": "yes"}, quotedMessage={"stanzaId": "F7"}),
         (IncomingKind.text, "yes")),
        (by_hand("locationMessage", locationMessageData={"latitude": 1, "longitude": 2, "nameLocation": "Here"}),
         (IncomingKind.location, "Here")),
        (by_hand("somethingNew", somethingNew={"body": "words"}), (IncomingKind.unsupported, "words")),
    ],
)  # fmt: skip
def test_staff_are_heard_in_the_guests_chat_when_they_write_on_the_hotels_own_phone(
    value: dict[str, Any], expected: tuple[IncomingKind, str]
) -> None:
    kind, words = expected
    assert parsed(value) == StaffMessage(kind, GUEST, AT, "3EB0", words)
    (event,) = FORMAT.envelopes(orjson.dumps(value))
    assert (event.kind, event.lane, event.event_id) == (EventKind.message, GUEST, f"3EB0:{GUEST}")


def test_a_picture_is_kept_when_staff_send_it_from_the_hotels_own_phone() -> None:
    file = {"downloadUrl": "https://m/1", "caption": "The way", "mimeType": "image/png", "fileName": "map.png"}
    picture = Attachment(AttachmentKind.image, url="https://m/1", mime_type="image/png", file_name="map.png")
    assert parsed(by_hand("imageMessage", fileMessageData=file)) == StaffMessage(
        IncomingKind.media, GUEST, AT, "3EB0", "The way", (picture,)
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("authorized", AccountState.active),
        ("notAuthorized", AccountState.disconnected),
        ("blocked", AccountState.blocked),
        ("yellowCard", AccountState.limited),
        ("starting", AccountState.disconnected),
        ("sleepMode", AccountState.disconnected),
    ],
)
def test_the_account_changes_when_the_provider_says_so(state: str, expected: AccountState) -> None:
    value = notification("stateInstanceChanged", stateInstance=state)
    assert parsed(value) == AccountUpdate(expected, AT, state)
    assert FORMAT.envelopes(orjson.dumps(value))[0].kind is EventKind.account


def test_the_account_is_limited_when_a_message_was_held_back_as_spam() -> None:
    incoming = parsed(notification("outgoingMessageStatus", chatId=GUEST, idMessage="B", status="yellowCard"))
    assert isinstance(incoming, AccountUpdate)
    assert incoming.state is AccountState.limited


@pytest.mark.parametrize(
    "value",
    [
        received("deletedMessage", deletedMessageData={"stanzaId": "B"}),
        by_hand("textMessage", chat="79991234567-1581234048@g.us", textMessageData={"textMessage": "tonight?"}),
        by_hand("textMessage", chat="status@broadcast", textMessageData={"textMessage": "Sauna is open"}),
        by_hand("editedMessage", editedMessageData={"textMessage": "room 12", "stanzaId": "B"}),
        by_hand("deletedMessage", deletedMessageData={"stanzaId": "B"}),
        by_hand("reactionMessage", extendedTextMessageData={"text": "👍"}, quotedMessage={"stanzaId": "B"}),
        notification("outgoingMessageStatus", chatId=GUEST, idMessage="B", status="pending"),
        notification("stateInstanceChanged", stateInstance="dreaming"),
        notification("quotaExceeded", quotaData={"status": "CORRESPONDENTS_QUOTA_EXCEEDED"}),
        notification("incomingCall", idMessage="B", status="missed", **{"from": GUEST}),
        notification("deviceInfo", deviceData={}),
        {"typeWebhook": "somethingNew"},
    ],
)
def test_a_notice_is_kept_with_its_reason_when_there_is_nothing_to_do(value: Any) -> None:
    incoming = parsed(value)
    assert isinstance(incoming, Ignored)
    assert incoming.reason


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ({}, "typeWebhook"),
        ([], "typeWebhook"),
        ({"typeWebhook": 5}, "typeWebhook"),
        (notification("incomingMessageReceived"), "idMessage"),
        (text("hi") | {"senderData": {"sender": GUEST}}, "senderData.chatId"),
        (text("hi") | {"senderData": {"chatId": "", "sender": ""}}, "senderData.chatId"),
        (text("hi") | {"senderData": {"chatId": f"{'7' * 300}@c.us"}}, "senderData.chatId"),
        (text("hi") | {"senderData": {"chatId": "\0", "sender": GUEST}}, "senderData.chatId"),
        (text("hi") | {"idMessage": "F" * 300}, "idMessage"),
        (text("hi") | {"timestamp": "now"}, "timestamp"),
        (
            received("locationMessage", locationMessageData={"longitude": 3}),
            "messageData.locationMessageData.latitude",
        ),
        (received("contactMessage"), "messageData.contactMessageData"),
        (received("buttonsResponseMessage"), "messageData.buttonsResponseMessage"),
    ],
)
def test_the_wrong_part_is_named_when_a_notification_can_not_be_read(value: Any, part: str) -> None:
    with pytest.raises(UnreadablePayload) as refusal:
        FORMAT.parse(orjson.dumps(value))
    assert refusal.value.part == part


@pytest.mark.parametrize(
    ("value", "elsewhere"),
    [
        (text("hi"), received("textMessage", sender={"chatId": "4930123@c.us"}, textMessageData={})),
        (notification("outgoingMessageStatus", chatId=GUEST, idMessage="BAE5", status="read"),
         notification("outgoingMessageStatus", chatId="4930123@c.us", idMessage="BAE5", status="read")),
    ],
)  # fmt: skip
def test_an_event_is_another_when_its_message_has_the_id_of_one_in_another_chat(
    value: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    ids = {FORMAT.envelopes(orjson.dumps(one))[0].event_id for one in (value, elsewhere)}
    assert len(ids) == 2


@pytest.mark.parametrize("body", [b"", b"{", b"null", b'{"idMessage": {}}', b"[" * 9999])
def test_a_hash_is_the_id_when_a_notification_has_none(body: bytes) -> None:
    (event,) = FORMAT.envelopes(body)
    assert (event.event_id[:7], event.lane, event.payload) == ("sha256:", "account", body)


def test_a_wrapped_notification_is_filed_like_a_bare_one() -> None:
    (bare,) = FORMAT.envelopes(orjson.dumps(text("hi")))
    (wrapped,) = FORMAT.envelopes(orjson.dumps({"receiptId": 5, "body": text("hi")}))
    assert (wrapped.event_id, wrapped.kind, wrapped.lane) == (bare.event_id, bare.kind, bare.lane)


@pytest.mark.parametrize("chat_id", ["status@broadcast", "120363012345678901@newsletter"])
def test_nobody_is_answered_when_it_is_said_to_nobody_in_particular(chat_id: str) -> None:
    post = text("hi") | {"senderData": {"chatId": chat_id, "sender": "79991234567@c.us"}}
    (heard,) = FORMAT.parse(orjson.dumps(post))
    assert isinstance(heard, Ignored)
