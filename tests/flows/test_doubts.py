"""What is in doubt at one provider is settled there, however long another takes to answer, in any hotel."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from bot.app import House
from bot.enrolment import NewAccount, enrol_account, enrol_hotel
from bot.messages import Platform
from bot.notifications import Alert, Subject
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from models.enums import NotificationType, Severity, UserRole
from tests.flows.house import Scene

SECOND_TOKEN = "700000002:second-second-second-second-second"


async def test_alert_is_said_again_when_another_hotels_provider_says_nothing_of_what_is_in_doubt_there(
    scene: Scene,
) -> None:
    telegram, green, history = scene.simulator.telegram, scene.simulator.green, scene.simulator.history
    second = telegram.add_bot(SECOND_TOKEN, "second_bot")
    telegram.befriend(scene.maria, second)
    green.faults.program(Fault.reset(), method="sendInteractiveButtonsReply")
    green.faults.program(Fault.silence(), method="showMessagesQueue", times=None)
    async with scene.serving() as house:
        scene.guest(Platform.whatsapp_green).write("What is the wifi password?")
        await scene.simulator.until(lambda: history.of(method="showMessagesQueue", kind=Kind.invoke))
        hotel_id = await _enrol_second_hotel(scene, house)
        await _die_at_an_alert(scene, house, hotel_id)
        (alert,) = await scene.simulator.until(lambda: telegram.chat(second, scene.maria).from_bot())
    assert alert.text.startswith("(Repeated")
    assert "smoke" in alert.text


async def test_alert_is_said_again_when_the_other_provider_says_nothing_of_what_is_in_doubt_there(
    scene: Scene,
) -> None:
    green, history = scene.simulator.green, scene.simulator.history
    green.faults.program(Fault.reset(), method="sendInteractiveButtonsReply")
    green.faults.program(Fault.silence(), method="showMessagesQueue", times=None)
    async with scene.serving() as house:
        scene.guest(Platform.whatsapp_green).write("What is the wifi password?")
        await scene.simulator.until(lambda: history.of(method="showMessagesQueue", kind=Kind.invoke))
        await _die_at_an_alert(scene, house, scene.hotel_id)
        (alert,) = await scene.simulator.until(scene.alerts)
    assert alert.startswith("(Repeated")
    assert "smoke" in alert


async def _enrol_second_hotel(scene: Scene, house: House) -> UUID:
    hotel_id = await enrol_hotel(house.database, "Hotel Adler", "adler", "Europe/Berlin", "en")
    async with house.database.unit(hotel_id) as uow:
        account = NewAccount(Platform.telegram, "@second_bot", {"bot_token": SECOND_TOKEN})
        await enrol_account(uow, scene.keys(), account)
        await uow.users.add("Maria", UserRole.admin, scene.maria.id, None, "en")
    return hotel_id


async def _die_at_an_alert(scene: Scene, house: House, hotel_id: UUID) -> None:
    """Let a process stand still that was just about to tell of smoke."""
    async with house.database.unit(hotel_id) as uow:
        subject, kind = Subject(), NotificationType.system_alert
        alert = Alert(kind, Severity.critical, "alert-title-notice", subject, "smoke in room 7", "c0ffee")
        await house.desk.raise_alerts(uow, [alert])
        await uow.connection.execute(
            text(
                "UPDATE outbox SET state = 'sending', lease_token = gen_random_uuid(), leased_until = now(), "
                "attempts = 1, sending_at = :now WHERE hotel_id = :hotel_id AND state = 'queued'"
            ),
            {"now": scene.clock.now(), "hotel_id": hotel_id},
        )
