"""The only place that asks for the time, so that tests and the simulator can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time of the hotel's world: aware, UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A wall clock that runs at normal speed, ahead by what `move` added."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._base.now() + self._ahead

    def move(self, by: timedelta) -> None:
        """Move forward by `by`; a negative step is refused with ValueError, since leases would come back to life."""
        if by < timedelta():
            raise ValueError("the clock only moves forward")
        self._ahead += by


class FixedClock:
    """Stands still until it is moved; for tests."""

    def __init__(self, at: datetime) -> None:
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by

    def set(self, at: datetime) -> None:
        self._now = at.astimezone(UTC)
