"""The little of the Bot API's objects that we read. New fields and new kinds never make these fail."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from bot.channels.payload import Degrees, Moment, Part, Size, Text


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("it is not a number")
    return value


Id = Annotated[int, BeforeValidator(_no_truth), Field(ge=-(2**63), lt=2**63)]
"""A number; true, which Python takes for 1, would be another chat's."""


class User(Part):
    id: Id
    is_bot: bool = False
    first_name: Text = ""
    last_name: Text | None = None
    username: Text | None = None
    language_code: Text | None = None


class Chat(Part):
    id: Id
    type: Text = ""
    title: Text | None = None
    username: Text | None = None

    @property
    def is_group(self) -> bool:
        """Whether several people read it; without a type the number tells, which is above 0 only for a person's."""
        return self.type != "private" if self.type else self.id < 0


class File(Part):
    file_id: Text
    mime_type: Text | None = None
    file_name: Text | None = None
    file_size: Size = None
    width: Size = None
    height: Size = None
    emoji: Text | None = None


class Contact(Part):
    phone_number: Text
    first_name: Text = ""
    last_name: Text | None = None
    user_id: Id | None = None


class Point(Part):
    latitude: Degrees
    longitude: Degrees


class Venue(Part):
    location: Point
    title: Text = ""
    address: Text = ""


class Titled(Part):
    """A kind of content that we only name: a poll, a checklist, a game, an invoice, a die, what a web app says."""

    question: Text = ""
    title: Text = ""
    emoji: Text = ""
    data: Text = ""

    @property
    def words(self) -> str:
        return self.question or self.title or self.emoji or self.data


class Button(Part):
    text: Text = ""
    callback_data: Text | None = None


class Keyboard(Part):
    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Reference(Part):
    """A message named by another one; only its id matters."""

    message_id: Id


def _or_nothing(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Decoration = WrapValidator(_or_nothing)
"""A message with a broken one is still a message."""


class Message(Part):
    message_id: Id
    date: Moment
    chat: Chat
    from_: User | None = Field(default=None, alias="from")
    sender_chat: Chat | None = None
    edit_date: Moment | None = None
    message_thread_id: Id | None = None
    is_topic_message: bool = False
    reply_to_message: Annotated[Reference | None, Decoration] = None
    reply_markup: Annotated[Keyboard | None, Decoration] = None
    text: Text | None = None
    caption: Text | None = None
    photo: tuple[File, ...] = ()
    animation: File | None = None
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    sticker: File | None = None
    contact: Contact | None = None
    location: Point | None = None
    venue: Venue | None = None
    poll: Annotated[Titled | None, Decoration] = None
    checklist: Annotated[Titled | None, Decoration] = None
    game: Annotated[Titled | None, Decoration] = None
    invoice: Annotated[Titled | None, Decoration] = None
    dice: Annotated[Titled | None, Decoration] = None
    web_app_data: Annotated[Titled | None, Decoration] = None
    migrate_to_chat_id: Id | None = None
    migrate_from_chat_id: Id | None = None


class CallbackQuery(Part):
    id: Text
    from_: User = Field(alias="from")
    data: Text | None = None
    message: dict[str, Any] | None = None


class PressedMessage(Part):
    """The message below which a button was pressed; all but its chat may be hidden from us."""

    message_id: Id | None = None
    chat: Chat
    message_thread_id: Id | None = None
    is_topic_message: bool = False
    reply_markup: Annotated[Keyboard | None, Decoration] = None


class Member(Part):
    status: Text


class MemberUpdate(Part):
    chat: Chat
    date: Moment
    new_chat_member: Member


class Reaction(Part):
    type: Text = ""
    emoji: Text | None = None


class ReactionUpdate(Part):
    chat: Chat
    message_id: Id
    date: Moment
    user: User | None = None
    actor_chat: Chat | None = None
    new_reaction: tuple[Reaction, ...] = ()


UpdateKind = Literal["message", "edited_message", "channel_post", "edited_channel_post"]
MESSAGES: tuple[UpdateKind, ...] = ("message", "edited_message", "channel_post", "edited_channel_post")

SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
    "pinned_message", "connected_website", "write_access_allowed", "proximity_alert_triggered", "boost_added",
    "chat_background_set", "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway_created", "giveaway_completed",
    "video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited",
    "chat_owner_left", "chat_owner_changed", "direct_message_price_changed", "paid_message_price_changed",
)  # fmt: skip
"""Telegram's own notices, which arrive in the shape of a message. One we don't know is kept as unsupported."""
