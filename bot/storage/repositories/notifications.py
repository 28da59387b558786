"""What a person of the hotel must see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bot.storage.repositories.base import Repository
from models import StaffNotification
from models.base import new_id
from models.enums import NotificationStatus, NotificationType, Severity


@dataclass(frozen=True, slots=True)
class NotificationRecord:
    """One notification."""

    id: UUID
    guest_id: UUID | None
    message_id: UUID | None
    notification_type: NotificationType
    severity: Severity
    title: str
    content: str
    status: NotificationStatus
    reason: str | None
    attempts: int
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    conversation_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewNotification:
    """A notification to raise; texts are final, in the hotel's language. `attempts` are the ways to staff that are
    tried with it."""

    notification_type: NotificationType
    severity: Severity
    title: str
    content: str
    guest_id: UUID | None = None
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    attempts: int = 0


class Notifications(Repository):
    async def add(self, notification: NewNotification, at: datetime) -> UUID:
        """Raise a notification; return its id."""
        return (await self.add_all([notification], at))[0].id

    async def add_all(self, notifications: Sequence[NewNotification], at: datetime) -> list[NotificationRecord]:
        """Raise notifications; return them as they are kept, in order."""
        rows = [
            {"id": new_id(), "created_at": at, **{name: getattr(one, name) for name in NewNotification.__slots__}}
            for one in notifications
        ]
        kept = {row["id"]: row for row in await self._insert(StaffNotification, rows, returning=_NAMES)}
        return [_record(kept[row["id"]]) for row in rows]

    async def get(self, notification_id: UUID) -> NotificationRecord | None:
        """Return one notification."""
        statement = select(*_COLUMNS).where(
            self._own(StaffNotification.hotel_id), StaffNotification.id == notification_id
        )
        row = (await self._run(statement)).one_or_none()
        return NotificationRecord(*row) if row else None

    async def latest(self, limit: int = 20) -> list[NotificationRecord]:
        """Return the newest notifications."""
        statement = select(*_COLUMNS).where(self._own(StaffNotification.hotel_id))
        rows = await self._run(statement.order_by(StaffNotification.created_at.desc()).limit(limit))
        return [NotificationRecord(*row) for row in rows]

    async def mark_sent(self, notification_id: UUID, at: datetime) -> None:
        """Note that staff got it; one that was acknowledged meanwhile stays so."""
        await self._advance(
            notification_id,
            {NotificationStatus.pending, NotificationStatus.failed},
            status=NotificationStatus.sent,
            sent_at=at,
            reason=None,
        )

    async def mark_failed(self, notification_id: UUID, reason: str) -> None:
        """Note that staff did not get it, and why."""
        await self._advance(
            notification_id, {NotificationStatus.pending}, status=NotificationStatus.failed, reason=reason
        )

    async def try_again(self, since: datetime) -> list[NotificationRecord]:
        """Let what was raised since then and reached nobody be on its way once more; return it, oldest first."""
        return _in_order(_record(row) for row in await self._fetch(_TRY_AGAIN, self.hotel_id, since))

    async def count_attempt(self, notification_id: UUID) -> int:
        """Count one more way tried to reach staff; return how many there were."""
        statement = (
            update(StaffNotification)
            .where(self._own(StaffNotification.hotel_id), StaffNotification.id == notification_id)
            .values(attempts=StaffNotification.attempts + 1)
            .returning(StaffNotification.attempts)
        )
        attempts: int = (await self._run(statement)).scalar_one()
        return attempts

    async def acknowledge(self, notification_id: UUID, user_id: UUID, at: datetime) -> bool:
        """Note who took it; return False where somebody had already."""
        return await self._advance(
            notification_id,
            _OPEN,
            status=NotificationStatus.acknowledged,
            acknowledged_at=at,
            acknowledged_by=user_id,
        )

    async def acknowledge_all(self, conversation_id: UUID, at: datetime) -> list[NotificationRecord]:
        """Note that somebody, who isn't known, took all that is still open about a conversation, but for what failed
        in it; return it, oldest first."""
        statement = (
            update(StaffNotification)
            .where(
                self._own(StaffNotification.hotel_id),
                StaffNotification.conversation_id == conversation_id,
                StaffNotification.notification_type != NotificationType.system_alert,
                StaffNotification.status.in_(_OPEN),
            )
            .values(status=NotificationStatus.acknowledged, acknowledged_at=at)
            .returning(*_COLUMNS)
        )
        return _in_order(NotificationRecord(*row) for row in await self._run(statement))

    async def _advance(self, notification_id: UUID, allowed: Collection[NotificationStatus], **values: Any) -> bool:
        result = await self._run(
            update(StaffNotification)
            .where(
                self._own(StaffNotification.hotel_id),
                StaffNotification.id == notification_id,
                StaffNotification.status.in_(allowed),
            )
            .values(**values)
        )
        return result.rowcount > 0


_OPEN = frozenset({NotificationStatus.pending, NotificationStatus.sent, NotificationStatus.failed})
_COLUMNS = tuple(getattr(StaffNotification, name) for name in NotificationRecord.__slots__)
_NAMES = ", ".join(NotificationRecord.__slots__)
# The status by its name, as the index of what is open has it.
_TRY_AGAIN = f"""
    UPDATE staff_notifications SET status = 'pending', reason = NULL, attempts = attempts + 1
    WHERE hotel_id = $1 AND status = 'failed' AND created_at >= $2 RETURNING {_NAMES}
"""


def _in_order(records: Iterable[NotificationRecord]) -> list[NotificationRecord]:
    return sorted(records, key=lambda one: (one.created_at, one.id))


def _record(row: Any) -> NotificationRecord:
    values = dict(row)
    return NotificationRecord(
        **{
            **values,
            "notification_type": NotificationType(values["notification_type"]),
            "severity": Severity(values["severity"]),
            "status": NotificationStatus(values["status"]),
        }
    )
