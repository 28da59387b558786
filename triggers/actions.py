"""What a trigger does beside its message, read from what its author wrote. Pure.

    - notify_staff: "{{ guest.name }} has arrived in room {{ stay.room_number }}."
      severity: critical
    - open_request: A cot for room {{ stay.room_number }}, please.
      department: housekeeping
    - add_tag: welcomed
    - remove_tag: expected
    - offer_service: Late check-out
    - start_flow: feedback

The words to the hotel's people are templates, with the variables of the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.enums import Department, FiringStatus, Severity
from triggers.base import Reason, Verdict
from triggers.fields import folded
from triggers.rejections import Problem, RejectedTrigger, nearest, shown
from triggers.templates import check_template

MOST_ACTIONS = 10
_LONGEST_NAME = 64


class ActionKind(StrEnum):
    """What can be done."""

    notify_staff = "notify_staff"
    open_request = "open_request"
    add_tag = "add_tag"
    remove_tag = "remove_tag"
    offer_service = "offer_service"
    start_flow = "start_flow"


# What the hotel's people do or read: of their own business, whatever keeps the message from the guest.
FOR_STAFF = frozenset({ActionKind.notify_staff, ActionKind.open_request})
TAGGING = frozenset({ActionKind.add_tag, ActionKind.remove_tag})
_FOR_GUEST = frozenset({ActionKind.offer_service, ActionKind.start_flow})
_OPTIONS: Mapping[str, tuple[ActionKind, type[StrEnum]]] = {
    "severity": (ActionKind.notify_staff, Severity),
    "department": (ActionKind.open_request, Department),
}
_NAMES = frozenset(ActionKind) | _OPTIONS.keys()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `what` is the words to the hotel's people, a tag, or the name of a service or a flow."""

    kind: ActionKind
    what: str
    severity: Severity = Severity.info
    department: Department = Department.reception

    def to_json(self) -> dict[str, str]:
        """Return the action as its author writes it."""
        options = {name: getattr(self, name) for name, (owner, _) in _OPTIONS.items() if owner is self.kind}
        return {self.kind.value: self.what, **{name: value.value for name, value in options.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Action:
        """Rebuild an action from what `to_json` gave; its words may be ready by now, and are no template any more."""
        kind = next(kind for kind in ActionKind if kind in value)
        options: dict[str, Any] = {name: words(value[name]) for name, (_, words) in _OPTIONS.items() if name in value}
        return cls(kind, value[kind], **options)


def parse_actions(given: object) -> tuple[Action, ...]:
    """Return a trigger's actions. Raises RejectedTrigger that names the part at fault."""
    actions, problems = _read_all(given)
    if problems:
        raise problems[0]
    return tuple(actions)


def action_problems(given: object) -> Sequence[RejectedTrigger]:
    """Return all that is wrong with a trigger's actions."""
    return _read_all(given)[1]


def due_kinds(verdict: Verdict, *, has_acted: bool) -> Set[ActionKind]:
    """Return which actions are done with a verdict on a trigger whose conditions hold
    (docs/decisions/0022-actions-beside-the-message.md)."""
    if verdict.reason is Reason.cooldown:
        return frozenset()
    kinds = frozenset[ActionKind]() if has_acted else FOR_STAFF
    if verdict.status is not FiringStatus.postponed:
        kinds |= TAGGING
    return kinds | _FOR_GUEST if verdict.fires else kinds


def tags_after(tags: tuple[str, ...], actions: Iterable[Action]) -> tuple[str, ...]:
    """Return a guest's tags once these actions are done; as in conditions, case does not matter."""
    for action in actions:
        others = tuple(tag for tag in tags if folded(tag) != folded(action.what))
        if action.kind is ActionKind.remove_tag:
            tags = others
        elif action.kind is ActionKind.add_tag and others == tags:
            tags = (*tags, action.what)
    return tags


def _read_all(given: object) -> tuple[list[Action], list[RejectedTrigger]]:
    if not isinstance(given, list):
        return [], [RejectedTrigger("actions", Problem.wrong_type, f"must be a list, not {shown(given)!r}")]
    if len(given) > MOST_ACTIONS:
        return [], [RejectedTrigger("actions", Problem.too_much, f"must be {MOST_ACTIONS} at most")]
    actions: list[Action] = []
    problems = []
    for index, one in enumerate(given):
        path = f"actions[{index}]"
        try:
            action = _read(one, path)
            _check_beside(actions, action, f"{path}.{action.kind}")
        except RejectedTrigger as error:
            problems.append(error)
        else:
            actions.append(action)
    return actions, problems


def _read(one: object, path: str) -> Action:
    if not isinstance(one, Mapping):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be a name with a value, not {shown(one)!r}")
    for name in one:
        if name not in _NAMES:
            detail = f"there is no action {shown(name)}"
            raise RejectedTrigger(f"{path}.{shown(name)}", Problem.unknown_name, detail, nearest(name, _NAMES))
    kinds = [kind for kind in ActionKind if kind in one]
    if not kinds:
        raise RejectedTrigger(path, Problem.missing, f"needs one of {', '.join(ActionKind)}")
    kind, *others = kinds
    if others:
        detail = f"stands beside {kind}: each is an action of its own"
        raise RejectedTrigger(f"{path}.{others[0]}", Problem.misplaced, detail)
    options = {name: _option(kind, name, one[name], f"{path}.{name}") for name in _OPTIONS if name in one}
    return Action(kind, _what(kind, one[kind], f"{path}.{kind}"), **options)


def _option(kind: ActionKind, name: str, value: object, path: str) -> Any:
    owner, words = _OPTIONS[name]
    if kind is not owner:
        raise RejectedTrigger(path, Problem.misplaced, f"belongs to {owner}")
    if not isinstance(value, str):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be one of {', '.join(words)}")
    if value not in frozenset(words):
        detail = f"{shown(value)!r} is none of {', '.join(words)}"
        raise RejectedTrigger(path, Problem.unknown_value, detail, nearest(value, words))
    return words(value)


def _what(kind: ActionKind, value: object, path: str) -> str:
    if not isinstance(value, str):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be text, not {shown(value)!r}")
    if kind in FOR_STAFF:
        check_template(value, path=path)
        return value
    name = " ".join(value.split())
    if not name:
        raise RejectedTrigger(path, Problem.empty, "a name is needed")
    if len(name) > _LONGEST_NAME:
        raise RejectedTrigger(path, Problem.too_much, f"must have at most {_LONGEST_NAME} characters")
    return name


def _check_beside(others: Iterable[Action], action: Action, path: str) -> None:
    """Raise RejectedTrigger for what is done twice, or undone by the same trigger."""
    for other in others:
        if folded(other.what) != folded(action.what):
            continue
        if other.kind is action.kind:
            raise RejectedTrigger(path, Problem.repeated, "another action does the same")
        if {other.kind, action.kind} <= TAGGING:
            raise RejectedTrigger(path, Problem.misplaced, f"{other.kind} has the same tag")
