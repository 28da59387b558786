"""The chart: one bar a goal, on a scale on which every goal lies at the same line. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape

from benchmarks.figures import Figure, readable
from benchmarks.goals import Goal, Verdict

WIDTH, ROW, HEAD, FOOT = 1160, 34, 88, 34
LEFT, RIGHT = 590, 190
MOST = 10.0
"""Ten times better or worse than the goal is as far as the scale goes."""

_COLOURS = {Verdict.met: "#2f7d4f", Verdict.missed: "#b4442f"}
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#222}.quiet{fill:#666}.head{font-size:18px;font-weight:600}"
    ".grid{stroke:#ddd}.goal{stroke:#222;stroke-width:1.5}"
)


def draw(goals: Iterable[Goal], figures: Mapping[str, Figure], told: str) -> str:
    """Return the goals that were measured as an SVG picture; right of the line is better than the goal.

    `told` says of what run they are.
    """
    rows = [(goal, value) for goal in goals if (value := goal.value(figures)) is not None]
    height = HEAD + ROW * len(rows) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>Goals and what was measured</title><style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text class="head" x="20" y="28">Against our goals</text>',
        f'<text class="quiet" x="20" y="50">{escape(told)}</text>',
        *_scale(height),
        *(_bar(goal, value, goal.verdict(figures), HEAD + ROW * index) for index, (goal, value) in enumerate(rows)),
        f'<line class="goal" x1="{_at(1)}" x2="{_at(1)}" y1="{HEAD - 6}" y2="{height - FOOT}"/>',
        f'<text class="quiet" x="{_at(1)}" y="{height - 12}" text-anchor="middle">the goal · logarithmic</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def nearness(goal: Goal, value: float) -> float:
    """Return how many times better than its goal a value is; below 1 it is missed."""
    if value <= 0 or goal.bound <= 0:
        return MOST if (value >= goal.bound) == goal.at_least else 1 / MOST
    return value / goal.bound if goal.at_least else goal.bound / value


def _at(times: float) -> float:
    """Return where on the scale so many times better than the goal lies."""
    share = (math.log10(min(max(times, 1 / MOST), MOST)) / math.log10(MOST) + 1) / 2
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _scale(height: int) -> list[str]:
    marks = ((0.1, "10 × worse"), (0.5, "2 × worse"), (1, ""), (2, "2 × better"), (10, "10 × better"))
    return [
        f'<line class="grid" x1="{_at(times)}" x2="{_at(times)}" y1="{HEAD - 6}" y2="{height - FOOT}"/>'
        f'<text class="quiet" x="{_at(times)}" y="{HEAD - 12}" text-anchor="middle">{label}</text>'
        for times, label in marks
    ]


def _bar(goal: Goal, value: float, verdict: Verdict, top: int) -> str:
    start, end = sorted((_at(1), _at(nearness(goal, value))))
    unit = "×" if goal.times else goal.unit
    told = f"{readable(value)} {unit} ({goal.wanted().split(' ', 1)[0]} {goal.bound:g})"
    return (
        f'<text x="20" y="{top + 20}">{escape(goal.label.replace("`", ""))}</text>'
        f'<rect x="{start}" y="{top + 7}" width="{max(end - start, 2):.1f}" height="{ROW - 16}" rx="2" '
        f'fill="{_COLOURS[verdict]}"/>'
        f'<text x="{WIDTH - RIGHT + 8}" y="{top + 20}">{escape(told)}</text>'
    )
