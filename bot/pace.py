"""Keeps the pace that a provider asks for, per account and per chat, inside this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

_FIRST_SWEEP = 1_024


@dataclass(frozen=True, slots=True)
class Gaps:
    """Least times between two sends: of one account, and to one chat of it.

    A chat that was quiet may get `burst` messages in a row; in the long run they still have the gap between them.
    """

    account: timedelta
    chat: timedelta
    burst: int = 1


class Pace:
    """When may this account write to this chat? Slots are taken only when they are due.

    Nothing is booked ahead, so a chat that has to wait never holds up the others of its account. Keys whose
    gap has passed are forgotten. Not for several threads; `monotonic` gives seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._free_at: dict[tuple[str, str | None], float] = {}
        # When a chat's messages would have gone out had each waited for its gap; ahead of the time after a burst.
        self._paid_until: dict[tuple[str, str | None], float] = {}
        self._held_until: dict[str, float] = {}
        self._sweep_at = _FIRST_SWEEP

    def wait_time(self, account: str, chat: str) -> float:
        """Return the seconds until this account may write to this chat, 0.0 when it may now."""
        free_at = max(self._free_at.get((account, None), 0.0), self._free_at.get((account, chat), 0.0))
        return max(free_at - self._monotonic(), 0.0)

    def reserve(self, account: str, chat: str, gaps: Gaps) -> float:
        """Take the slot and return 0.0, or take nothing and return the seconds to wait before asking again."""
        waiting = self.wait_time(account, chat)
        if not waiting:
            now, gap = self._monotonic(), gaps.chat.total_seconds()
            paid_until = max(self._paid_until.get((account, chat), 0.0), now) + gap
            self._paid_until[account, chat] = paid_until
            self._block((account, None), now + gaps.account.total_seconds())
            self._block((account, chat), paid_until - (gaps.burst - 1) * gap)
        return waiting

    def hold(self, account: str, seconds: float) -> None:
        """Let nothing of this account out for so long from now, as the provider asked; never shortens a wait."""
        until = self._monotonic() + seconds
        self._held_until[account] = max(until, self._held_until.get(account, 0.0))
        self._block((account, None), until)

    def hold_left(self, account: str) -> float:
        """Return the seconds for which nothing of this account may leave, not even what has its slot already."""
        return max(self._held_until.get(account, 0.0) - self._monotonic(), 0.0)

    def __len__(self) -> int:
        """Return how many accounts and chats are remembered."""
        return len(self._free_at.keys() | self._paid_until.keys())

    def _block(self, key: tuple[str, str | None], until: float) -> None:
        self._free_at[key] = max(until, self._free_at.get(key, 0.0))
        if len(self) >= self._sweep_at:
            now = self._monotonic()
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
            self._paid_until = {key: at for key, at in self._paid_until.items() if at > now}
            self._held_until = {account: at for account, at in self._held_until.items() if at > now}
            self._sweep_at = max(_FIRST_SWEEP, 2 * len(self))
