"""What can go wrong on the wire, ordered in advance and played once its call comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class How(StrEnum):
    """The way in which a call goes wrong."""

    answer = "answer"
    reset = "reset"
    half_reply = "half_reply"
    empty_body = "empty_body"
    silence = "silence"
    slow = "slow"


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap. `took_effect` says whether the request was handled before the caller was let down.

    `body` of None is the provider's own error body for `status`; a text that starts with "<" leaves as HTML.
    `retry_after` is in whole seconds, in the header and (Telegram) in the body.
    """

    how: How
    took_effect: bool = False
    status: int = 500
    body: str | None = None
    retry_after: int | None = None
    delay: timedelta = timedelta()

    @classmethod
    def answer(
        cls, status: int, body: str | None = None, *, retry_after: int | None = None, took_effect: bool = False
    ) -> Fault:
        """Answer with this status whatever was asked."""
        return cls(How.answer, took_effect, status, body, retry_after)

    @classmethod
    def reset(cls, *, took_effect: bool = False) -> Fault:
        """Reset the connection instead of answering."""
        return cls(How.reset, took_effect)

    @classmethod
    def half_reply(cls) -> Fault:
        """Handle the request, send half of the reply, reset."""
        return cls(How.half_reply, took_effect=True)

    @classmethod
    def empty_body(cls) -> Fault:
        """Handle the request and answer 200 with nothing in it."""
        return cls(How.empty_body, took_effect=True)

    @classmethod
    def silence(cls, *, took_effect: bool = False) -> Fault:
        """Never answer: the caller has to give up by itself."""
        return cls(How.silence, took_effect)

    @classmethod
    def slow(cls, delay: timedelta) -> Fault:
        """Answer rightly, `delay` later (real time)."""
        return cls(How.slow, took_effect=True, delay=delay)


@dataclass(slots=True)
class _Order:
    fault: Fault
    method: str
    account: str
    times: int | None
    skip: int

    def fits(self, account: str, method: str) -> bool:
        return self.account in ("*", account) and self.method.lower() in ("*", method.lower())


class Faults:
    """The orders of one server. `account` is the bot's id or the instance's id, as in the history."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def program(
        self, fault: Fault, *, method: str = "*", account: str = "*", times: int | None = 1, skip: int = 0
    ) -> None:
        """Play `fault` on the next `times` fitting calls (None: until cleared), letting `skip` of them pass first."""
        self._orders.append(_Order(fault, method, account, times, skip))

    def clear(self) -> None:
        self._orders.clear()

    @property
    def waiting(self) -> int:
        """How many orders were not played to their end."""
        return len(self._orders)

    def take(self, account: str, method: str) -> Fault | None:
        """Return what goes wrong with this call, if anything; the oldest fitting order wins."""
        for order in self._orders:
            if not order.fits(account, method):
                continue
            if order.skip:
                order.skip -= 1
                continue
            return self._play(order)
        return None

    def _play(self, order: _Order) -> Fault:
        if order.times is not None:
            order.times -= 1
            if not order.times:
                self._orders.remove(order)
        return order.fault
