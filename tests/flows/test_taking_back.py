"""Messages of triggers that could not leave at once: at night only what the guest waits for comes, and what is wanted
no more never does."""

from __future__ import annotations

from datetime import timedelta

from bot.app import House, open_house
from bot.messages import Platform
from models.enums import TriggerType
from tests.flows.house import ROOMS, Guest, Scene, eventually
from triggers.happenings import Happening

# The house opens at noon in UTC, which is 13:00 in Berlin.
SPA, READ = "The spa is ready!", "We have read it."
INTO_THE_NIGHT, INTO_THE_MORNING = timedelta(hours=10), timedelta(hours=9, minutes=30)


async def say(scene: Scene, house: House, event: str, says: str, name: str | None = None) -> None:
    """Let something happen to the guest in WhatsApp, and a trigger say so, with nobody there to send it."""
    conditions = {"event": event} if name is None else {"event": event, "name": name}
    async with house.database.unit(scene.hotel_id) as uow:
        await uow.triggers.add(says, TriggerType.event_based, conditions, says, useful_for=timedelta(days=1))
        ((stay, _),) = await uow.stays.by_number(f"BV-{ROOMS[Platform.whatsapp_green]}")
        happening = Happening(event, stay.guest_id, stay.id, "c0ffee", name=name)
        await house.engine.raise_events(uow, [happening])
        await house.engine.fire_due(uow, 10)


def heard(guest: Guest) -> list[str]:
    """Return what the guest was told of these tests' own triggers."""
    return [message.text for message in guest.said() if message.text in {SPA, READ}]


async def test_only_answers_come_at_night_when_the_channel_was_away_since_the_afternoon(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await say(scene, house, "external", SPA, name="spa_ready")
        await say(scene, house, "message_received", READ)
    scene.clock.move(INTO_THE_NIGHT)
    async with scene.serving():
        await scene.simulator.until(lambda: heard(guest))
        assert heard(guest) == [READ]

        async def waits() -> bool:
            query = "SELECT FROM trigger_firings WHERE status = 'postponed' AND reason = 'quiet_hours'"
            return len(await scene.rows(query)) == 1

        await eventually(waits)
        scene.clock.move(INTO_THE_MORNING)
        await scene.simulator.until(lambda: SPA in heard(guest))
    assert heard(guest) == [READ, SPA]
    assert not scene.alerts(), "nothing was lost"


async def test_what_is_just_leaving_leaves_when_the_night_begins(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    scene.clock.move(timedelta(hours=8, minutes=55))
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await say(scene, house, "external", SPA, name="spa_ready")
    scene.clock.move(timedelta(minutes=10))
    async with scene.serving():
        await scene.simulator.until(lambda: heard(guest))
    assert heard(guest) == [SPA]


async def test_nothing_is_heard_of_a_trigger_that_was_paused_while_the_channel_was_away(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await say(scene, house, "external", SPA, name="spa_ready")
        await say(scene, house, "message_received", READ)
        async with house.database.unit(scene.hotel_id) as uow:
            (spa,) = [one for one in await uow.triggers.all() if one.name == SPA]
            await uow.triggers.update(spa.id, is_active=False)
            await house.engine.plan_trigger(uow, spa.id, "c0ffee")
    scene.clock.move(timedelta(hours=2))
    async with scene.serving():
        await scene.simulator.until(lambda: heard(guest))
        assert heard(guest) == [READ], "what was said first would have come first"
    assert not scene.alerts(), "nothing was lost"
