"""How fast a provider lets itself be called, by the injected clock; off until it is switched on."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` within `span`."""

    calls: int
    span: timedelta


class Pace:
    """Sliding windows; a refused call does not count."""

    def __init__(self, clock: Clock) -> None:
        self.enabled = False
        self._clock = clock
        self._calls: defaultdict[Hashable, deque[datetime]] = defaultdict(deque)

    def retry_after(self, limits: dict[Hashable, Rate]) -> int | None:
        """Count one call against every limit, or return the whole seconds to wait and count nothing."""
        if not self.enabled:
            return None
        now = self._clock.now()
        waits = [self._wait(key, rate, now) for key, rate in limits.items()]
        if longest := max(waits, default=0):
            return longest
        for key in limits:
            self._calls[key].append(now)
        return None

    def _wait(self, key: Hashable, rate: Rate, now: datetime) -> int:
        calls = self._calls[key]
        while calls and calls[0] <= now - rate.span:
            calls.popleft()
        if len(calls) < rate.calls:
            return 0
        return max(1, math.ceil((calls[0] + rate.span - now).total_seconds()))
