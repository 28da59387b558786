"""What a guest's own messages make of the hotel's triggers."""

from __future__ import annotations

from uuid import UUID

from bot.messages import Platform
from bot.storage.repositories.firings import FiringRecord
from models.enums import FiringStatus, TriggerType
from tests.handlers.conversing import House, Person

PHONE = "+491511234567"


async def add_trigger(house: House, kind: TriggerType, conditions: dict[str, str]) -> UUID:
    async with house.database.unit(house.id) as uow:
        return (await uow.triggers.add("hello", kind, conditions, "Hello!")).id


async def planned(house: House, trigger: UUID) -> list[FiringRecord]:
    async with house.database.unit(house.id) as uow:
        return await uow.firings.planned(trigger)


def booked_guest(house: House) -> Person:
    return house.person(Platform.whatsapp_green, phone=PHONE, language=None)


async def test_trigger_is_planned_when_a_guests_language_is_learned_from_their_words(house: House) -> None:
    stay = await house.book("Anna Petrova", phone=PHONE)
    trigger = await add_trigger(house, TriggerType.condition_based, {"guest.language": "ru"})
    guest = booked_guest(house)
    await guest.write("ok")
    assert await planned(house, trigger) == []
    await guest.write("Здравствуйте, какой пароль от wifi?")
    assert [line.stay_id for line in await planned(house, trigger)] == [stay.id]


async def test_unhappy_guest_without_a_stay_is_planned_for_when_a_trigger_waits_for_them(
    house: House, other_house: House
) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "negative_sentiment"})
    foreign = await add_trigger(other_house, TriggerType.event_based, {"event": "negative_sentiment"})
    guest = house.person()
    await guest.write("The room is filthy and nobody answers")
    (line,) = await planned(house, trigger)
    assert (line.guest_id, line.stay_id, line.status) == (await guest.guest_id(), None, FiringStatus.scheduled)
    assert await planned(other_house, foreign) == []


async def test_nothing_is_planned_for_the_unhappy_when_a_guest_only_tells_their_surname(house: House) -> None:
    await house.book("John Burns")
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "negative_sentiment"})
    guest = house.person()
    await guest.press("menu:link")
    await guest.write("BK-1001")
    await guest.write("Burns")
    assert await planned(house, trigger) == []
