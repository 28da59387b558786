"""Keeps from asking a server that does not answer: guests should not wait for it, each in turn, for nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock

MOST_FAILURES = 5
PAUSE = timedelta(seconds=30)
# A server may ask for any wait; the settings or its mood may be mended sooner.
LONGEST_PAUSE = timedelta(minutes=10)


class Breaker:
    """Closed, everybody may ask. After some failures in a row nobody may, for a pause; then one tries for all.

    The libraries for this count exceptions by a clock of their own; this one listens to what the server asks for.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_until: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether nobody may ask now."""
        return self._closed_until is not None and self._clock.now() < self._closed_until

    def try_pass(self) -> bool:
        """Say whether to ask. After a pause one may; if nothing is heard of it, another may a pause later."""
        if self.is_paused:
            return False
        if self._closed_until is not None:
            self._closed_until = self._clock.now() + PAUSE
        return True

    def succeed(self) -> None:
        """Note that the server answers."""
        self._failures = 0
        self._closed_until = None

    def fail(self, pause: timedelta | None = None) -> None:
        """Note that it did not. With a `pause` nobody asks for so long at least, whatever was before."""
        self._failures += 1
        if pause is not None or self._failures >= MOST_FAILURES:
            wait = min(max(pause or PAUSE, PAUSE), LONGEST_PAUSE)
            until = self._clock.now() + wait
            self._closed_until = max(self._closed_until or until, until)
