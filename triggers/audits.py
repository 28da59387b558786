"""The trail of who changed which trigger, from what to what, and what that made of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.planning import PlanDiff


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes triggers, when, and by which message or command; `user_id` is None for the operator."""

    at: datetime
    correlation_id: str
    user_id: UUID | None = None


async def audit_trigger(
    uow: UnitOfWork,
    author: Author,
    trigger: TriggerRecord,
    done: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    diff: PlanDiff | None = None,
) -> None:
    """Note one change: the columns that differ, as they were and as they are. `diff` is what it made of the plan."""
    plan = {"plan": diff.counts} if diff else {}
    await uow.audits.add(
        f"trigger.{done}",
        f"Trigger {trigger.number} was {done}",
        author.at,
        user_id=author.user_id,
        metadata={"trigger_id": str(trigger.id), "old": _plain(old), "new": _plain(new), **plan},
        correlation_id=author.correlation_id,
    )


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, timedelta) else value for name, value in columns.items()}
