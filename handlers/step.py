"""One message, three beats: load · think · save. Only the save changes anything, and in one transaction."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from bot.messages import IncomingMessage, OutgoingMessage, Platform
from bot.notifications import Desk, Subject
from bot.outbox import Letter, enqueue
from bot.storage.claims import ChatLease
from bot.storage.repositories.conversations import ConversationRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.messages import NewMessage
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.telemetry.logs import logger
from bot.telemetry.metrics import MessageOutcome, messages, step_seconds
from handlers.base import REPLY_USEFUL_FOR, Alert, Outcome, Turn
from handlers.language import learned_language
from handlers.router import Router
from handlers.turns import CHOICES, Arrival, Known, TurnLoader, chosen_label
from models.enums import (
    ConversationStatus,
    MessageRole,
    MessageType,
    NotificationType,
    OutboxPurpose,
    SentimentType,
    Severity,
)
from triggers.engine import Engine, Happening

log = logger("step")

_SENTIMENT_ALERTS = {
    SentimentType.requires_attention: Alert(
        NotificationType.negative_sentiment, Severity.critical, "alert-title-attention"
    ),
    SentimentType.negative: Alert(NotificationType.negative_sentiment, Severity.warning, "alert-title-negative"),
}


class Step:
    """Handles one arrived message."""

    def __init__(self, database: Database, loader: TurnLoader, router: Router, desk: Desk, engine: Engine) -> None:
        self._database = database
        self._loader = loader
        self._router = router
        self._desk = desk
        self._engine = engine

    async def handle(self, lease: ChatLease, arrival: Arrival) -> None:
        """Answer one message. Raises LeaseLost when another worker has the chat; then nothing was changed."""
        started = time.monotonic()
        async with self._database.unit(lease.hotel_id) as uow:
            known = await self._loader.load(uow, arrival)
            route = self._router.match(known.turn)
            loaded = await route.handler.load(uow, known.turn) if route else None
        outcome = route.handler.think(known.turn, loaded) if route else Outcome()
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease.chat_id, lease.token)
            await self._save(uow, known, outcome)
            await uow.inbox.finish(arrival.event.id, known.turn.now)
        messages.labels(arrival.platform, MessageOutcome.handled).inc()
        step_seconds.labels(arrival.platform).observe(time.monotonic() - started)
        log.info("message_handled", route=route.name if route else None, kind=arrival.message.kind)

    async def _save(self, uow: UnitOfWork, known: Known, outcome: Outcome) -> None:
        turn = await self._save_guest(uow, known)
        if not outcome.has_mood:
            turn = replace(turn, analysis=turn.analysis.without_mood())
        if not turn.chat.is_reachable:
            await uow.chats.mark_reachable(turn.chat.id, True)
        message_id = None
        if not turn.message.is_group:
            turn = await self._open_conversation(uow, turn)
            message_id = await self._save_message(uow, turn)
        said = list(outcome.replies)
        for effect in outcome.effects:
            said += await effect.apply(uow, turn)
        turn = await self._after_effects(uow, known, turn, outcome)
        if turn.conversation is not None:
            await _save_conversation(uow, turn, turn.conversation, outcome, said)
        for reply in said:
            await enqueue(uow, _letter(turn), reply, turn.now)
        if turn.guest is not None and message_id is not None:
            await self._raise_alerts(uow, turn, turn.guest, message_id, outcome)
            await self._raise_events(uow, turn, turn.guest)

    async def _save_guest(self, uow: UnitOfWork, known: Known) -> Turn:
        """Make a new guest known, and note how a known one is recognised now."""
        turn = known.turn
        if turn.guest is None:
            return turn
        guest = turn.guest
        if known.is_new_guest:
            await uow.guests.add(guest.name, guest_id=guest.id)
        for identity in known.identities:
            owner = await uow.guests.identify(guest.id, identity, {"channel": turn.platform})
            if owner != guest.id and known.is_new_guest:
                # Another chat of the same person was handled at this very moment.
                await uow.guests.remove(guest.id)
                guest = await uow.guests.get(owner)
                break
        await uow.guests.update(guest.id, last_interaction=turn.now, language=learned_language(guest, turn.analysis))
        return replace(turn, guest=guest)

    async def _open_conversation(self, uow: UnitOfWork, turn: Turn) -> Turn:
        guest_id = turn.guest.id if turn.guest else None
        conversation = turn.conversation or await uow.conversations.begin(turn.chat.id, guest_id, turn.now)
        return replace(turn, conversation=conversation)

    async def _save_message(self, uow: UnitOfWork, turn: Turn) -> UUID:
        assert turn.conversation is not None, "saved just before"
        message, analysis = turn.message, turn.analysis
        return await uow.messages.add(
            NewMessage(
                conversation_id=turn.conversation.id,
                guest_id=turn.guest.id if turn.guest else None,
                message_type=MessageType.incoming,
                role=MessageRole.guest if turn.guest else MessageRole.staff,
                content=message.text,
                platform=turn.platform,
                created_at=turn.now,
                platform_message_id=message.message_id,
                attachments=tuple(asdict(attachment) for attachment in message.attachments),
                sentiment_score=analysis.sentiment_score,
                sentiment_type=SentimentType(analysis.sentiment_type),
                sentiment_words=analysis.words,
                metadata=_metadata(turn),
            )
        )

    async def _after_effects(self, uow: UnitOfWork, known: Known, turn: Turn, outcome: Outcome) -> Turn:
        """The guest may have turned out to be one that the hotel knew already, or be known better now."""
        if turn.guest is None or not (outcome.effects or _is_learned(turn.guest, turn)):
            return turn
        guest = await uow.guests.recognise(known.identities[0]) or turn.guest
        if guest != turn.guest:
            await self._engine.plan_guest(uow, guest.id, turn.correlation_id)
        return replace(turn, guest=guest)

    async def _raise_alerts(
        self, uow: UnitOfWork, turn: Turn, guest: GuestRecord, message_id: UUID, outcome: Outcome
    ) -> None:
        felt = _SENTIMENT_ALERTS.get(SentimentType(turn.analysis.sentiment_type))
        alerts = outcome.alerts or ((felt,) if felt and turn.message.press is None else ())
        for alert in alerts:
            subject = Subject(
                guest_id=guest.id,
                guest_name=guest.name,
                room_number=turn.stay.room_number if turn.stay else None,
                conversation_id=turn.conversation.id if turn.conversation else None,
                message_id=message_id,
                contact=_contact(turn),
            )
            await self._desk.raise_alert(
                uow,
                alert.type,
                alert.severity,
                alert.title_key,
                subject,
                chosen_label(turn)
                or turn.text
                or await self._desk.sentence(uow, "alert-no-words", kind=_what(turn.message)),
                turn.correlation_id,
                turn.analysis.words if felt else (),
            )

    async def _raise_events(self, uow: UnitOfWork, turn: Turn, guest: GuestRecord) -> None:
        kind = SentimentType(turn.analysis.sentiment_type)
        names = ["message_received"]
        if kind in {SentimentType.negative, SentimentType.requires_attention}:
            names.append("negative_sentiment")
        if kind is SentimentType.requires_attention:
            names.append("requires_attention")
        facts: Mapping[str, Any] = {
            "message.text": turn.text,
            "message.sentiment_score": float(turn.analysis.sentiment_score),
            "message.sentiment_type": kind.value,
        }
        for name in names:
            happening = Happening(name, guest.id, turn.stay.id if turn.stay else None, facts)
            await self._engine.raise_event(uow, happening, turn.correlation_id)


def _is_learned(guest: GuestRecord, turn: Turn) -> bool:
    """Whether the message told in which language the guest writes, which was not known."""
    return learned_language(guest, turn.analysis) != guest.language


def _letter(turn: Turn) -> Letter:
    return Letter(
        account_id=turn.chat.account_id,
        chat_id=turn.chat.id,
        platform=turn.platform,
        purpose=OutboxPurpose.reply,
        useful_for=REPLY_USEFUL_FOR,
        correlation_id=turn.correlation_id,
        conversation_id=turn.conversation.id if turn.conversation else None,
        guest_id=turn.guest.id if turn.guest else None,
    )


async def _save_conversation(
    uow: UnitOfWork,
    turn: Turn,
    conversation: ConversationRecord,
    outcome: Outcome,
    said: Sequence[OutgoingMessage],
) -> None:
    """Save where the conversation stands; the latest choices stay open until others are offered."""
    context = dict(conversation.context_data if outcome.context is None else outcome.context)
    offered = next((reply.choices for reply in reversed(said) if reply.choices), None)
    choices = [asdict(choice) for choice in offered] if offered else conversation.context_data.get(CHOICES)
    if choices:
        context[CHOICES] = choices
    changes: dict[str, Any] = {"context_data": context}
    if outcome.state is not None:
        changes["current_state"] = outcome.state
    if outcome.status is not None:
        changes["status"] = outcome.status
    if outcome.status is ConversationStatus.escalated:
        changes["escalated_at"] = turn.now
    counts = {"messages_count": 1, "guest_messages_count": 1 if turn.guest else 0}
    await uow.conversations.save(conversation, counts, last_message_at=turn.now, **changes)


def _contact(turn: Turn) -> str | None:
    """Return where the guest can be written to by hand, where the channel has such an address."""
    sender = turn.message.sender
    if turn.platform is Platform.telegram:
        return f"t.me/{sender.username}" if sender.username else None
    return f"wa.me/{sender.phone.removeprefix('+')}" if sender.phone else None


def _what(message: IncomingMessage) -> str:
    """Return what a message without words is."""
    return message.attachments[0].kind.value if message.attachments else message.kind.value


def _metadata(turn: Turn) -> dict[str, Any]:
    """Return what a message was besides its text."""
    message = turn.message
    found: dict[str, Any] = {"kind": message.kind.value}
    if message.is_edit:
        found["is_edit"] = True
    if turn.pressed:
        found["pressed"] = turn.pressed
    if message.location:
        found["location"] = asdict(message.location)
    if message.contact:
        found["contact"] = asdict(message.contact)
    return found
