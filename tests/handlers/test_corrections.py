"""Staff put right how a message was judged, where they see it."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.messages import OutgoingMessage
from bot.nlu.base import Intent
from bot.storage.repositories.corrections import CorrectionRecord
from bot.storage.repositories.notifications import NotificationRecord
from models.enums import NotificationType, SentimentType, Severity, UserRole
from tests.handlers.admins import Heard, Worker, audits_of, hire
from tests.handlers.conversing import House
from tests.handlers.test_staff import raise_alert

COMPLAINT = "The room is filthy and nobody answers"
MOODS = ["🔴 Complaint, needs us", "🟠 Unhappy, not urgent", "⚪ Not urgent", "🟢 Happy"]


async def complain(house: House, text: str = COMPLAINT) -> NotificationRecord:
    """Let a guest write what staff hear of; return the alert."""
    await house.person(name="Ann").write(text)
    async with house.database.unit(house.id) as uow:
        return (await uow.notifications.latest(1))[0]


async def correction_of(house: House, alert: NotificationRecord) -> CorrectionRecord | None:
    async with house.database.unit(house.id) as uow:
        assert alert.message_id is not None
        return await uow.corrections.get(alert.message_id)


async def staff(house: House, name: str = "Olga", language: str = "en") -> Worker:
    return (await hire(house, role=UserRole.staff, name=name, language=language)).in_group()


def edit(heard: Heard) -> OutgoingMessage:
    (found,) = [reply for reply in heard.replies if reply.replaces]
    return found


async def test_staff_put_an_alert_right_when_it_was_not_urgent(house: House) -> None:
    alert, olga = await complain(house), await staff(house)
    opened = edit(await olga.press(f"fix:{alert.id}"))
    assert [one.label for one in opened.choices] == [
        "I'm on it",
        f"✓ {MOODS[0]}",
        *MOODS[1:],
        "It is about…",
        "← Back",
    ]
    done = await olga.press(f"fix:{alert.id}:neutral")
    assert done.replies[0].text == "Noted, thank you."
    assert edit(done).text.endswith("\n\n✎ Olga, 13:00: ⚪ Not urgent")
    assert [one.label for one in edit(done).choices] == ["I'm on it", "✎ Put right"]
    kept = await correction_of(house, alert)
    assert kept is not None
    assert (kept.sentiment_type, kept.intent, kept.corrected_at) == (SentimentType.neutral, None, house.clock.now())
    async with house.database.unit(house.id) as uow:
        assert kept.corrected_by in [user.id for user in await uow.users.all()]


async def test_everybody_sees_both_when_the_intent_is_put_right_too(house: House) -> None:
    alert, olga, ivan = await complain(house), await staff(house), await staff(house, "Ivan", "ru")
    await olga.press(f"fix:{alert.id}:negative")
    intents = edit(await ivan.press(f"fix:{alert.id}:intents")).choices
    assert len(intents) == len(Intent) + 1
    done = await ivan.press(f"fix:{alert.id}:housekeeping")
    assert done.replies[0].text == "Записано, спасибо."
    assert edit(done).text.endswith("✎ Ivan, 13:00: 🟠 Unhappy, not urgent, Housekeeping"), "in the hotel's language"
    kept = await correction_of(house, alert)
    assert kept is not None
    assert (kept.sentiment_type, kept.intent) == (SentimentType.negative, "housekeeping")


async def test_who_changed_what_is_on_record_when_a_judgement_is_put_right(house: House) -> None:
    alert, olga = await complain(house), await staff(house)
    await olga.press(f"fix:{alert.id}:negative")
    await olga.press(f"fix:{alert.id}:positive")
    last, first = await audits_of(house)
    assert (first.action, first.metadata["old"]["sentiment_type"]) == ("message.correct", "requires_attention")
    assert [last.metadata[name]["sentiment_type"] for name in ("old", "new")] == ["negative", "positive"]
    assert last.user_id is not None
    assert COMPLAINT not in str(last)


async def test_both_stand_below_the_alert_when_it_was_taken_and_put_right(house: House) -> None:
    alert, olga = await complain(house), await staff(house)
    await olga.press(f"fix:{alert.id}:negative")
    taken = edit(await olga.press(f"ack:{alert.id}"))
    assert taken.text.endswith("\n\n✓ Olga, 13:00\n✎ Olga, 13:00: 🟠 Unhappy, not urgent")
    assert [one.label for one in taken.choices] == ["Done: let the bot answer", "✎ Put right"]
    opened = edit(await olga.press(f"fix:{alert.id}"))
    assert "I'm on it" not in [one.label for one in opened.choices]


async def test_the_alert_is_as_before_when_staff_go_back(house: House) -> None:
    alert, olga = await complain(house), await staff(house)
    await olga.press(f"fix:{alert.id}:intents")
    back = await olga.press(f"fix:{alert.id}:back")
    assert back.text == edit(back).text, "nothing is said beside it"
    assert [one.label for one in edit(back).choices] == ["I'm on it", "✎ Put right"]
    assert await correction_of(house, alert) is None


async def test_a_complaint_that_was_taken_for_a_question_can_be_named_one(house: House) -> None:
    alert, olga = await complain(house, "Is there a playground?"), await staff(house)
    assert alert.notification_type is NotificationType.urgent_request
    await olga.press(f"fix:{alert.id}:requires_attention")
    kept = await correction_of(house, alert)
    assert kept is not None
    assert kept.sentiment_type is SentimentType.requires_attention


@pytest.mark.parametrize("value", ["fix:", "fix:1", f"fix:{UUID(int=7)}:neutral", "fix:' OR 1=1", "fix:::"])
async def test_it_says_so_when_the_button_names_no_alert(house: House, value: str) -> None:
    heard = await (await staff(house)).press(value)
    assert [reply.text for reply in heard.replies] == ["I can't find this alert any more."]


async def test_it_says_so_when_the_alert_is_about_no_message(house: House) -> None:
    alert = await raise_alert(house)
    assert "can't find" in (await (await staff(house)).press(f"fix:{alert}:neutral")).replies[0].text


async def test_another_hotels_alert_is_not_found(house: House, other_house: House) -> None:
    alert = await complain(other_house)
    assert "can't find" in (await (await staff(house)).press(f"fix:{alert.id}:neutral")).replies[0].text
    assert await correction_of(other_house, alert) is None


async def test_stranger_is_refused_when_they_press_in_the_group(house: House) -> None:
    alert = await complain(house)
    stranger = Worker(house, house.person().platform, house.person().sender, "-1001")
    assert "own team" in (await stranger.press(f"fix:{alert.id}:neutral")).replies[0].text
    assert await correction_of(house, alert) is None


async def test_nothing_is_put_right_when_the_guest_forges_a_press(house: House) -> None:
    alert = await complain(house)
    assert "earlier message" in (await house.person().press(f"fix:{alert.id}:neutral")).text
    assert await correction_of(house, alert) is None


async def test_a_number_still_means_the_open_list_when_an_admin_opened_an_alerts_buttons(house: House) -> None:
    alert, admin = await complain(house), await hire(house)
    await house.person().write("Is there a playground?")
    await admin.write("/questions")
    await admin.press(f"fix:{alert.id}")
    assert "The question" in (await admin.write("1")).text
    assert await correction_of(house, alert) is None


async def test_staff_see_how_sure_the_bot_is_and_why_when_a_guest_is_unhappy(house: House) -> None:
    alert = await complain(house)
    assert alert.severity is Severity.critical
    assert "Because of: filthy and nobody answers (" in alert.content
    assert "% sure)" in alert.content


async def test_nothing_is_said_of_a_cause_when_no_mood_decided(house: House) -> None:
    assert "sure" not in (await complain(house, "Is there a playground?")).content
