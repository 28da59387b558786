"""What an answer makes of a draft. Each is checked at once, so that a mistake is named where it was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.storage.repositories.triggers import TriggerRecord
from handlers.admin.action_phrases import action_with, parse_actions_text, split_actions
from handlers.admin.asides import limited, take_languages, take_limit, take_limits, take_translation, translated
from handlers.admin.draft import LONGEST_NAME, Draft, Question
from handlers.admin.limits import limits_of, split_limits
from handlers.admin.phrases import (
    Unclear,
    joined,
    kind_of,
    parse_conditions_text,
    parse_span,
    parse_value,
    split_when,
)
from models.enums import TriggerType
from triggers.actions import ActionKind, parse_actions
from triggers.base import Anchor
from triggers.clauses import Conditions
from triggers.conditions import parse_conditions
from triggers.exchange.reading import read_entry
from triggers.feasibility import check_feasible
from triggers.moments import parse_when
from triggers.premises import Premises
from triggers.rejections import Problem, RejectedTrigger
from triggers.rules import check, read
from triggers.templates import check_template

# Moments of the stay whose distance is asked for next, with the usual distances.
MOMENTS: Mapping[str, tuple[str, ...]] = {
    "after_checkin": ("0", "30m", "2h", "1d 10:00"),
    "before_checkin": ("2h", "1d 18:00", "3d 10:00"),
    "before_checkout": ("2h", "1d 18:00"),
    "after_checkout": ("2h", "1d 12:00", "3d 12:00"),
    "after_booking": ("0", "1h", "1d 10:00"),
}
UNHAPPY = "negative_sentiment"
CHANGE = "change"
DONE = "done"
NO_VALUE = "-"
ROOM_TYPE = "room_type"
ASKED_FIELDS = (ROOM_TYPE, "booking_status", "guest.language")

_TEXT_LINE = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]{2,8})*|text|текст):\s*(.+)", re.DOTALL | re.IGNORECASE)
_OWN_TEXT = frozenset({"text", "текст"})
_SHORT_FORM = re.compile(r"([^:\n]+):\s*(\{.*?\}(?=:\s)|.+?):\s+(.+)", re.DOTALL)


def take(draft: Draft, question: Question, answer: str) -> Draft:
    """Return the draft with this answer. Raises Unclear and RejectedTrigger."""
    return _TAKERS[question](draft, answer.strip())


def read_short_form(text: str) -> Draft:
    """Return the whole draft that `name: conditions: text` describes. Raises Unclear and RejectedTrigger."""
    parts = _SHORT_FORM.fullmatch(text.strip())
    if parts is None:
        raise Unclear(text)
    limits, conditions = split_limits(parse_conditions_text(parts[2]))
    when, whether = split_when(conditions)
    text, actions = split_actions(parts[3].strip())
    draft = Draft(
        kind_of(conditions),
        when,
        whether=whether,
        is_whole=True,
        text=text,
        name=_name(parts[1]),
        actions=actions,
    )
    draft = limited(draft, limits)
    check_whole(draft)
    return draft


def read_change(draft: Draft, line: str) -> Draft:
    """Return the draft with what a line changes: conditions, limits, or a text by its language. Raises Unclear and
    RejectedTrigger."""
    said = _TEXT_LINE.fullmatch(line.strip())
    if said is None:
        return _with_conditions(draft, parse_conditions_text(line))
    name = said[1].casefold()
    return _take_text(draft, said[2]) if name in _OWN_TEXT else translated(draft, name, said[2])


def draft_of(trigger: TriggerRecord) -> Draft:
    """Return the draft that changes a trigger. One that can't be read any more is asked for its conditions anew."""
    draft = Draft(
        text=trigger.message_template,
        name=trigger.name,
        number=trigger.number,
        limits=limits_of(trigger),
        translations=dict(trigger.translations),
        actions=list(trigger.actions),
    )
    try:
        parse_conditions(trigger.trigger_type, trigger.conditions)
    except RejectedTrigger:
        return replace(draft, before=draft.values)
    when, whether = split_when(trigger.conditions)
    whole = replace(draft, kind=trigger.trigger_type, when=when, whether=whether, is_whole=True)
    return replace(whole, before=whole.values)


def check_whole(draft: Draft) -> None:
    """Raise RejectedTrigger unless the draft can be saved as it is."""
    check(draft.kind, draft.conditions, draft.text, draft.translations, draft.actions)


def check_here(draft: Draft, premises: Premises) -> None:
    """Raise RejectedTrigger for what could never go in this hotel, as far as the draft has got."""
    if draft.when is not None and draft.conditions:
        check_feasible(read(read_entry(draft.values).record), premises)


def _take_when(draft: Draft, answer: str) -> Draft:
    if answer in MOMENTS:
        return replace(draft, kind=TriggerType.time_based, when=None, moment=answer)
    if answer == UNHAPPY:
        return replace(draft, kind=TriggerType.event_based, when={"event": UNHAPPY}, moment=None)
    if answer == CHANGE:
        return replace(draft, kind=TriggerType.condition_based, when={}, moment=None)
    return _with_conditions(replace(draft, when={}, moment=None), parse_conditions_text(answer))


def _take_amount(draft: Draft, answer: str) -> Draft:
    span = parse_span(answer)
    if span is None or draft.moment is None:
        raise Unclear(answer)
    side, _, anchor = draft.moment.partition("_")
    when = span.conditions(side, Anchor(anchor))
    assert when is not None, "both parts were given"
    parse_when(TriggerType.time_based, when)
    return replace(draft, kind=TriggerType.time_based, when=when)


def _take_whether(draft: Draft, answer: str) -> Draft:
    if answer == DONE:
        _checked(draft)
        return replace(draft, asked_field=None, is_whole=True)
    if answer in ASKED_FIELDS:
        return replace(draft, asked_field=answer, is_whole=False)
    return _with_conditions(draft, parse_conditions_text(answer))


def _take_value(draft: Draft, answer: str) -> Draft:
    if answer == NO_VALUE or draft.asked_field is None:
        return replace(draft, asked_field=None)
    return _with_conditions(draft, {draft.asked_field: parse_value(draft.asked_field, answer.replace(",", "|"))})


def _with_conditions(draft: Draft, conditions: dict[str, Any]) -> Draft:
    """Return the draft with more conditions; what they say about when, and of limits, counts too."""
    limits, conditions = split_limits(conditions)
    if limits:
        draft = limited(draft, limits)
    when, whether = split_when(conditions)
    merged = joined(draft.whether, whether)
    if when:
        changed = replace(draft, kind=kind_of(when), when=when, moment=None, whether=merged, asked_field=None)
    else:
        changed = replace(draft, whether=merged, asked_field=None)
    _checked(changed)
    return changed


def _checked(draft: Draft) -> Conditions:
    return parse_conditions(draft.kind, draft.conditions)


def _take_text(draft: Draft, answer: str) -> Draft:
    check_template(answer)
    return replace(draft, text=answer)


def _take_action(draft: Draft, answer: str) -> Draft:
    if answer == DONE:
        return replace(draft, asks_actions=False)
    if answer == NO_VALUE:
        return replace(draft, actions=[])
    if answer in frozenset(ActionKind):
        return replace(draft, asked_action=answer)
    return _with_actions(draft, parse_actions_text(answer))


def _take_detail(draft: Draft, answer: str) -> Draft:
    if answer == NO_VALUE or draft.asked_action is None:
        return replace(draft, asked_action=None)
    return _with_actions(draft, [action_with(ActionKind(draft.asked_action), answer)])


def _with_actions(draft: Draft, actions: list[dict[str, str]]) -> Draft:
    """Return the draft with more actions."""
    changed = replace(draft, actions=[*draft.actions, *actions], asked_action=None)
    parse_actions(changed.actions)
    return changed


def _take_name(draft: Draft, answer: str) -> Draft:
    return replace(draft, name=_name(answer))


def _name(answer: str) -> str:
    name = " ".join(answer.split())
    if not name:
        raise RejectedTrigger("name", Problem.empty, "a name is needed")
    if len(name) > LONGEST_NAME:
        raise RejectedTrigger("name", Problem.too_much, f"must have at most {LONGEST_NAME} characters")
    return name


def _take_nothing(draft: Draft, answer: str) -> Draft:
    raise Unclear(answer)


_TAKERS: Mapping[Question, Callable[[Draft, str], Draft]] = {
    Question.when: _take_when,
    Question.amount: _take_amount,
    Question.whether: _take_whether,
    Question.value: _take_value,
    Question.text: _take_text,
    Question.action: _take_action,
    Question.detail: _take_detail,
    Question.name: _take_name,
    Question.limits: take_limits,
    Question.limit: take_limit,
    Question.languages: take_languages,
    Question.translation: take_translation,
    Question.confirm: _take_nothing,
}
