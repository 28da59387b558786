"""Acting: verdicts are written down and messages queued, all those of a round at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import OutgoingMessage
from bot.outbox import Letter, enqueue_all
from bot.storage.repositories.firings import DecidedFiring, FiringRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import OutboxPurpose
from triggers.firing import Decision
from triggers.reach import Reach, Talk, open_talks


@dataclass(frozen=True, slots=True)
class Decided:
    """A firing, and what is to be done with it."""

    firing: FiringRecord
    decision: Decision


async def find_talks(uow: UnitOfWork, decided: Sequence[Decided], now: datetime) -> dict[Reach, Talk]:
    """Open the conversations of those that fire; one that somebody else is changing just now is missing."""
    guests = {one.decision.reach: one.firing.guest_id for one in reversed(decided) if one.decision.reach}
    return await open_talks(uow, guests, now) if guests else {}


def undisturbed(decided: Sequence[Decided], talks: Mapping[Reach, Talk]) -> list[Decided]:
    """Return what can be done now: nothing of a guest whose conversation is missing, since what one firing says bears
    on the next."""
    busy = {one.firing.guest_id for one in decided if one.decision.reach and one.decision.reach not in talks}
    return [one for one in decided if one.firing.guest_id not in busy]


async def act(uow: UnitOfWork, decided: Sequence[Decided], talks: Mapping[Reach, Talk], now: datetime) -> None:
    """Write the verdicts down, and queue the messages of those that fire, in the caller's transaction."""
    await uow.firings.decide_all([_line(one) for one in decided], now)
    parcels = [
        (_letter(one.firing, reach, talks[reach], now), OutgoingMessage(one.decision.text))
        for one in decided
        if (reach := one.decision.reach) is not None
    ]
    if parcels:
        await enqueue_all(uow, parcels, now)
        counts = Counter(letter.conversation_id for letter, _ in parcels if letter.conversation_id)
        await uow.conversations.count_all(counts, now)


def _line(decided: Decided) -> DecidedFiring:
    verdict = decided.decision.verdict
    return DecidedFiring(
        id=decided.firing.id,
        status=verdict.status,
        reason=verdict.reason,
        verdict=verdict.to_json(),
        due_at=decided.decision.postponed_to,
        done=[*decided.firing.done, *(action.to_json() for action in decided.decision.actions)],
    )


def _letter(firing: FiringRecord, reach: Reach, talk: Talk, now: datetime) -> Letter:
    return Letter(
        account_id=reach.account_id,
        chat_id=talk.chat_id,
        platform=reach.platform,
        purpose=OutboxPurpose.trigger,
        useful_for=firing.useful_until - now,
        correlation_id=firing.correlation_id,
        conversation_id=talk.conversation_id,
        guest_id=firing.guest_id,
        firing_id=firing.id,
    )
