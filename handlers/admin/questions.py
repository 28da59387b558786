"""The questions of the dialogue that makes a trigger, each with its buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.messages import Choice, OutgoingMessage
from handlers.admin.answers import ASKED_FIELDS, CHANGE, DONE, MOMENTS, NO_VALUE, ROOM_TYPE, UNHAPPY
from handlers.admin.asides import ask_languages, ask_limit, ask_limits, ask_translation
from handlers.admin.draft import LONGEST_NAME, Draft, Question, free_name
from handlers.admin.limits import Limit, limit_words
from handlers.admin.phrases import parse_span
from handlers.admin.words import beside_words, field_words, span_words, value_words, when_words, whether_words
from handlers.base import Turn
from models.enums import BookingStatus
from triggers.actions import ActionKind
from triggers.conditions import parse_conditions
from triggers.moments import parse_when
from triggers.premises import Premises
from triggers.rejections import RejectedTrigger
from triggers.templates import VARIABLES, render

PRESS = "new:"
CANCEL = f"{PRESS}cancel"
SAVE = f"{PRESS}save"
CHANGE_ANSWER = f"{PRESS}change:"
ASK_ROOM_TYPE = f"{PRESS}{Question.whether}:{ROOM_TYPE}"
CHANGEABLE = (
    Question.when,
    Question.whether,
    Question.text,
    Question.action,
    Question.name,
    Question.limits,
    Question.languages,
)
_LONGEST_VALUE = 64 - len(f"{PRESS}{Question.value}:")


@dataclass(frozen=True, slots=True)
class House:
    """What questions and answers need of the hotel: what it has, the names that are taken (lower case), and its usual
    room types."""

    premises: Premises
    names: frozenset[str] = frozenset()
    room_types: tuple[str, ...] = ()


def ask(turn: Turn, draft: Draft, house: House, note: str = "") -> OutgoingMessage:
    """Return the next question of a draft, below what is to be said first."""
    text, choices = _ASKERS[draft.question](turn, draft, house)
    cancel = turn.choice(CANCEL, "admin-button-cancel")
    return OutgoingMessage(f"{note}\n\n{text}" if note else text, choices=(*choices, cancel))


Asked = tuple[str, tuple[Choice, ...]]
Asker = Callable[[Turn, Draft, House], Asked]


def _ask_when(turn: Turn, draft: Draft, house: House) -> Asked:
    values = (*MOMENTS, UNHAPPY, CHANGE)
    choices = (Choice(_value(Question.when, value), turn.say("admin-new-moment", moment=value)) for value in values)
    return turn.say("admin-new-when"), tuple(choices)


def _ask_amount(turn: Turn, draft: Draft, house: House) -> Asked:
    moment = draft.moment or ""
    choices = (Choice(_value(Question.amount, usual), _distance(turn, usual)) for usual in MOMENTS[moment])
    return turn.say("admin-new-amount", moment=turn.say("admin-new-moment", moment=moment)), tuple(choices)


def _distance(turn: Turn, usual: str) -> str:
    span = parse_span(usual)
    assert span is not None, "the usual ones can be read"
    words = span_words(turn, span.unit.value, span.amount) if span.amount else turn.say("admin-new-at-once")
    return words if span.at is None else turn.say("admin-when-at", when=words, time=span.at)


def _ask_whether(turn: Turn, draft: Draft, house: House) -> Asked:
    fields = (Choice(_value(Question.whether, name), field_words(turn, name)) for name in ASKED_FIELDS)
    done = Choice(_value(Question.whether, DONE), turn.say("admin-new-no-more", any="yes" if draft.whether else "no"))
    text = turn.say("admin-new-whether", rule=_rule(turn, draft))
    return text, (done, *fields)


def _ask_value(turn: Turn, draft: Draft, house: House) -> Asked:
    name = draft.asked_field or ""
    choices = tuple(
        Choice(_value(Question.value, value), value_words(turn, name, value))
        for value in _usual_values(turn, name, house)
        if len(value.encode()) <= _LONGEST_VALUE
    )
    back = Choice(_value(Question.value, NO_VALUE), turn.say("admin-button-other-condition"))
    return turn.say("admin-new-value", field=field_words(turn, name)), (*choices, back)


def _usual_values(turn: Turn, name: str, house: House) -> tuple[str, ...]:
    if name == ROOM_TYPE:
        return house.room_types
    return tuple(BookingStatus) if name == "booking_status" else tuple(turn.texts.languages())


def _ask_text(turn: Turn, draft: Draft, house: House) -> Asked:
    return turn.say("admin-new-text", variables=", ".join(VARIABLES)), ()


def _ask_action(turn: Turn, draft: Draft, house: House) -> Asked:
    kinds = (
        Choice(_value(Question.action, kind), turn.say("admin-action-kind", kind=kind.value)) for kind in ActionKind
    )
    done = Choice(_value(Question.action, DONE), turn.say("admin-button-no-more-actions"))
    none = Choice(_value(Question.action, NO_VALUE), turn.say("admin-button-no-actions"))
    text = turn.say("admin-new-action", actions=beside_words(turn, draft.actions) or turn.say("admin-beside-nothing"))
    return text, (done, *kinds, *((none,) if draft.actions else ()))


def _ask_detail(turn: Turn, draft: Draft, house: House) -> Asked:
    back = Choice(_value(Question.detail, NO_VALUE), turn.say("admin-button-other-action"))
    return turn.say("admin-new-detail", kind=draft.asked_action or "", variables=", ".join(VARIABLES)), (back,)


def _ask_name(turn: Turn, draft: Draft, house: House) -> Asked:
    suggested = suggested_name(turn, draft, house)
    text = turn.say("admin-new-name", guest=str(VARIABLES["guest.name"]), preview=preview(turn, draft))
    return text, (Choice(_value(Question.name, ""), suggested), _change(turn, Question.text))


def _ask_confirm(turn: Turn, draft: Draft, house: House) -> Asked:
    beside = beside_words(turn, draft.actions)
    text = turn.say(
        "admin-new-confirm",
        name=draft.name,
        rule="\n".join([_rule(turn, draft), *_settled(turn, draft)]),
        preview="\n\n".join((preview(turn, draft), *((beside,) if beside else ()))),
        changes="yes" if draft.number else "no",
        number=str(draft.number or ""),
    )
    changes = (_change(turn, part) for part in CHANGEABLE)
    return text, (turn.choice(SAVE, "admin-button-save"), *changes)


def _settled(turn: Turn, draft: Draft) -> Iterator[str]:
    yield from (limit_words(turn, limit, draft.limits[limit]) for limit in Limit if limit in draft.limits)
    if draft.translations:
        yield turn.say("admin-new-translated", languages=", ".join(sorted(draft.translations)))


def _aside(question: Question, asker: Callable[[Turn, Draft], tuple[str, list[tuple[str, str]]]]) -> Asker:
    """Return what asks for something that can be settled beside the rest."""

    def asks(turn: Turn, draft: Draft, house: House) -> Asked:
        text, answers = asker(turn, draft)
        return text, tuple(Choice(_value(question, answer), label) for answer, label in answers)

    return asks


def _change(turn: Turn, question: Question) -> Choice:
    return Choice(f"{CHANGE_ANSWER}{question}", turn.say("admin-button-change", part=question.value))


def _value(question: Question, answer: str) -> str:
    return f"{PRESS}{question}:{answer}"


def _rule(turn: Turn, draft: Draft) -> str:
    """Say when and whether as far as is known: conditions come after a moment, and may still be none."""
    when = when_words(turn, parse_when(draft.kind, draft.when or {}))
    try:
        whether = whether_words(turn, parse_conditions(draft.kind, draft.conditions).whether)
    except RejectedTrigger:
        whether = turn.say("admin-whether-always")
    return turn.say("admin-rule", when=when, whether=whether)


def preview(turn: Turn, draft: Draft) -> str:
    """Return the text as an invented guest of this hotel would read it; as it is where the hotel's name makes it
    too long."""
    variables = {**VARIABLES, "hotel.name": turn.hotel.name}
    try:
        return render(draft.text, variables, turn.hotel.default_language, turn.zone)
    except RejectedTrigger:
        return draft.text


def suggested_name(turn: Turn, draft: Draft, house: House) -> str:
    """Return a name in the admin's words that no trigger has."""
    words = when_words(turn, parse_when(draft.kind, draft.when or {}))[: LONGEST_NAME - 5]
    return free_name(words, house.names)


_ASKERS: Mapping[Question, Asker] = {
    Question.when: _ask_when,
    Question.amount: _ask_amount,
    Question.whether: _ask_whether,
    Question.value: _ask_value,
    Question.text: _ask_text,
    Question.action: _ask_action,
    Question.detail: _ask_detail,
    Question.name: _ask_name,
    Question.limits: _aside(Question.limits, ask_limits),
    Question.limit: _aside(Question.limit, ask_limit),
    Question.languages: _aside(Question.languages, ask_languages),
    Question.translation: _aside(Question.translation, ask_translation),
    Question.confirm: _ask_confirm,
}
