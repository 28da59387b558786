"""Guests who turn out to be one person: every row about one of them becomes the other's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from bot.storage.repositories.base import Repository
from bot.storage.repositories.firings import PLANNED
from models import (
    Consent,
    Conversation,
    Guest,
    GuestIdentity,
    Message,
    ServiceRequest,
    StaffNotification,
    Stay,
    TriggerFiring,
    UnansweredQuestion,
)
from models.enums import FiringStatus

_RANK = {FiringStatus.fired: 2} | dict.fromkeys(PLANNED, 1)
_MOVED = (Stay, Conversation, Message, StaffNotification, ServiceRequest, TriggerFiring, UnansweredQuestion)


class Merges(Repository):
    async def merge(self, loser: UUID, winner: UUID, evidence: Mapping[str, Any]) -> UUID:
        """Let everything of `loser` belong to `winner`; the identities keep where they came from.

        Return the winner. Where one of the two was merged by somebody else at this very moment, it is whoever they
        turned out to be.
        """
        loser, winner = await self._hold(loser, winner)
        if loser == winner:
            return winner
        moved = {**evidence, "merged_from": str(loser)}
        await self._run(
            update(GuestIdentity)
            .where(self._own(GuestIdentity.hotel_id), GuestIdentity.guest_id == loser)
            .values(guest_id=winner, evidence=moved)
        )
        await self._repeat_consents(loser, winner)
        await self._move_plans(loser, winner)
        for statement in (_DROP_SPARE_QUESTIONS, _JOIN_MEMORIES, _JOIN_TAGS):
            await self._fetch(statement, self.hotel_id, loser, winner)
        for table in _MOVED:
            await self._run(
                update(table).where(self._own(table.hotel_id), table.guest_id == loser).values(guest_id=winner)
            )
        # Whoever turned out to be the loser before is the winner now.
        merged = or_(Guest.id == loser, Guest.merged_into == loser)
        await self._run(update(Guest).where(self._own(Guest.hotel_id), merged).values(merged_into=winner))
        return winner

    async def _hold(self, *guest_ids: UUID) -> list[UUID]:
        """Lock these guests, and return who each of them is by now."""
        held: dict[UUID, UUID] = {}
        wanted = set(guest_ids)
        while wanted:
            rows = await self._fetch(_HOLD, self.hotel_id, list(wanted))
            held |= {row["id"]: row["merged_into"] or row["id"] for row in rows}
            wanted = set(held.values()) - held.keys()
        return [held[guest_id] for guest_id in guest_ids]

    async def _move_plans(self, loser: UUID, winner: UUID) -> None:
        """Let what is said once a guest count for both: of a line that both have, the one that fired stays, or
        else the one that is still to come."""
        mine, other = aliased(TriggerFiring), aliased(TriggerFiring)
        pairs = select(mine.id, mine.status, other.id, other.status).where(
            self._own(mine.hotel_id),
            other.hotel_id == mine.hotel_id,
            mine.subject == winner,
            other.subject == loser,
            other.trigger_id == mine.trigger_id,
            other.occurrence == mine.occurrence,
        )
        spare = [
            other_id if _RANK.get(status, 0) >= _RANK.get(other_status, 0) else line_id
            for line_id, status, other_id, other_status in await self._run(pairs)
        ]
        lines = update(TriggerFiring).where(self._own(TriggerFiring.hotel_id))
        await self._run(
            lines.where(TriggerFiring.id.in_(spare), TriggerFiring.status.in_(PLANNED)).values(
                status=FiringStatus.cancelled, reason="already_fired"
            )
        )
        # A spare line keeps its place in the ledger, but stands for nobody any more.
        await self._run(lines.where(TriggerFiring.id.in_(spare)).values(subject=TriggerFiring.id))
        await self._run(lines.where(TriggerFiring.subject == loser).values(subject=winner))

    async def _repeat_consents(self, loser: UUID, winner: UUID) -> None:
        """Write the lines of one guest for another, too: a ledger is only added to."""
        said = (Consent.hotel_id, Consent.purpose, Consent.channel, Consent.state, Consent.source, Consent.at)
        lines = select(func.gen_random_uuid(), literal(winner), *said).where(
            self._own(Consent.hotel_id), Consent.guest_id == loser
        )
        names = ["id", "guest_id", *(column.key for column in said)]
        await self._run(insert(Consent).from_select(names, lines))


# In one order, so that two who merge the same guests can't deadlock.
_HOLD = """
    SELECT id, merged_into FROM guests WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
# Of a question that both asked, the newer wording stays.
_DROP_SPARE_QUESTIONS = """
    DELETE FROM unanswered_questions AS spare USING unanswered_questions AS kept
    WHERE spare.hotel_id = $1 AND kept.hotel_id = $1 AND spare.language = kept.language AND spare.topic = kept.topic
      AND ((spare.guest_id, kept.guest_id) IN (($2::uuid, $3::uuid), ($3::uuid, $2::uuid)))
      AND (spare.asked_at, spare.id) < (kept.asked_at, kept.id)
"""
# What is known of the winner goes before; who wanted no notifications still wants none.
_JOIN_MEMORIES = """
    WITH other AS (DELETE FROM guest_memories WHERE hotel_id = $1 AND guest_id = $2 RETURNING *)
    INSERT INTO guest_memories AS mine (
        hotel_id, guest_id, preferred_room, preferred_staff, preferred_time, preferred_service, language,
        allow_notifications, ltm_data
    )
    SELECT hotel_id, $3, preferred_room, preferred_staff, preferred_time, preferred_service, language,
           allow_notifications, ltm_data
    FROM other
    ON CONFLICT (hotel_id, guest_id) DO UPDATE SET
        preferred_room = coalesce(mine.preferred_room, excluded.preferred_room),
        preferred_staff = coalesce(mine.preferred_staff, excluded.preferred_staff),
        preferred_time = coalesce(mine.preferred_time, excluded.preferred_time),
        preferred_service = coalesce(mine.preferred_service, excluded.preferred_service),
        language = coalesce(mine.language, excluded.language),
        allow_notifications = mine.allow_notifications AND excluded.allow_notifications,
        ltm_data = excluded.ltm_data || mine.ltm_data,
        updated_at = now()
"""
_JOIN_TAGS = """
    UPDATE guests AS mine SET tags = mine.tags || ARRAY(
        SELECT tag FROM unnest(other.tags) WITH ORDINALITY AS put_on (tag, place)
        WHERE lower(tag) <> ALL (SELECT lower(known) FROM unnest(mine.tags) AS known) ORDER BY place
    )
    FROM guests AS other
    WHERE mine.hotel_id = $1 AND other.hotel_id = $1 AND other.id = $2 AND mine.id = $3 AND other.tags <> '{}'
"""
