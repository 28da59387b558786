"""An alert that needs a person reaches the staff group at once, however much else waits to go there."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from operator import attrgetter
from uuid import UUID

from bot.app import House, open_house
from bot.channels.telegram.client import TelegramChannel
from bot.enrolment import NewAccount, enrol_account
from bot.messages import OutgoingMessage, Platform
from bot.notifications import Alert, Desk, Subject
from bot.outbox import Letter, enqueue
from bot.pace import Pace
from bot.sending import Sender
from bot.simulator.chats import ChatMessage
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.storage.claims import IN_FLIGHT, OutboxLease
from bot.storage.repositories.stays import NewStay
from bot.texts import Texts
from bot.workers.outbox import HANDS
from models.enums import BookingStatus, NotificationType, OncePer, OutboxPurpose, Severity, TriggerType
from tests.bot.nlu.guests import SMOKE
from tests.flows.house import Scene, eventually
from triggers.engine import Engine
from triggers.happenings import StayChange

CROWD = 300
by_priority = attrgetter("priority")
HOUR = timedelta(hours=1)
QUESTIONS = [
    f"Is there a {place} nearby?"
    for place in ("museum", "zoo", "harbour", "market", "theatre", "castle", "lake", "casino", "library", "cinema")
]


def places(scene: Scene, words: str) -> list[int]:
    """Where the staff group reads these words, among all that it got."""
    return [place for place, text in enumerate(scene.alerts()) if words in text]


def refused(scene: Scene) -> list[str]:
    return [one.method for one in scene.simulator.history.of(server="telegram", kind=Kind.fail)]


async def raised(scene: Scene, number: int) -> None:
    """Wait until so many notifications are on their way."""
    await eventually(lambda: scene.rows("SELECT FROM staff_notifications HAVING count(*) >= $1", number))


async def read_before(scene: Scene, words: str) -> int:
    """Wait until an alert with these words waits to leave; return how many the staff group has got until then."""
    await eventually(lambda: scene.rows("SELECT FROM outbox WHERE content->>'text' LIKE $1", f"%{words}%"))
    return len(scene.alerts())


async def raise_all(scene: Scene, house: House, severity: Severity, *words: str) -> None:
    async with house.database.unit(scene.hotel_id) as uow:
        alerts = [
            Alert(NotificationType.system_alert, severity, "alert-title-notice", Subject(), said, "c0ffee")
            for said in words
        ]
        await house.desk.raise_alerts(uow, alerts)


async def test_smoke_is_what_staff_read_next_when_ten_questions_wait_for_the_groups_pace(scene: Scene) -> None:
    scene.simulator.telegram.pace.enabled = True
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        for question in QUESTIONS:
            guest.write(question)
        await raised(scene, len(QUESTIONS))
        guest.write(SMOKE["en"])
        before = await read_before(scene, SMOKE["en"])
        await scene.simulator.until(lambda: places(scene, SMOKE["en"]))
    (place,) = places(scene, SMOKE["en"])
    assert place <= before + 1 < len(QUESTIONS)
    assert refused(scene) == []


async def test_complaint_is_what_staff_read_next_when_a_trigger_has_told_them_of_300_guests(scene: Scene) -> None:
    scene.simulator.telegram.pace.enabled = True
    await _expect_a_crowd(scene)
    guest = scene.guest(Platform.telegram)
    async with scene.serving():
        scene.clock.move(3 * HOUR + timedelta(seconds=1))
        await raised(scene, CROWD)
        guest.write("The room is filthy and nobody answers")
        before = await read_before(scene, "filthy")
        await scene.simulator.until(lambda: places(scene, "filthy"))
    (place,) = places(scene, "filthy")
    assert place <= before + 1 < CROWD
    assert refused(scene) == []


async def _expect_a_crowd(scene: Scene) -> None:
    """Let 300 guests have checked in whom staff are told of three hours later."""
    async with scene.unit() as uow:
        notice = {"notify_staff": "{{ guest.name }} may need help with the luggage."}
        when = {"hours_after_checkin": 3}
        await uow.triggers.add("luggage", TriggerType.time_based, when, "", actions=[notice], once_per=OncePer.stay)
        now, changes = scene.clock.now(), list[StayChange]()
        for number in range(CROWD):
            guest = await uow.guests.add(f"Guest {number}")
            stay = NewStay(
                guest_id=guest.id,
                external_id=f"C-{number}",
                source="crowd",
                booking_status=BookingStatus.checked_in,
                check_in=now,
                check_out=now + timedelta(days=3),
                checked_in_at=now,
            )
            changes.append(StayChange(None, await uow.stays.save(stay)))
        await Engine(scene.clock, Desk(Texts(), scene.clock)).take_changes(uow, changes, "c0ffee")


async def test_each_kind_of_alert_arrives_in_its_order_when_all_come_together(scene: Scene) -> None:
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.info, "question 1", "question 2", "question 3")
        await raise_all(scene, house, Severity.critical, "smoke 1", "smoke 2")
        await scene.simulator.until(lambda: len(scene.alerts()) == 5)
    for kind, number in (("question", 3), ("smoke", 2)):
        found = [places(scene, f"{kind} {one + 1}") for one in range(number)]
        assert all(len(each) == 1 for each in found)
        assert all(one < next_one for one, next_one in pairwise(found))
    assert places(scene, "smoke 2") < places(scene, "question 3")


async def test_alerts_leave_no_gap_when_questions_have_used_what_the_group_may_get(scene: Scene) -> None:
    scene.simulator.telegram.pace.enabled = True
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.info, *QUESTIONS)
        await scene.simulator.until(lambda: len(scene.alerts()) == 3)
        await raise_all(scene, house, Severity.critical, "smoke 1", "smoke 2")
        await scene.simulator.until(lambda: places(scene, "smoke 2"))
    assert (places(scene, "smoke 1"), places(scene, "smoke 2")) == ([3], [4])
    *_, question, _, smoke = scene.simulator.history.of(method="sendMessage", kind=Kind.invoke)
    assert smoke.at - question.at < TelegramChannel.limits.group_gap / 2
    assert refused(scene) == []


async def test_alert_is_marked_as_taken_at_once_when_questions_wait_for_the_groups_pace(scene: Scene) -> None:
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.info, *QUESTIONS)
        await raise_all(scene, house, Severity.critical, "smoke in room 7")
        await scene.simulator.until(lambda: places(scene, "smoke"))
        (alert,) = [message for message in scene.alert_messages() if "smoke" in message.text]
        scene.simulator.telegram.press(scene.olga, alert, "I'm on it")
        await scene.simulator.until(lambda: places(scene, "✓ Olga"))
        still_waiting = len(QUESTIONS) - len([one for one in scene.alerts() if "smoke" not in one])
    assert places(scene, "✓ Olga") == places(scene, "smoke")
    assert still_waiting > len(QUESTIONS) // 2
    assert scene.simulator.history.of(method="answerCallbackQuery", kind=Kind.ok)


async def test_alert_waits_as_long_as_asked_when_the_provider_wants_quiet(scene: Scene) -> None:
    scene.simulator.telegram.faults.program(Fault.answer(429, retry_after=2), method="sendMessage")
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.info, "question")
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts WHERE rests_until IS NOT NULL"))
        await raise_all(scene, house, Severity.critical, "smoke")
        await scene.simulator.until(lambda: len(scene.alerts()) == 2)
    history = scene.simulator.history
    (busy,) = history.of(server="telegram", method="sendMessage", kind=Kind.fail)
    sends = history.of(server="telegram", method="sendMessage", kind=Kind.invoke)[1:]
    assert min(send.at for send in sends) - busy.at >= timedelta(seconds=2)
    assert places(scene, "smoke") == [0]


async def test_alert_is_said_again_ahead_of_questions_when_its_process_died_at_the_call(scene: Scene) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await raise_all(scene, house, Severity.info, *QUESTIONS)
        await raise_all(scene, house, Severity.critical, "smoke")
        urgent = await _die_at_the_call(scene, house)
    async with scene.serving():
        (again,) = await scene.simulator.until(lambda: _alerts_of(scene, "smoke"))
        arrived = len(scene.alerts())
    assert again.text.startswith("(Repeated")
    assert arrived < len(QUESTIONS)
    (row,) = await scene.rows("SELECT state FROM outbox WHERE id = $1", urgent.outbox_id)
    assert row["state"] == "in_doubt"
    assert not [one for one in scene.alerts() if scene.alerts().count(one) > 1]


async def _die_at_the_call(scene: Scene, house: House) -> OutboxLease:
    """Claim everything that may leave, and be gone when the urgent one was about to."""
    leases = await house.database.claims.claim_outbox(scene.clock.now(), 10)
    urgent = min(leases, key=by_priority)
    async with house.database.unit(scene.hotel_id) as uow:
        await uow.outbox.leased([urgent])
        await uow.outbox.begin_sending([urgent.outbox_id], scene.clock.now())
    await house.database.claims.renew([], [lease.token for lease in leases], lease=timedelta(seconds=-1))
    return urgent


def _alerts_of(scene: Scene, words: str) -> list[ChatMessage]:
    return [message for message in scene.alert_messages() if words in message.text]


async def test_group_gets_no_more_at_once_than_it_may_when_each_message_has_another_process(scene: Scene) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await raise_all(scene, house, Severity.info, *QUESTIONS[:3])
        for _ in range(3):
            await _send_by_another_process(scene, house)
        assert len(scene.alerts()) == 2
        await raise_all(scene, house, Severity.critical, "smoke")
        await _send_by_another_process(scene, house)
    assert places(scene, "smoke") == [2]


async def test_alert_leaves_at_once_when_the_databases_clock_was_set_back_by_an_hour(scene: Scene) -> None:
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.critical, "smoke 1")
        await scene.simulator.until(lambda: places(scene, "smoke 1"))
        await eventually(lambda: scene.rows("UPDATE chats SET paced_until = paced_until + $1 RETURNING id", HOUR))
        await raise_all(scene, house, Severity.critical, "smoke 2")
        await scene.simulator.until(lambda: places(scene, "smoke 2"))
    (group,) = await scene.rows("SELECT paced_until - now() AS ahead FROM chats WHERE address LIKE '-%'")
    assert group["ahead"] < HOUR / 2


async def _send_by_another_process(scene: Scene, house: House) -> None:
    """Let one that has sent nothing yet try what comes next."""
    (lease,) = await house.database.claims.claim_outbox(scene.clock.now(), 1)
    sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
    await sender.send(lease)
    await sender.close()


async def test_alert_leaves_at_once_when_every_other_call_meets_silence(scene: Scene) -> None:
    green = scene.simulator.green
    async with scene.serving() as house:
        numbers = [await _connect_another_number(scene, house, each) for each in range(HANDS // IN_FLIGHT)]
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
        green.faults.program(Fault.silence(), method="sendMessage", times=None)
        for account_id in numbers:
            await _answer_guests(scene, house, account_id)
        await scene.simulator.until(
            lambda: len(scene.simulator.history.of(method="sendMessage", kind=Kind.invoke)) == HANDS
        )
        await raise_all(scene, house, Severity.critical, "smoke")
        await scene.simulator.until(lambda: places(scene, "smoke"))
        assert len(await scene.rows("SELECT FROM outbox WHERE state = 'sending' AND purpose = 'reply'")) == HANDS


async def _connect_another_number(scene: Scene, house: House, number: int) -> UUID:
    instance, token, phone = 1101000100 + number, f"token0123456789{number}", f"+49309001010{number}"
    scene.simulator.green.add_instance(instance, token, phone)
    account = NewAccount(Platform.whatsapp_green, phone, {"id_instance": str(instance), "api_token": token})
    async with house.database.unit(scene.hotel_id) as uow:
        return (await enrol_account(uow, scene.keys(), account))[0]


async def _answer_guests(scene: Scene, house: House, account_id: UUID) -> None:
    """Let as many answers wait as an account may have on their way."""
    async with house.database.unit(scene.hotel_id) as uow:
        for guest in range(IN_FLIGHT):
            chat = await uow.chats.at(account_id, f"7900123450{guest}@c.us")
            letter = Letter(account_id, chat, Platform.whatsapp_green, OutboxPurpose.reply, HOUR, "c0ffee")
            await enqueue(uow, letter, OutgoingMessage("Breakfast is from 7:00."), scene.clock.now())
