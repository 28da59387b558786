"""What a change made of the plan, in an operator's words."""

from __future__ import annotations

from triggers.planning import PlanDiff


def plan_words(diff: PlanDiff) -> str:
    """Say how many planned messages are new, at another time, and gone."""
    return f"in the plan {diff.added} added, {diff.moved} moved, {diff.cancelled} cancelled"
