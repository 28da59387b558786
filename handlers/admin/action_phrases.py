"""What admins write about actions: "tell staff critical: …", "тег vip", "request housekeeping: a cot, please"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from handlers.admin.phrases import Unclear
from models.enums import Department, Severity
from triggers.actions import ActionKind

# In the short form each action is a line of its own below the text.
MARK = "+ "
_KEYWORDS: Mapping[ActionKind, str] = {
    ActionKind.notify_staff: r"(?:(?:tell|notify|alert) )?staff|(?:сообщи(?:ть)? )?(?:персоналу|сотрудникам)",
    ActionKind.open_request: r"(?:open )?request|(?:открой |открыть )?заявк[ау]",
    ActionKind.add_tag: r"(?:add )?tag|(?:добавь |добавить )?(?:тег|метк[ау])",
    ActionKind.remove_tag: r"untag|remove tag|(?:убери|убрать|сними|снять) (?:тег|метку)",
    ActionKind.offer_service: r"offer(?: service)?|предложи(?:ть)?",
    ActionKind.start_flow: r"(?:start )?flow|(?:начни |начать )?сценарий",
}
_NAMED = "|".join(f"(?P<{kind}>{kind}|{words})" for kind, words in _KEYWORDS.items())
_PHRASE = re.compile(rf"(?:{_NAMED})(?=[\s:])\s*:?\s*(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_OPTION = re.compile(r"(\w+)\s*:\s*(.+)", re.DOTALL)
_SEVERITIES: Mapping[str, StrEnum] = {
    **{word.value: word for word in Severity},
    "urgent": Severity.critical,
    "срочно": Severity.critical,
    "внимание": Severity.warning,
}
_DEPARTMENTS: Mapping[str, StrEnum] = {
    **{word.value: word for word in Department},
    "ресепшен": Department.reception,
    "уборка": Department.housekeeping,
    "ремонт": Department.maintenance,
    "ресторан": Department.restaurant,
}
# Before the words to the hotel's people may stand how urgent they are, or whom they are for.
_OPTIONS: Mapping[ActionKind, tuple[str, Mapping[str, StrEnum]]] = {
    ActionKind.notify_staff: ("severity", _SEVERITIES),
    ActionKind.open_request: ("department", _DEPARTMENTS),
}


def parse_actions_text(text: str) -> list[dict[str, str]]:
    """Return the actions that these lines say, as a trigger stores them. Raises Unclear."""
    return [_parse_line(line.strip().removeprefix(MARK)) for line in text.splitlines() if line.strip()]


def action_with(kind: ActionKind, text: str) -> dict[str, str]:
    """Return the action of this kind that the text completes."""
    name, words = _OPTIONS.get(kind, ("", {}))
    found = _OPTION.fullmatch(text)
    if found is None or found[1].casefold() not in words:
        return {kind.value: text}
    return {kind.value: found[2], name: words[found[1].casefold()].value}


def split_actions(text: str) -> tuple[str, list[dict[str, str]]]:
    """Return the text of a message without the lines of actions below it, and these. Raises Unclear."""
    lines = text.splitlines()
    count = len(lines)
    while count and lines[count - 1].startswith(MARK):
        count -= 1
    return "\n".join(lines[:count]).strip(), parse_actions_text("\n".join(lines[count:]))


def _parse_line(line: str) -> dict[str, str]:
    found = _PHRASE.fullmatch(line)
    if found is None:
        raise Unclear(line)
    return action_with(next(kind for kind in ActionKind if found[kind]), found["rest"].strip())
