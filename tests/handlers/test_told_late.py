"""What guests wrote while nobody of the hotel could be told: told as soon as somebody can be."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import Chat, OutboxMessage
from models.enums import NotificationStatus, OutboxPurpose, UserRole
from tests.handlers.conversing import House
from tests.handlers.test_staff import GROUP, hire, in_group

COMPLAINT = "The room is filthy and nobody answers"


async def told(house: House) -> list[str]:
    """Return where alerts are on their way to, in order."""
    letters = (
        select(Chat.address)
        .join(OutboxMessage, OutboxMessage.chat_id == Chat.id)
        .where(OutboxMessage.purpose == OutboxPurpose.notification)
        .order_by(OutboxMessage.id)
    )
    async with house.database.unit(house.id) as uow:
        return list((await uow.connection.execute(letters)).scalars())


async def statuses(house: House) -> list[NotificationStatus]:
    async with house.database.unit(house.id) as uow:
        return [alert.status for alert in await uow.notifications.latest()]


async def test_an_admin_is_told_once_when_they_first_write_to_the_bot(house: House) -> None:
    await house.person().write(COMPLAINT)
    assert await statuses(house) == [NotificationStatus.failed], "there was nobody to tell"
    maria = await hire(house, "Maria", 7002, UserRole.admin)

    await maria.write("/start")
    await maria.write("/help")

    assert await told(house) == ["7002"]
    assert await statuses(house) == [NotificationStatus.pending]


async def test_the_group_is_told_when_it_becomes_the_staff_chat(house: House) -> None:
    await house.person().write(COMPLAINT)
    maria = await hire(house, "Maria", 7002, UserRole.admin)
    await maria.write("/staffchat", **in_group())
    assert await told(house) == [GROUP]


async def test_nobody_is_told_when_it_is_not_theirs_to_hear_or_a_day_old(house: House) -> None:
    guest = house.person()
    await guest.write(COMPLAINT)
    olga = await hire(house, "Olga", 7001)
    await olga.write("/start")
    await guest.write("Hello?")
    assert await told(house) == []

    house.clock.move(timedelta(days=1, minutes=1))
    maria = await hire(house, "Maria", 7002, UserRole.admin)
    await maria.write("/start")
    assert await told(house) == []


async def test_another_hotels_admin_hears_nothing_of_it(house: House, other_house: House) -> None:
    await house.person().write(COMPLAINT)
    hans = await hire(other_house, "Hans", 7002, UserRole.admin)
    await hans.write("/start")
    assert await told(house) == await told(other_house) == []
