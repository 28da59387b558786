"""Why a trigger can't be saved: the part, the kind of mistake, and the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.errors import RejectedInput

_LEAST_LIKENESS = 55
_UNREADABLE = 10**30


class Problem(StrEnum):
    """What is wrong; the catalogues hold a sentence for each."""

    unknown_name = "unknown_name"
    unknown_value = "unknown_value"
    wrong_type = "wrong_type"
    not_a_number = "not_a_number"
    not_whole = "not_whole"
    out_of_range = "out_of_range"
    empty = "empty"
    missing = "missing"
    misplaced = "misplaced"
    too_much = "too_much"
    contradiction = "contradiction"
    bad_schedule = "bad_schedule"
    bad_template = "bad_template"
    unreadable = "unreadable"
    repeated = "repeated"
    bad_example = "bad_example"
    unknown_here = "unknown_here"
    impossible_then = "impossible_then"
    too_late = "too_late"


class RejectedTrigger(RejectedInput):
    """The trigger can't be saved as it is: correct the part at `path` and give it again.

    `path` is as the author wrote it (`any[0].room_type`), `detail` an English sentence, `nearest` the right
    name that is most like the wrong one, where there is one.
    """

    def __init__(self, path: str, problem: Problem, detail: str, nearest: str | None = None) -> None:
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"{path}: {detail}{hint}")
        self.path = path
        self.problem = problem
        self.detail = detail
        self.nearest = nearest


def nearest(name: str, right: Iterable[str]) -> str | None:
    """Return the right name that is most like `name`, or None when nothing is like it."""
    found = process.extractOne(name[:100].lower(), sorted(right), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    return found[0] if found else None


def shown(value: object, longest: int = 40) -> str:
    """Return an author's value for a sentence, cut to a readable length in characters."""
    if isinstance(value, int) and abs(value) >= _UNREADABLE:
        return "a huge number"
    text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"
