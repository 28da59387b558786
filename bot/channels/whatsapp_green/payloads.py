"""The little of Green API's notifications that we read. New fields and new kinds never make these fail."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from bot.channels.payload import LONGEST_ID, Degrees, Moment, Part, Text
from bot.messages import clean_text

Loose = Annotated[
    dict[str, Any],
    BeforeValidator(lambda value: value if isinstance(value, dict) else {}),
    Field(default_factory=dict),
]
"""An object that may be absent or null; Green API leaves either."""
Words = Annotated[Text, BeforeValidator(lambda value: value if isinstance(value, str | int) else "")]
"""Text that is empty where Green API leaves it out or writes null."""


def _keepable(value: str) -> str:
    text = clean_text(value)
    if not 0 < len(text) <= LONGEST_ID:
        raise ValueError(f"it is empty, or longer than {LONGEST_ID} characters")
    return text


Id = Annotated[str, AfterValidator(_keepable)]
"""An id without which there is nothing to answer, short enough to be kept."""


class GreenPart(Part):
    model_config = ConfigDict(alias_generator=to_camel)


class SenderData(GreenPart):
    chat_id: Id
    sender: Annotated[Words, Field(max_length=LONGEST_ID)] = ""
    chat_name: Words = ""
    sender_name: Words = ""
    sender_contact_name: Words = ""


class MessageData(GreenPart):
    type_message: Text
    text_message_data: Loose
    extended_text_message_data: Loose
    edited_message_data: Loose
    file_message_data: Loose
    location_message_data: Loose
    poll_message_data: Loose
    quoted_message: Loose


class Received(GreenPart):
    """incomingMessageReceived, and the two webhooks of messages that went out."""

    timestamp: Moment
    id_message: Id
    sender_data: SenderData
    message_data: MessageData


class Status(GreenPart):
    """outgoingMessageStatus."""

    timestamp: Moment
    id_message: Id
    status: Text
    description: Words = ""


class State(GreenPart):
    """stateInstanceChanged."""

    timestamp: Moment
    state_instance: Text


class FileData(GreenPart):
    download_url: Words = ""
    caption: Words = ""
    file_name: Words = ""
    mime_type: Words = ""


class Point(GreenPart):
    latitude: Degrees
    longitude: Degrees
    name_location: Words = ""
    address: Words = ""


class Card(GreenPart):
    display_name: Words = ""
    vcard: Words = ""


def _row(value: Any) -> Any:
    return value.get("selectedRowId") if isinstance(value, dict) else value


class Press(GreenPart):
    """A chosen button or list row, under the names of all the objects by which one can arrive."""

    selected_id: Words = ""
    selected_button_id: Words = ""
    single_select_reply: Annotated[Words, BeforeValidator(_row)] = ""
    selected_display_text: Words = ""
    selected_button_text: Words = ""
    title: Words = ""
    stanza_id: Words = ""

    @property
    def value(self) -> str:
        return self.selected_id or self.selected_button_id or self.single_select_reply

    @property
    def label(self) -> str:
        return self.selected_display_text or self.selected_button_text or self.title
