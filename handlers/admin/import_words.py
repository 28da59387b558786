"""What an import changes and what is wrong with a file, in an admin's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers.admin.words import diff_words, rejection_words
from handlers.base import Turn
from triggers.cautions import caution_words
from triggers.exchange.importing import Change, Deed, Outlook, is_change
from triggers.planning import PlanDiff
from triggers.rejections import RejectedTrigger

_MOST_LINES = 40
_PLACE = re.compile(r"triggers\[\d+\]\.?(?:conditions\.)?")


def preview_text(
    turn: Turn, changes: Sequence[Change], outlook: Mapping[str, Outlook], planned: Sequence[str]
) -> str:
    """Say what would change, a line for each trigger, the first rows of the plan, and what stays as it is."""
    lines = [_line(turn, change, outlook.get(change.name)) for change in changes if is_change(change)]
    parts = [turn.say("admin-import-title"), *_cut(turn, lines)]
    if same := sum(1 for change in changes if change.deed is Deed.unchanged):
        parts.append(turn.say("admin-import-unchanged", count=same))
    if left := [change.name for change in changes if change.deed is Deed.left]:
        parts.append(turn.say("admin-import-left", count=len(left), names=", ".join(left[:_MOST_LINES])))
    rows = ["\n".join(planned)] if planned else []
    return "\n\n".join([*parts, *rows, turn.say("admin-import-ask")])


def written_text(turn: Turn, changes: Sequence[Change]) -> str:
    """Say what was done."""
    counts = {deed.value: sum(1 for change in changes if change.deed is deed) for deed in Deed}
    return turn.say("admin-import-written", **counts)


def problems_text(turn: Turn, problems: Sequence[RejectedTrigger]) -> str:
    """Name everything that is wrong with a file, each by its path."""
    lines = [f"• {problem.path}\n{rejection_words(turn, _near(problem))}" for problem in problems]
    return "\n\n".join([turn.say("admin-import-refused", count=len(problems)), *_cut(turn, lines)])


def _line(turn: Turn, change: Change, outlook: Outlook | None) -> str:
    parts = [
        turn.say("admin-import-line", deed=change.deed.value, name=change.name, fields=", ".join(change.fields)),
    ]
    if outlook is not None:
        matches = "none" if outlook.matches is None else outlook.matches
        parts.append(turn.say("admin-import-outlook", matches=matches, planned=outlook.planned))
    if change.diff != PlanDiff():
        parts.append(diff_words(turn, change.diff))
    parts += [caution_words(caution, turn.texts, turn.language) for caution in change.cautions]
    return "\n".join(parts)


def _cut(turn: Turn, lines: Sequence[str]) -> list[str]:
    """Return as many lines as anybody reads, and how many there are beside."""
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([turn.say("admin-import-more", count=more)] if more > 0 else [])]


def _near(problem: RejectedTrigger) -> RejectedTrigger:
    """Return the problem as its trigger alone would have it, whose path is said in the sentence."""
    path = _PLACE.sub("", problem.path, count=1) or problem.path
    named = "message_template" if path == "text" else path
    return RejectedTrigger(named, problem.problem, problem.detail, problem.nearest)
