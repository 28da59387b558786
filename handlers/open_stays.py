"""Which of somebody's stays is meant when they write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.storage.repositories.stays import StayRecord
from models.enums import BookingStatus

_ALIVE = frozenset({BookingStatus.pending, BookingStatus.confirmed, BookingStatus.checked_in})
# Whoever leaves late, or forgot something, still writes about the stay.
_AFTERMATH = timedelta(days=1)


def is_open(stay: StayRecord, now: datetime) -> bool:
    """Whether the stay is ahead or going on."""
    return stay.booking_status in _ALIVE and now < stay.check_out + _AFTERMATH


def nearest(stays: Iterable[StayRecord], now: datetime) -> StayRecord | None:
    """Return the open stay that goes on, or else begins, first."""
    return min((stay for stay in stays if is_open(stay, now)), key=lambda stay: stay.check_in, default=None)
