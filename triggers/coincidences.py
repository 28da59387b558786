"""Which triggers speak to a guest at the same moment, or before each other on the same day. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, time, timedelta
from uuid import UUID

from models.enums import ConsentPurpose, OncePer
from triggers.base import Change, Cron, Event, Offset, Once, When
from triggers.circumstances import asked, has_received
from triggers.clauses import Group
from triggers.rules import Rule
from triggers.satisfiability import Demand, Patience, can_hold
from triggers.schedules import daily_times, days_of_year

# What was worked out, by what two rules ask.
_Known = dict[tuple[str, str], bool]
# Enough for hundreds of rules that ask much the same, or for some dozens of which each asks something of its own.
_PATIENCE = 20_000
# Two hundred rules, all of them new.
_MOST_PAIRS = 200_000
# One message of a guest can raise all of them.
_OF_ONE_MESSAGE = frozenset({"message_received", "negative_sentiment", "requires_attention"})


def same_moment(one: When, other: When, today: date) -> bool:
    """Whether two rules look at a stay at the same moment, at least once in the coming year."""
    match one, other:
        case Offset(), Offset():
            return (one.anchor, one.at, _distance(one)) == (other.anchor, other.at, _distance(other))
        case Event(), Event():
            return one == other or {one.event, other.event} <= _OF_ONE_MESSAGE
        case Change(), Change():
            return True
        case Cron() | Once(), Cron() | Once():
            is_same_day = not _days(one, today).isdisjoint(_days(other, today))
            return is_same_day and not set(_times(one)).isdisjoint(_times(other))
        case _:
            return False


def _distance(when: Offset) -> timedelta:
    return -when.length if when.amount < 0 else when.length


def _days(when: Cron | Once, today: date) -> Set[date]:
    return {when.on.date()} if isinstance(when, Once) else days_of_year(when.line, today)


def _times(when: Cron | Once) -> Sequence[time]:
    return (when.on.time(),) if isinstance(when, Once) else daily_times(when.line)


class Coincidences:
    """Which of a hotel's rules meet in the year from today. Rules that ask the same are worked out once.

    Where many ask something of their own, patience comes to an end: what was not looked at by then counts as apart,
    since nobody is more than warned.
    """

    def __init__(self, today: date, patience: int = _PATIENCE) -> None:
        self._today = today
        self._patience = Patience(patience)
        self._pairs_left = _MOST_PAIRS
        self._asked: dict[UUID, tuple[Group, str]] = {}
        self._both: _Known = {}
        self._alone: _Known = {}

    def overlap(self, one: Rule, other: Rule) -> bool:
        """Whether both can speak to the same guest at the same moment."""
        if (
            not self._looks_at_more()
            or not same_moment(one.conditions.when, other.conditions.when, self._today)
            or not self._can_meet(one, other)
        ):
            return False
        orders = [(one, other), (other, one)]
        if one.record.priority != other.record.priority:
            orders = [max(orders, key=lambda order: order[0].record.priority)]
        return any(self._speaks_after(last, first) for first, last in orders)

    def messages_ahead(self, rule: Rule, other: Rule) -> int:
        """Return how many messages of another rule a guest gets on the day of this one before it; none unless it is
        sure that whoever this one fits gets the other's."""
        count = _count_ahead(rule, other, self._today) if self._looks_at_more() else 0
        return count if count and _speaks_as_often(other, rule) and not self._can_be_alone(rule, other) else 0

    def _looks_at_more(self) -> bool:
        self._pairs_left -= 1
        return self._pairs_left >= 0

    def _can_meet(self, one: Rule, other: Rule) -> bool:
        """Whether some guest fits both."""
        (first, first_key), (second, second_key) = self._ask(one), self._ask(other)
        return self._once(self._both, (first_key, second_key), Demand(first), Demand(second), if_tired=False)

    def _can_be_alone(self, rule: Rule, other: Rule) -> bool:
        """Whether some guest fits this rule, and the other one not."""
        (mine, my_key), (theirs, their_key) = self._ask(rule), self._ask(other)
        return self._once(self._alone, (my_key, their_key), Demand(mine), Demand(theirs, False), if_tired=True)

    def _speaks_after(self, last: Rule, first: Rule) -> bool:
        """Whether a rule has anything to say to some guest who got the message of the other."""
        if not last.asks_about("received"):
            return True
        return self._patience.steps > 0 and can_hold(
            [Demand(asked(last)), Demand(has_received(first.record.name))], patience=self._patience
        )

    def _ask(self, rule: Rule) -> tuple[Group, str]:
        """Return all that a rule asks, and a key that is the same for all that ask it so."""
        if rule.record.id not in self._asked:
            group = asked(rule)
            self._asked[rule.record.id] = group, repr(group)
        return self._asked[rule.record.id]

    def _once(self, known: _Known, key: tuple[str, str], *demands: Demand, if_tired: bool) -> bool:
        if key not in known:
            if self._patience.steps <= 0:
                return if_tired
            known[key] = can_hold(demands, patience=self._patience)
        return known[key]


def _count_ahead(rule: Rule, other: Rule, today: date) -> int:
    is_first = other.record.priority > rule.record.priority
    match rule.conditions.when, other.conditions.when:
        case Offset(at=time() as own, anchor=anchor, amount=amount), Offset(at=time() as at) as when:
            is_same_day = (when.anchor, when.amount) == (anchor, amount)
            return int(is_same_day and (at < own or (at == own and is_first)))
        case Cron() | Once() as when, Cron() | Once() as ahead:
            if not _days(when, today) <= _days(ahead, today):
                return 0
            first = _times(when)[0]
            count = sum(1 for at in _times(ahead) if at < first or (at == first and is_first))
            return min(count, 1) if other.record.once_per is OncePer.day else count
        case when, ahead:
            return int(is_first and same_moment(when, ahead, today))


def _speaks_as_often(other: Rule, rule: Rule) -> bool:
    """Whether the other rule speaks to whom it fits as often as this one does."""
    speaks_again = other.record.cooldown is None and (
        other.record.once_per is not OncePer.guest or rule.record.once_per is OncePer.guest
    )
    return speaks_again and ConsentPurpose.promotional not in {other.record.purpose} - {rule.record.purpose}
