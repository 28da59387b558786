"""An alert as it stands in a chat of the hotel's people: what it said, who took it, how its message is judged now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.messages import Choice, OutgoingMessage, Platform, outgoing_from_json
from bot.notifications import alert_choices
from bot.outbox import Letter
from bot.storage.repositories.corrections import CorrectionRecord, JudgedRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.notifications import NotificationRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts, Value, format_time
from handlers.base import REPLY_USEFUL_FOR, Turn
from models.enums import ConversationStatus, OutboxPurpose


@dataclass(frozen=True, slots=True)
class HouseVoice:
    """The hotel's language and clock, by which all of its people read; `offers_aid` as in a turn."""

    hotel: HotelRecord
    texts: Texts
    offers_aid: bool

    @property
    def language(self) -> str:
        return self.hotel.default_language

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hotel.timezone)

    def say(self, key: str, **values: Value) -> str:
        """Return a text of the catalogues in the hotel's language."""
        return self.texts(key, self.language, **values)


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert with all that is shown of it. `texts` are those of its messages in this chat, by the provider's ids,
    the pressed one surely among them. `is_escalated` says that the bot leaves its conversation to a person. `judged`
    is None where it is about no message of a guest, a name where nobody did so, or somebody who has left."""

    notification: NotificationRecord
    texts: Mapping[str, str]
    taker: str | None
    is_escalated: bool
    judged: JudgedRecord | None
    correction: CorrectionRecord | None
    corrector: str | None


async def read_alert(uow: UnitOfWork, turn: Turn, notification_id: str) -> ShownAlert | None:
    """Return the alert that a button names; None where this hotel has none of that id."""
    try:
        notification = await uow.notifications.get(UUID(notification_id))
    except ValueError:
        return None
    if notification is None:
        return None
    return await _shown(uow, notification, await _sent_here(uow, turn, notification))


async def _shown(uow: UnitOfWork, notification: NotificationRecord, texts: Mapping[str, str]) -> ShownAlert:
    message_id = notification.message_id
    correction = await uow.corrections.get(message_id) if message_id else None
    return ShownAlert(
        notification,
        texts,
        await _name(uow, notification.acknowledged_by),
        await _is_escalated(uow, notification.conversation_id),
        await uow.corrections.judged(message_id) if message_id else None,
        correction,
        await _name(uow, correction.corrected_by if correction else None),
    )


def rewritten(
    turn: Turn, alert: ShownAlert, choices: tuple[Choice, ...] | None = None
) -> tuple[OutgoingMessage, ...]:
    """Return the alert's messages in this chat as they read now, with these buttons or else its usual ones.

    They are in the hotel's language, like the alert. Without a press there is nothing to change: the channel has no
    buttons and can't edit.
    """
    if turn.message.press_id is None:
        return ()
    return _as_they_read(of_the_house(turn), alert, choices)


async def rewritten_everywhere(
    uow: UnitOfWork, house: HouseVoice, notification: NotificationRecord, correlation_id: str
) -> list[tuple[Letter, OutgoingMessage]]:
    """Return the alert's messages as they read now, with its usual buttons, in all chats that they went to."""
    changes = []
    for record in await uow.outbox.of_notification(notification.id):
        if record.provider_message_id:
            letter = Letter(
                account_id=record.account_id,
                chat_id=record.chat_id,
                platform=Platform.telegram,
                purpose=OutboxPurpose.reply,
                useful_for=REPLY_USEFUL_FOR,
                correlation_id=correlation_id,
            )
            texts = {record.provider_message_id: outgoing_from_json(record.content).text}
            changes += [(letter, one) for one in _as_they_read(house, await _shown(uow, notification, texts))]
    return changes


def _as_they_read(
    house: HouseVoice, alert: ShownAlert, choices: tuple[Choice, ...] | None = None
) -> tuple[OutgoingMessage, ...]:
    if choices is None:
        choices = usual_choices(house, alert)
    below = "\n".join(_lines(house, alert))
    return tuple(
        OutgoingMessage(f"{text}\n\n{below}" if below else text, choices=choices, replaces=sent)
        for sent, text in alert.texts.items()
    )


def usual_choices(house: HouseVoice, alert: ShownAlert) -> tuple[Choice, ...]:
    """Return the buttons of an alert while nothing else is asked below it."""
    return alert_choices(alert.notification, house.say, house.offers_aid, alert.is_escalated)


def note(turn: Turn, text: str) -> tuple[OutgoingMessage, ...]:
    """Return a short note at the button, or a message where the channel has no such note."""
    return (OutgoingMessage(text, answers_press=turn.message.press_id, thread_id=turn.message.thread_id),)


def of_the_house(turn: Turn) -> HouseVoice:
    """Return by what all of the hotel's people read, whoever's turn it is."""
    return HouseVoice(turn.hotel, turn.texts, turn.offers_aid)


def _lines(house: HouseVoice, alert: ShownAlert) -> list[str]:
    """Say who took the alert, and what somebody put right."""
    lines, taken_at, correction = [], alert.notification.acknowledged_at, alert.correction
    if taken_at is not None:
        time = format_time(taken_at, house.zone, house.language)
        lines.append(house.say("staff-taken-line", name=taker_of(house, alert), time=time))
    if correction is not None:
        mood, intent = correction.sentiment_type, correction.intent
        parts = [house.say("staff-mood", mood=mood.value)] if mood else []
        parts += [house.say("staff-intent", intent=intent)] if intent else []
        name, time = (
            _name_of(house, alert.corrector),
            format_time(correction.corrected_at, house.zone, house.language),
        )
        lines.append(house.say("staff-corrected-line", name=name, time=time, judgement=", ".join(parts)))
    return lines


def taker_of(reader: Turn | HouseVoice, alert: ShownAlert) -> str:
    """Return how to call who took an alert; who answered the guest on the hotel's own phone isn't known."""
    if alert.notification.acknowledged_by is None:
        return reader.say("staff-on-phone")
    return _name_of(reader, alert.taker)


def _name_of(reader: Turn | HouseVoice, name: str | None) -> str:
    return name or reader.say("staff-somebody")


async def _is_escalated(uow: UnitOfWork, conversation_id: UUID | None) -> bool:
    conversation = await uow.conversations.get(conversation_id) if conversation_id else None
    return conversation is not None and conversation.status is ConversationStatus.escalated


async def _name(uow: UnitOfWork, user_id: UUID | None) -> str | None:
    user = await uow.users.get(user_id) if user_id else None
    return user.name if user else None


async def _sent_here(uow: UnitOfWork, turn: Turn, alert: NotificationRecord) -> dict[str, str]:
    pressed = turn.message.message_id
    found = {pressed: f"{alert.title}\n{alert.content}"} if pressed else {}
    for record in await uow.outbox.of_notification(alert.id):
        if record.chat_id == turn.chat.id and record.provider_message_id:
            found[record.provider_message_id] = outgoing_from_json(record.content).text
    return found
