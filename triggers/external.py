"""Events that the hotel's other systems tell of: whom they are about, and that each is heard once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.errors import RejectedInput
from bot.storage.repositories.api import ApiRequestRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.dossiers import nearest_stay
from triggers.engine import Engine
from triggers.happenings import Happening
from triggers.rules import OVER


class UnknownSubject(RejectedInput):
    """There is no such booking or guest in this hotel: import the stay first, or correct the number."""


class AmbiguousBooking(RejectedInput):
    """Several sources have a booking of this number: name the source."""


class ReusedKey(RejectedInput):
    """The idempotency key came before with another body: give each event a key of its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was told. It is about a booking, by its number, or about the guest with this phone (E.164)."""

    name: str
    booking: str | None = None
    source: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it: how many messages were planned, now or when the same was told before."""

    planned: int
    correlation_id: str
    is_repeated: bool = False


async def hear(uow: UnitOfWork, engine: Engine, told: Told, now: datetime, correlation_id: str) -> int:
    """Raise an event in the caller's transaction; return how many messages that planned.

    Raises UnknownSubject and AmbiguousBooking.
    """
    guest_id, stay_id = await (_by_booking(uow, told) if told.booking else _by_phone(uow, told, now))
    happening = Happening("external", guest_id, stay_id, correlation_id, name=told.name)
    return await engine.raise_events(uow, [happening])


async def hear_once(
    uow: UnitOfWork, engine: Engine, told: Told, now: datetime, key: str, request: ApiRequestRecord
) -> Heard:
    """Raise an event unless it was told before under the same key. Raises ReusedKey, and what `hear` does."""
    earlier = await uow.api_requests.begin(key, request, now)
    if earlier is not None and earlier.body_hash != request.body_hash:
        raise ReusedKey("this idempotency key came before with another body")
    if earlier is not None:
        return Heard(earlier.planned, earlier.correlation_id, is_repeated=True)
    planned = await hear(uow, engine, told, now, request.correlation_id)
    await uow.api_requests.finish(key, planned)
    return Heard(planned, request.correlation_id)


async def _by_booking(uow: UnitOfWork, told: Told) -> tuple[UUID, UUID]:
    assert told.booking is not None, "asked before"
    found = [stay for stay, _ in await uow.stays.by_number(told.booking) if told.source in {None, stay.source}]
    if not found:
        raise UnknownSubject("there is no such booking")
    if len(found) > 1:
        raise AmbiguousBooking("several sources have a booking of this number: name the source")
    return found[0].guest_id, found[0].id


async def _by_phone(uow: UnitOfWork, told: Told, now: datetime) -> tuple[UUID, UUID | None]:
    assert told.phone is not None, "asked before"
    guest_id = (await uow.guests.by_phones([told.phone])).get(told.phone)
    if guest_id is None:
        raise UnknownSubject("there is no guest with this phone number")
    alive = [stay for stay in await uow.stays.of_guest(guest_id) if stay.booking_status not in OVER]
    stay = nearest_stay(alive, now)
    return guest_id, stay.id if stay else None
