"""Keeps the pace that a provider asks for, per account and per chat, inside this process.

What is shared by several stands in the database; `catch_up` and `hold` tell of it.
"""

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


@dataclass(frozen=True, slots=True)
class _Spent:
    """When a chat's messages would have gone out had each waited for its gap; ahead of the time after a burst."""

    until: float
    gap: float
    burst: int

    def free_at(self, kept: int) -> float:
        """Return when the next may go that leaves `kept` places of the burst, where it has so many."""
        return self.until - (max(self.burst - kept, 1) - 1) * self.gap


class Pace:
    """When may this account write to this chat? Slots are taken only when they are due.

    Nothing is booked ahead, so a chat that has to wait never holds up the others of its account. Who leaves some
    places of a burst (`kept`) waits until the chat was quiet for so long that they are there, and what comes then
    goes at once; together all keep the gap. Keys whose gap has passed are forgotten. Not for several threads;
    `monotonic` gives seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._free_at: dict[str, float] = {}
        self._spent: dict[tuple[str, str], _Spent] = {}
        self._held_until: dict[str, float] = {}
        self._sweep_at = _FIRST_SWEEP

    def wait_time(self, account: str, chat: str, kept: int = 0) -> float:
        """Return the seconds until this account may write to this chat, 0.0 when it may now."""
        spent = self._spent.get((account, chat))
        free_at = max(self._free_at.get(account, 0.0), spent.free_at(kept) if spent else 0.0)
        return max(free_at - self._monotonic(), 0.0)

    def reserve(self, account: str, chat: str, gaps: Gaps, kept: int = 0) -> float:
        """Take the slot and return 0.0, or take nothing and return the seconds to wait before asking again."""
        waiting = self.wait_time(account, chat, kept)
        if not waiting:
            now, gap, spent = self._monotonic(), gaps.chat.total_seconds(), self._spent.get((account, chat))
            until = max(spent.until if spent else 0.0, now) + gap
            self._spent[account, chat] = _Spent(until, gap, gaps.burst)
            self._block(account, now + gaps.account.total_seconds())
        return waiting

    def catch_up(self, account: str, chat: str, gaps: Gaps, ahead: float) -> None:
        """Count what others sent to this chat: its gaps are used up for so many seconds from now."""
        spent = self._spent.get((account, chat))
        until = max(spent.until if spent else 0.0, self._monotonic() + ahead)
        self._spent[account, chat] = _Spent(until, gaps.chat.total_seconds(), gaps.burst)

    def hold(self, account: str, seconds: float) -> None:
        """Let nothing of this account out for so long from now, as the provider asked; never shortens a wait."""
        until = self._monotonic() + seconds
        self._held_until[account] = max(until, self._held_until.get(account, 0.0))
        self._block(account, until)

    def hold_left(self, account: str) -> float:
        """Return the seconds for which nothing of this account may leave, not even what has its slot already."""
        return max(self._held_until.get(account, 0.0) - self._monotonic(), 0.0)

    def __len__(self) -> int:
        """Return how many accounts and chats are remembered."""
        return len(self._free_at) + len(self._spent)

    def _block(self, account: str, until: float) -> None:
        self._free_at[account] = max(until, self._free_at.get(account, 0.0))
        if len(self) >= self._sweep_at:
            now = self._monotonic()
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
            self._spent = {key: spent for key, spent in self._spent.items() if spent.until > now}
            self._held_until = {account: at for account, at in self._held_until.items() if at > now}
            self._sweep_at = max(_FIRST_SWEEP, 2 * len(self))
