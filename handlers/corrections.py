"""Putting right how a guest's message was judged, below the alert that shows it.

The first button opens the moods, a second one the intents; whichever is chosen is kept with who chose it and when,
and shown to everybody below the alert. The model learns it when it is trained with what was exported.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import Choice, OutgoingMessage
from bot.nlu.base import Intent
from bot.notifications import CORRECT
from bot.storage.repositories.corrections import CorrectionRecord, JudgedRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.alerts import HouseVoice, ShownAlert, note, of_the_house, read_alert, rewritten, usual_choices
from handlers.base import Outcome, Turn
from models.enums import NotificationStatus, SentimentType

# What a button says behind the alert's id, beside the name of a mood or an intent.
_INTENTS, _BACK = "intents", "back"
# As pressing as it is first.
_MOODS = (SentimentType.requires_attention, SentimentType.negative, SentimentType.neutral, SentimentType.positive)


@dataclass(frozen=True, slots=True)
class Correct:
    """Keep how somebody judges a message, and say so below the alert."""

    alert: ShownAlert
    mood: SentimentType | None = None
    intent: Intent | None = None

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        message_id = self.alert.notification.message_id
        assert turn.user is not None, "only the hotel's own people are routed here"
        assert message_id is not None, "it was judged"
        before = await uow.corrections.judged(message_id)
        await uow.corrections.save(CorrectionRecord(message_id, self.mood, self.intent, turn.user.id, turn.now))
        after = await uow.corrections.judged(message_id)
        await uow.audits.add(
            "message.correct",
            "How a guest's message is judged was put right",
            turn.now,
            user_id=turn.user.id,
            metadata={"message_id": str(message_id), "old": _plain(before), "new": _plain(after)},
            correlation_id=turn.correlation_id,
        )
        shown = await read_alert(uow, turn, str(self.alert.notification.id))
        assert shown is not None, "a notification is never removed"
        return (*note(turn, turn.say("staff-corrected")), *rewritten(turn, shown))


class CorrectJudgement:
    """Answers the buttons by which a judgement is put right."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> ShownAlert | None:
        return await read_alert(uow, turn, _parts(turn)[0])

    def think(self, turn: Turn, loaded: ShownAlert | None) -> Outcome:
        if loaded is None or loaded.judged is None:
            return Outcome(note(turn, turn.say("staff-not-found")))
        _, chosen = _parts(turn)
        if chosen in frozenset(SentimentType):
            return Outcome(effects=(Correct(loaded, mood=SentimentType(chosen)),))
        if chosen in frozenset(Intent):
            return Outcome(effects=(Correct(loaded, intent=Intent(chosen)),))
        choices = {_INTENTS: _intents, _BACK: usual_choices}.get(chosen, _moods)(of_the_house(turn), loaded)
        return Outcome((*_silent(turn), *rewritten(turn, loaded, choices)))


def _parts(turn: Turn) -> tuple[str, str]:
    """Return the alert's id and what was chosen, nothing at first."""
    notification_id, _, chosen = (turn.pressed or "").removeprefix(CORRECT).partition(":")
    return notification_id, chosen


def _silent(turn: Turn) -> tuple[OutgoingMessage, ...]:
    """Stop the spinner, where there is one."""
    return note(turn, "") if turn.message.press_id else ()


def _moods(house: HouseVoice, alert: ShownAlert) -> tuple[Choice, ...]:
    """The moods, the present one marked; whoever looks at the alert may still take it."""
    assert alert.judged is not None, "the handler has asked"
    now = alert.judged.sentiment_type
    moods = (
        _choice(house, alert, mood.value, house.say("staff-mood", mood=mood.value), mood is now) for mood in _MOODS
    )
    intents = _choice(house, alert, _INTENTS, house.say("staff-button-intents"))
    take = () if alert.notification.status is NotificationStatus.acknowledged else usual_choices(house, alert)[:1]
    return (*take, *moods, intents, _choice(house, alert, _BACK, house.say("staff-button-back")))


def _intents(house: HouseVoice, alert: ShownAlert) -> tuple[Choice, ...]:
    assert alert.judged is not None, "the handler has asked"
    now = alert.judged.intent
    intents = (
        _choice(house, alert, intent.value, house.say("staff-intent", intent=intent.value), intent == now)
        for intent in Intent
    )
    return (*intents, _choice(house, alert, "", house.say("staff-button-back")))


def _choice(house: HouseVoice, alert: ShownAlert, value: str, label: str, is_now: bool = False) -> Choice:
    return Choice(f"{CORRECT}{alert.notification.id}:{value}", f"✓ {label}" if is_now else label)


def _plain(judged: JudgedRecord | None) -> dict[str, str | None]:
    assert judged is not None, "the handler has asked"
    return {"sentiment_type": judged.sentiment_type.value, "intent": judged.intent}
