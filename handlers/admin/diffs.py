"""What a change made of the plan, as rows: the first messages with whom and when, the others counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.words import diff_words, moment_words
from handlers.base import Turn
from triggers.planning import PlanDiff


async def diff_told(uow: UnitOfWork, turn: Turn, diff: PlanDiff) -> str:
    """Say how many messages were added, moved and cancelled, and which come first."""
    return "\n".join([diff_words(turn, diff), *await diff_rows(uow, turn, diff)])


async def diff_rows(uow: UnitOfWork, turn: Turn, diff: PlanDiff) -> list[str]:
    """Return a row for each of the first messages of a diff, and how many there are beside."""
    lines = [line for found in diff.first.values() for line in found]
    guests = await uow.guests.with_ids({line.guest_id for line in lines})
    stays = {stay.id: stay for stay in await uow.stays.with_ids([line.stay_id for line in lines if line.stay_id])}
    return list(_rows(turn, diff, guests, stays))


def _rows(
    turn: Turn, diff: PlanDiff, guests: Mapping[UUID, GuestRecord], stays: Mapping[UUID, StayRecord]
) -> Iterator[str]:
    for kind, lines in diff.first.items():
        for line in lines:
            stay = stays.get(line.stay_id) if line.stay_id else None
            yield turn.say(
                "admin-diff-line",
                done=kind,
                time=moment_words(turn, line.due_at),
                guest=guests[line.guest_id].name or turn.say("admin-guest-nameless"),
                booking=stay.external_id if stay else turn.say("admin-value-unknown"),
            )
        if more := diff.counts[kind] - len(lines):
            yield turn.say("admin-import-more", count=more)
