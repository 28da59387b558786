"""Save: what came of turns, in the caller's one transaction, set by set and not turn by turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from bot.errors import LeaseLost
from bot.messages import IncomingMessage, OutgoingMessage, Platform
from bot.nlu.base import EntityKind
from bot.nlu.entities.finding import as_json
from bot.notifications import Desk, Subject
from bot.outbox import Letter, enqueue_all, is_said
from bot.storage.claims import ChatLease
from bot.storage.repositories.conversations import ConversationChange
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.messages import NewMessage
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import REPLY_USEFUL_FOR, Alert, Outcome, Turn
from handlers.language import learned_language
from handlers.turns import CHOICES, HANDED_OVER, Arrival, Known, chosen_label
from models.enums import (
    ConversationStatus,
    MessageRole,
    MessageType,
    NotificationType,
    OutboxPurpose,
    SentimentType,
    Severity,
)
from triggers.engine import Engine
from triggers.happenings import Happening, message_events, message_facts

_SENTIMENT_ALERTS = {
    SentimentType.requires_attention: Alert(
        NotificationType.negative_sentiment, Severity.critical, "alert-title-attention"
    ),
    SentimentType.negative: Alert(NotificationType.negative_sentiment, Severity.warning, "alert-title-negative"),
}


@dataclass(frozen=True, slots=True)
class Thought:
    """A turn that was thought about, and by which lease it may be saved."""

    lease: ChatLease
    arrival: Arrival
    known: Known
    outcome: Outcome


@dataclass(slots=True)
class _Draft:
    """A turn on its way into the database: `turn` grows by what was saved of it."""

    thought: Thought
    turn: Turn
    message_id: UUID | None = None
    said: tuple[OutgoingMessage, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return self.thought.outcome


class Saving:
    """Saves turns of different chats of one hotel, whose chats are held."""

    def __init__(self, uow: UnitOfWork, desk: Desk, engine: Engine, thoughts: Sequence[Thought]) -> None:
        self._uow = uow
        self._desk = desk
        self._engine = engine
        self._drafts = [_Draft(thought, _as_judged(thought)) for thought in thoughts]
        self._now = max(draft.turn.now for draft in self._drafts)

    async def save(self) -> None:
        """Save everything. Raises LeaseLost when a conversation was changed meanwhile."""
        await self._save_guests()
        await self._save_chats()
        await self._open_conversations()
        await self._save_messages()
        changed = {}
        for draft in self._drafts:
            if (guest := await self._apply_effects(draft)) is not None:
                changed[guest.id] = draft.turn.correlation_id
        await self._engine.plan_guests(self._uow, changed)
        await self._save_conversations()
        replies = [(_letter(draft.turn), reply) for draft in self._drafts for reply in draft.said]
        await enqueue_all(self._uow, replies, self._now)
        for draft in self._drafts:
            await self._raise_alerts(draft)
            await self._tell_late(draft.turn)
        await self._raise_events()
        events = [draft.thought.arrival.event.id for draft in self._drafts]
        await self._uow.inbox.finish_all(events, self._now)

    async def _save_guests(self) -> None:
        """Make new guests known, and note how known ones are recognised now."""
        drafts = [draft for draft in self._drafts if draft.turn.guest is not None]
        new = [draft for draft in drafts if draft.thought.known.is_new_guest]
        await self._uow.guests.add_all([draft.turn.guest for draft in new if draft.turn.guest])
        for channel in {draft.turn.platform for draft in drafts}:
            owners = {
                identity: draft.turn.guest.id
                for draft in drafts
                if draft.turn.guest and draft.turn.platform is channel
                for identity in draft.thought.known.unknown
            }
            found = await self._uow.guests.identify_all(owners, {"channel": channel})
            await self._yield_to(found, [draft for draft in new if draft.turn.platform is channel])
        languages = {
            draft.turn.guest.id: learned_language(draft.turn.guest, draft.turn.analysis)
            for draft in drafts
            if draft.turn.guest
        }
        await self._follow(await self._uow.guests.note_talk(languages, self._now))

    async def _yield_to(self, owners: Mapping[Any, UUID], new: Sequence[_Draft]) -> None:
        """Let those be somebody whom another chat of the same person made known at this very moment."""
        for draft in new:
            guest = draft.turn.guest
            others = [owners[one] for one in draft.thought.known.unknown if guest and owners[one] != guest.id]
            if guest and others:
                await self._uow.guests.remove(guest.id)
                draft.turn = replace(draft.turn, guest=await self._uow.guests.get(others[0]))

    async def _follow(self, merged: Mapping[UUID, UUID]) -> None:
        """Let guests be who they turned out to be, by another chat of theirs, since they were read."""
        if not merged:
            return
        known = await self._uow.guests.with_ids(set(merged.values()))
        for draft in self._drafts:
            if draft.turn.guest is not None and draft.turn.guest.id in merged:
                draft.turn = replace(draft.turn, guest=known[merged[draft.turn.guest.id]])

    async def _save_chats(self) -> None:
        for draft in self._drafts:
            if not draft.turn.chat.is_reachable:
                await self._uow.chats.mark_reachable(draft.turn.chat.id, True)

    async def _open_conversations(self) -> None:
        """Begin the conversations that are not there yet; in groups there are none."""
        silent = [draft for draft in self._drafts if not draft.turn.message.is_group and not draft.turn.conversation]
        if not silent:
            return
        guests = {draft.turn.chat.id: draft.turn.guest.id if draft.turn.guest else None for draft in silent}
        begun = await self._uow.conversations.begin_all(guests, self._now)
        for draft in silent:
            draft.turn = replace(draft.turn, conversation=begun[draft.turn.chat.id])

    async def _save_messages(self) -> None:
        spoken = [draft for draft in self._drafts if draft.turn.conversation is not None]
        ids = await self._uow.messages.add_all([_message(draft) for draft in spoken])
        for draft, message_id in zip(spoken, ids, strict=True):
            draft.message_id = message_id

    async def _apply_effects(self, draft: _Draft) -> GuestRecord | None:
        """Change what the outcome wants changed; return the guest where that is no longer the one of before.

        The guest may turn out to be one that the hotel knew already, or be known better now.
        """
        turn, said = draft.turn, list(draft.outcome.replies)
        if draft.outcome.effects:
            async with self._uow.acting_as(f"user:{turn.user.id}") if turn.user else nullcontext():
                for effect in draft.outcome.effects:
                    said += await effect.apply(self._uow, turn)
        draft.said = tuple(said)
        if turn.guest is None:
            return None
        guest = replace(turn.guest, language=learned_language(turn.guest, turn.analysis))
        if draft.outcome.effects:
            guest = await self._uow.guests.recognise(draft.thought.known.identities[0]) or guest
        draft.turn = replace(turn, guest=guest)
        return guest if guest != turn.guest else None

    async def _save_conversations(self) -> None:
        changes = [change for draft in self._drafts if (change := _change(draft)) is not None]
        saved = await self._uow.conversations.save_all(changes)
        if len(saved) < len(changes):
            raise LeaseLost("the conversation was changed by another worker")

    async def _raise_alerts(self, draft: _Draft) -> None:
        turn, guest = draft.turn, draft.turn.guest
        if guest is None or draft.message_id is None:
            return
        felt = _SENTIMENT_ALERTS.get(SentimentType(turn.analysis.sentiment_type))
        for alert in _alerts(draft):
            subject = Subject(
                guest_id=guest.id,
                guest_name=guest.name,
                room_number=turn.stay.room_number if turn.stay else None,
                conversation_id=turn.conversation.id if turn.conversation else None,
                message_id=draft.message_id,
                contact=_contact(turn),
                other_rooms=_other_rooms(turn),
            )
            await self._desk.raise_alert(
                self._uow,
                alert.type,
                alert.severity,
                alert.title_key,
                subject,
                alert.words
                or chosen_label(turn)
                or turn.text
                or await self._desk.sentence(self._uow, "alert-no-words", kind=_what(turn.message)),
                turn.correlation_id,
                turn.analysis.words if felt else (),
                turn.analysis.sentiment_confidence if felt else None,
            )

    async def _tell_late(self, turn: Turn) -> None:
        """Where one of the hotel's own people is heard, they can be told, too."""
        if turn.user is not None and turn.platform is Platform.telegram:
            await self._desk.tell_late(self._uow, turn.chat.account_id, turn.chat.address, turn.correlation_id)

    async def _raise_events(self) -> None:
        heard = [draft for draft in self._drafts if draft.message_id is not None]
        await self._engine.raise_events(self._uow, [one for draft in heard for one in _happenings(draft)])


def _as_judged(thought: Thought) -> Turn:
    turn = thought.known.turn
    return turn if thought.outcome.has_mood else replace(turn, analysis=turn.analysis.without_mood())


def _alerts(draft: _Draft) -> tuple[Alert, ...]:
    """Return what staff must see of a turn: what its handler says, else that the guest is unhappy."""
    turn = draft.turn
    felt = _SENTIMENT_ALERTS.get(SentimentType(turn.analysis.sentiment_type))
    return draft.outcome.alerts or ((felt,) if felt and turn.message.press is None else ())


def _happenings(draft: _Draft) -> list[Happening]:
    """Return what triggers may wait for in a guest's message. One that staff must see waits for their reply."""
    turn = draft.turn
    if turn.guest is None:
        return []
    kind = SentimentType(turn.analysis.sentiment_type)
    names = message_events(kind)
    if _alerts(draft):
        names.append("no_reply_for")
    facts = message_facts(turn.text, turn.analysis.sentiment_score, kind, turn.analysis.intent.value)
    stay_id = turn.stay.id if turn.stay else None
    return [Happening(name, turn.guest.id, stay_id, turn.correlation_id, facts) for name in names]


def _message(draft: _Draft) -> NewMessage:
    turn = draft.turn
    assert turn.conversation is not None, "saved just before"
    message, analysis = turn.message, turn.analysis
    return NewMessage(
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
        intent=analysis.intent.value,
        entities=as_json(analysis.entities),
        confidence=Decimal(analysis.intent_confidence).quantize(Decimal("0.01")),
        metadata={**_metadata(turn), **draft.outcome.remarks},
    )


def _change(draft: _Draft) -> ConversationChange | None:
    """Return where the conversation stands now; the latest choices stay open until others are offered. The buttons of
    an alert that was changed in place are none: a number means what was asked last."""
    turn, outcome, conversation = draft.turn, draft.outcome, draft.turn.conversation
    if conversation is None:
        return None
    context = dict(conversation.context_data if outcome.context is None else outcome.context)
    offered = next((reply.choices for reply in reversed(draft.said) if reply.choices and not reply.replaces), None)
    choices = [asdict(choice) for choice in offered] if offered else conversation.context_data.get(CHOICES)
    if choices:
        context[CHOICES] = choices
    if offered:
        context.pop(HANDED_OVER, None)
    elif outcome.status is ConversationStatus.escalated:
        context[HANDED_OVER] = True
    letter = _letter(turn)
    return ConversationChange(
        id=conversation.id,
        version=conversation.version,
        context_data=context,
        current_state=outcome.state,
        status=outcome.status,
        escalated_at=turn.now if outcome.status is ConversationStatus.escalated else None,
        last_message_at=turn.now,
        messages=1 + sum(is_said(letter, reply) for reply in draft.said),
        guest_messages=1 if turn.guest else 0,
    )


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


def _contact(turn: Turn) -> str | None:
    """Return where the guest can be written to by hand, where the channel has such an address."""
    sender = turn.message.sender
    if turn.platform is Platform.telegram:
        return f"t.me/{sender.username}" if sender.username else None
    return f"wa.me/{sender.phone.removeprefix('+')}" if sender.phone else None


def _other_rooms(turn: Turn) -> tuple[str, ...]:
    """Return the rooms that the message names, where they are not the guest's own: somebody else's, or a mistake."""
    own = turn.stay.room_number if turn.stay else None
    return tuple(room for room in turn.analysis.named(EntityKind.room_number) if room != (own or "").upper())


def _what(message: IncomingMessage) -> str:
    """Return what a message without words is."""
    return message.attachments[0].kind.value if message.attachments else message.kind.value


def _metadata(turn: Turn) -> dict[str, Any]:
    """Return what a message was besides its text."""
    message = turn.message
    found: dict[str, Any] = {"kind": message.kind.value}
    if message.is_edit:
        found["is_edit"] = True
    if turn.opinion:
        found["judged_by"] = "remote"
    if turn.pressed:
        found["pressed"] = turn.pressed
    if message.location:
        found["location"] = asdict(message.location)
    if message.contact:
        found["contact"] = asdict(message.contact)
    return found
