"""A hotel to plan and fire in: its clock, its guests and stays, and what its guests were told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.clock import FixedClock
from bot.messages import Platform
from bot.notifications import Desk
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.notifications import NotificationRecord
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from models import Chat, OutboxMessage, TriggerFiring
from models.enums import BookingStatus, IdentityKind, TriggerType
from tests.factories import texts
from triggers.engine import Engine
from triggers.happenings import Happening, StayChange
from triggers.planning import PlanDiff

# A Friday; 13:00 in Berlin, and winter time.
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AFTER_CHECKIN = {"hours_after_checkin": 2}
SUITE = {"room_type": "suite", "booking_status": "confirmed"}
# What triggers of these tests are about that wait for a state, and not for a time or an event.
_STATES = {*SUITE, "guest.language", "guest.stays_count", "guest.tags"}


@dataclass(frozen=True, slots=True)
class HotelDesk:
    """One hotel with a WhatsApp number and a Telegram bot."""

    id: UUID
    database: Database
    clock: FixedClock
    engine: Engine
    accounts: dict[Platform, UUID]

    async def trigger(self, conditions: dict[str, Any], says: str = "Welcome!", **values: Any) -> TriggerRecord:
        """Make a trigger of the kind that its conditions are of, and plan it."""
        kind = TriggerType.event_based if "event" in conditions else TriggerType.time_based
        kind = TriggerType.condition_based if conditions.keys() <= _STATES else kind
        async with self.database.unit(self.id) as uow:
            name = values.pop("name", f"trigger {uuid4()}")
            made = await uow.triggers.add(name, kind, conditions, says, **values)
            await self.engine.plan_trigger(uow, made.id, "c-1")
        return made

    async def change_trigger(self, trigger: TriggerRecord, **values: Any) -> PlanDiff:
        async with self.database.unit(self.id) as uow:
            await uow.triggers.update(trigger.id, **values)
            return await self.engine.plan_trigger(uow, trigger.id, "c-1")

    async def guest(self, name: str = "Anna Petrova", phone: str | None = "+491511234567", **values: Any) -> UUID:
        """Add a guest who never wrote, and can be reached by phone."""
        async with self.database.unit(self.id) as uow:
            guest = await uow.guests.add(name, values.pop("language", None))
            if phone:
                await uow.guests.identify(guest.id, Identity(IdentityKind.phone, phone), {"by": "import"})
            if values:
                await uow.guests.update(guest.id, **values)
        return guest.id

    async def writes(self, guest_id: UUID, platform: Platform = Platform.telegram, address: str = "501") -> UUID:
        """Let the guest have written in a chat; return the chat's id."""
        async with self.database.unit(self.id) as uow:
            chat_id = await uow.chats.at(self.accounts[platform], address)
            await uow.conversations.begin_all({chat_id: guest_id}, self.clock.now())
        return chat_id

    async def stay(self, guest_id: UUID | None = None, number: str = "BK-1", **changes: Any) -> StayRecord:
        """Save a stay that begins now unless told else, and plan what follows from it."""
        return (await self.saves(guest_id or await self.guest(), number, **changes))[0]

    async def saves(self, guest_id: UUID, number: str = "BK-1", **changes: Any) -> tuple[StayRecord, PlanDiff]:
        stay = NewStay(
            guest_id=guest_id,
            external_id=number,
            source="csv",
            booking_status=BookingStatus.confirmed,
            check_in=self.clock.now(),
            check_out=self.clock.now() + timedelta(days=3),
            room_type="double",
            room_number="12",
        )
        async with self.database.unit(self.id) as uow:
            before = (await uow.stays.keyed([(stay.source, number)])).get((stay.source, number))
            saved = await uow.stays.save(replace(stay, **changes))
            return saved, await self.engine.take_changes(uow, [StayChange(before, saved)], "c-1")

    async def change(self, stay: StayRecord, **changes: Any) -> PlanDiff:
        """Change a saved stay, and its plan with it."""
        async with self.database.unit(self.id) as uow:
            (before,) = await uow.stays.with_ids([stay.id])
            await uow.stays.update(stay.id, **changes)
            (after,) = await uow.stays.with_ids([stay.id])
            return await self.engine.take_changes(uow, [StayChange(before, after)], "c-2")

    async def happens(self, event: str, guest_id: UUID, stay: StayRecord | None = None, **facts: Any) -> int:
        happening = Happening(
            event, guest_id, stay.id if stay else None, "c-3", {f"message.{k}": v for k, v in facts.items()}
        )
        async with self.database.unit(self.id) as uow:
            return await self.engine.raise_events(uow, [happening])

    async def tick(self, at: datetime | None = None, limit: int = 100) -> int:
        """Let the scheduler wake the engine, at another time where one is given."""
        if at is not None:
            self.clock.set(at)
        async with self.database.unit(self.id) as uow:
            return await self.engine.fire_due(uow, limit)

    async def told(self) -> list[str]:
        """Return what is about to leave for guests, in the order it was said."""
        async with self.database.unit(self.id) as uow:
            rows = await self._outbox(uow)
        return [text for _, text in rows]

    async def addresses(self) -> list[str]:
        """Return the chats that guests are written to in."""
        async with self.database.unit(self.id) as uow:
            rows = await self._outbox(uow)
        return [address for address, _ in rows]

    async def _outbox(self, uow: UnitOfWork) -> list[tuple[str, str]]:
        statement = (
            select(Chat.address, OutboxMessage.content)
            .join(Chat, Chat.id == OutboxMessage.chat_id)
            .where(OutboxMessage.firing_id.is_not(None))
            .order_by(OutboxMessage.id)
        )
        return [(row.address, row.content["text"]) for row in await uow.connection.execute(statement)]

    async def lines(self, trigger: TriggerRecord | None = None) -> list[FiringRecord]:
        """Return the ledger, earliest due first."""
        columns = [getattr(TriggerFiring, name) for name in FiringRecord.__slots__]
        statement = select(*columns).order_by(TriggerFiring.due_at, TriggerFiring.id)
        if trigger is not None:
            statement = statement.where(TriggerFiring.trigger_id == trigger.id)
        async with self.database.unit(self.id) as uow:
            return [FiringRecord(*row) for row in await uow.connection.execute(statement)]

    async def states(self, trigger: TriggerRecord | None = None) -> list[tuple[str, str | None]]:
        """Return status and reason of every line."""
        return [(line.status.value, line.reason) for line in await self.lines(trigger)]

    async def alerts(self) -> list[NotificationRecord]:
        async with self.database.unit(self.id) as uow:
            return await uow.notifications.latest()


async def open_hotel(database: Database, slug: str, **settings: Any) -> HotelDesk:
    """Open a hotel in Berlin at noon."""
    hotel_id, clock = uuid4(), FixedClock(NOON)
    async with database.unit(hotel_id) as uow:
        await uow.hotels.add(f"Hotel {slug}", slug, "Europe/Berlin", "en")
        await uow.hotels.save_settings(settings)
        accounts = {
            platform: await uow.accounts.add(platform, f"{slug}-{platform}", uuid4(), b"x", "k1", uuid4().bytes * 2)
            for platform in Platform
        }
    return HotelDesk(hotel_id, database, clock, Engine(clock, Desk(texts(), clock)), accounts)
