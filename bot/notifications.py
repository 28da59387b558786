"""What a person of the hotel must see: raised with what caused it, and tried by one way after another.

The first way is the staff chat, the next ones the admins' own chats with the bot. A notification whose last way
failed stays `failed` with the reason, until somebody can be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.clock import Clock
from bot.hotel_settings import HotelSettings
from bot.messages import Choice, OutgoingMessage, Platform
from bot.outbox import Letter, enqueue_all
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.notifications import NewNotification, NotificationRecord
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.telemetry.metrics import notifications as counted
from bot.texts import Texts, Value
from bot.ways import Way, is_gesture, next_way, ways_to_people
from models.enums import (
    AccountStatus,
    NotificationStatus,
    NotificationType,
    OutboxPurpose,
    OutboxState,
    Priority,
    Severity,
)

USEFUL_FOR = timedelta(hours=24)
# The message itself is kept whole; an alert quotes as much as people read.
LONGEST_QUOTE = 1500
ACKNOWLEDGE, HAND_BACK, CORRECT, TRANSLATE, SUMMARISE = "ack:", "back:", "fix:", "translate:", "sum:"
_PRIORITIES = {
    Severity.critical: Priority.urgent,
    Severity.warning: Priority.normal,
    Severity.info: Priority.low,
}
_BETWEEN = re.compile(r"\s+(?:[\w'’-]+\s+)?")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a notification is about; all that is known. `contact` is where a person can write to them by hand.

    `other_rooms` are those that the guest names beside their own.
    """

    guest_id: UUID | None = None
    guest_name: str | None = None
    room_number: str | None = None
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    contact: str | None = None
    other_rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """A notification to raise. `words` is what the guest wrote, or the sentence about what there is; `reasons` the
    words that raised it, and `confidence`, in [0, 1], how surely they mean it."""

    kind: NotificationType
    severity: Severity
    title_key: str
    subject: Subject
    words: str
    correlation_id: str
    reasons: tuple[str, ...] = ()
    confidence: float | None = None


class Desk:
    """Raises notifications and follows them until somebody has seen them. It `offers_aid` where a larger model can
    translate and sum up what a guest wrote."""

    def __init__(self, texts: Texts, clock: Clock, offers_aid: bool = False) -> None:
        self._texts = texts
        self._clock = clock
        self._offers_aid = offers_aid

    async def raise_alert(
        self,
        uow: UnitOfWork,
        kind: NotificationType,
        severity: Severity,
        title_key: str,
        subject: Subject,
        words: str,
        correlation_id: str,
        reasons: tuple[str, ...] = (),
        confidence: float | None = None,
    ) -> UUID:
        """Raise one notification, as `raise_alerts` does; return its id."""
        alert = Alert(kind, severity, title_key, subject, words, correlation_id, reasons, confidence)
        (notification_id,) = await self.raise_alerts(uow, [alert])
        return notification_id

    async def raise_alerts(self, uow: UnitOfWork, alerts: Sequence[Alert]) -> list[UUID]:
        """Raise notifications in the caller's transaction; return their ids, in order."""
        hotel = await uow.hotels.get()
        raised = await uow.notifications.add_all([self._new(hotel, one) for one in alerts], self._clock.now())
        counted.labels(NotificationStatus.pending).inc(len(raised))
        first = next(iter(await ways_to_people(uow, HotelSettings.model_validate(hotel.settings))), None)
        await self._go(uow, hotel, list(zip(raised, (one.correlation_id for one in alerts), strict=True)), first)
        return [one.id for one in raised]

    def _new(self, hotel: HotelRecord, alert: Alert) -> NewNotification:
        subject = alert.subject
        return NewNotification(
            notification_type=alert.kind,
            severity=alert.severity,
            title=self._title(hotel, alert.title_key, subject)[:255],
            content=self._content(hotel, alert),
            guest_id=subject.guest_id,
            conversation_id=subject.conversation_id,
            message_id=subject.message_id,
            attempts=1,
        )

    async def account_is(
        self, uow: UnitOfWork, account_id: UUID, status: AccountStatus, reason: str | None, correlation_id: str
    ) -> None:
        """Note what a channel account can do, and raise an alert when it can't work any more."""
        if not await uow.accounts.set_status(account_id, status, reason) or status is AccountStatus.active:
            return
        account = await uow.accounts.get(account_id)
        assert account is not None, "it was just changed"
        words = await self.sentence(uow, "alert-account", address=account.address, state=status.value)
        await self.raise_alert(
            uow,
            NotificationType.system_alert,
            Severity.critical,
            "alert-title-account",
            Subject(),
            words,
            correlation_id,
        )

    async def tell_late(self, uow: UnitOfWork, account_id: UUID, address: str, correlation_id: str) -> None:
        """A chat can be written to, perhaps only now: tell there what nobody could be told, where it is a way to the
        hotel's people."""
        hotel = await uow.hotels.get()
        ways = await ways_to_people(uow, HotelSettings.model_validate(hotel.settings))
        way = next((one for one in ways if (one.account_id, one.address) == (account_id, address)), None)
        late = await uow.notifications.try_again(self._clock.now() - USEFUL_FOR) if way else []
        if late:
            await self._go(uow, hotel, [(one, correlation_id) for one in late], way)

    async def sentence(self, uow: UnitOfWork, key: str, **values: Value) -> str:
        """Return a text of the catalogues in the hotel's language."""
        return self.say(await uow.hotels.get(), key, **values)

    def say(self, hotel: HotelRecord, key: str, **values: Value) -> str:
        """Return a text of the catalogues in this hotel's language."""
        return self._texts(key, hotel.default_language, **values)

    async def settled(self, uow: UnitOfWork, record: OutboxRecord, state: OutboxState, reason: str) -> None:
        """Follow what became of any outgoing message: a carried alert advances, a lost reply becomes an alert."""
        if record.notification_id is not None:
            await self._alert_settled(uow, record, record.notification_id, state, reason)
        elif state is not OutboxState.sent and not is_gesture(record):
            await self._message_lost(uow, record, state, reason)

    async def _alert_settled(
        self, uow: UnitOfWork, record: OutboxRecord, notification_id: UUID, state: OutboxState, reason: str
    ) -> None:
        if is_gesture(record):
            return
        if state is OutboxState.sent:
            await uow.notifications.mark_sent(notification_id, self._clock.now())
            counted.labels(NotificationStatus.sent).inc()
        else:
            await self._try_next_way(uow, record, notification_id, state, reason)

    async def _message_lost(self, uow: UnitOfWork, record: OutboxRecord, state: OutboxState, reason: str) -> None:
        """Show staff a message to a guest that was refused, came too late, or may not have arrived."""
        conversation = await uow.conversations.get(record.conversation_id) if record.conversation_id else None
        if conversation is None or conversation.guest_id is None:
            return
        guest = await uow.guests.get(conversation.guest_id)
        words = await self.sentence(
            uow,
            "alert-not-delivered",
            text=str(record.content["text"]),
            state=state.value,
            reason=reason,
        )
        subject = Subject(guest.id, guest.name, None, conversation.id, record.message_id)
        await self.raise_alert(
            uow,
            NotificationType.system_alert,
            Severity.info if record.purpose is OutboxPurpose.trigger else Severity.warning,
            "alert-title-not-delivered",
            subject,
            words,
            record.correlation_id,
        )

    async def _try_next_way(
        self, uow: UnitOfWork, record: OutboxRecord, notification_id: UUID, state: OutboxState, reason: str
    ) -> None:
        notification = await uow.notifications.get(notification_id)
        if notification is None or notification.status is NotificationStatus.acknowledged:
            return
        hotel = await uow.hotels.get()
        await uow.notifications.count_attempt(notification_id)
        ways = await ways_to_people(uow, HotelSettings.model_validate(hotel.settings))
        is_repeat = state is OutboxState.in_doubt
        way = await next_way(uow, ways, record, notification_id, is_repeat)
        carried = [(notification, record.correlation_id)]
        await self._go(uow, hotel, carried, way, "" if is_repeat else reason, is_repeat)

    async def _go(
        self,
        uow: UnitOfWork,
        hotel: HotelRecord,
        notified: Sequence[tuple[NotificationRecord, str]],
        way: Way | None,
        reason: str = "",
        is_repeat: bool = False,
    ) -> None:
        """Send notifications, each with its correlation, by a way; where there is none any more, let them fail."""
        if way is None:
            why = reason or self.say(hotel, "alert-no-way")
            for notification, _ in notified:
                await uow.notifications.mark_failed(notification.id, why)
            counted.labels(NotificationStatus.failed).inc(len(notified))
            return
        chat_id = await uow.chats.at(way.account_id, way.address)
        parcels = [
            (
                Letter(
                    account_id=way.account_id,
                    chat_id=chat_id,
                    platform=Platform.telegram,
                    purpose=OutboxPurpose.notification,
                    useful_for=USEFUL_FOR,
                    correlation_id=correlation_id,
                    notification_id=notification.id,
                    priority=_PRIORITIES[notification.severity],
                ),
                self._message(hotel, notification, way, is_repeat),
            )
            for notification, correlation_id in notified
        ]
        await enqueue_all(uow, parcels, self._clock.now())

    def _message(
        self, hotel: HotelRecord, notification: NotificationRecord, way: Way, is_repeat: bool
    ) -> OutgoingMessage:
        text = f"{notification.title}\n{notification.content}"
        if is_repeat:
            text = f"{self._texts('alert-repeat', hotel.default_language)}\n{text}"
        choices = alert_choices(notification, lambda key: self.say(hotel, key), self._offers_aid)
        return OutgoingMessage(text, choices=choices, thread_id=way.thread_id)

    def _title(self, hotel: HotelRecord, key: str, subject: Subject) -> str:
        parts = [self._texts(key, hotel.default_language)]
        if subject.room_number:
            parts.append(self._texts("alert-room", hotel.default_language, room=subject.room_number))
        if subject.guest_name:
            parts.append(subject.guest_name)
        return " · ".join(parts)

    def _content(self, hotel: HotelRecord, alert: Alert) -> str:
        words, subject = alert.words, alert.subject
        quoted = words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE]}…"
        lines = [quoted]
        if why := self._why(hotel, alert):
            lines.append(why)
        if subject.other_rooms:
            rooms = ", ".join(subject.other_rooms)
            lines.append(self._texts("alert-other-rooms", hotel.default_language, rooms=rooms))
        if subject.contact:
            lines.append(self._texts("alert-contact", hotel.default_language, contact=subject.contact))
        return "\n".join(lines)

    def _why(self, hotel: HotelRecord, alert: Alert) -> str:
        """Say what decided, and how surely."""
        parts = []
        if alert.reasons:
            because = ", ".join(_phrases(alert.words, alert.reasons))[:LONGEST_QUOTE]
            parts.append(self.say(hotel, "alert-words", words=because))
        if alert.confidence is not None:
            parts.append(self.say(hotel, "alert-confidence", percent=str(round(100 * alert.confidence))))
        return " ".join(parts)


def alert_choices(
    notification: NotificationRecord, say: Callable[[str], str], offers_aid: bool = False, is_escalated: bool = False
) -> tuple[Choice, ...]:
    """Return an alert's buttons: to take it, until somebody did, and then to leave the guest to the bot again, where
    the bot keeps quiet; to put right how its message was judged; and where a larger model can do so, to have the
    message translated and its conversation summed up."""
    take = Choice(f"{ACKNOWLEDGE}{notification.id}", say("alert-acknowledge"))
    hand_back = Choice(f"{HAND_BACK}{notification.id}", say("alert-hand-back"))
    correct = Choice(f"{CORRECT}{notification.id}", say("alert-correct"))
    is_taken = notification.status is NotificationStatus.acknowledged
    is_judged = notification.message_id is not None and (
        notification.notification_type is not NotificationType.system_alert
    )
    aids = []
    if offers_aid and notification.message_id is not None:
        aids.append(Choice(f"{TRANSLATE}{notification.id}", say("alert-translate")))
    if offers_aid and notification.conversation_id is not None:
        aids.append(Choice(f"{SUMMARISE}{notification.id}", say("alert-summarise")))
    hold = () if is_taken and not is_escalated else (hand_back if is_taken else take,)
    return (*hold, *((correct,) if is_judged else ()), *aids)


def _phrases(text: str, words: tuple[str, ...]) -> list[str]:
    """Return the words as the text has them: what stands together there, but for one word, is one phrase."""
    phrases: list[str] = []
    begins, ends = 0, None
    for word in words:
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, ends or 0)
        if found is None:
            phrases.append(word)
            ends = None
        elif ends is not None and _BETWEEN.fullmatch(text, ends, found.start()):
            phrases[-1], ends = text[begins : found.end()], found.end()
        else:
            phrases.append(word)
            begins, ends = found.span()
    return [" ".join(phrase.split()) for phrase in phrases]
