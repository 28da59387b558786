"""Which triggers speak to a guest at the same moment, or before each other on the same day. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, time, timedelta

from models.enums import ConsentPurpose, OncePer
from triggers.base import Change, Cron, Event, Offset, Once, When
from triggers.circumstances import asked, has_received
from triggers.rules import Rule
from triggers.satisfiability import Demand, can_hold
from triggers.schedules import daily_times, days_of_year

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


def overlap(one: Rule, other: Rule, today: date) -> bool:
    """Whether both can speak to the same guest at the same moment."""
    if not same_moment(one.conditions.when, other.conditions.when, today):
        return False
    if not can_hold([Demand(asked(one)), Demand(asked(other))]):
        return False
    orders = [(one, other), (other, one)]
    if one.record.priority != other.record.priority:
        orders = [max(orders, key=lambda order: order[0].record.priority)]
    return any(can_hold([Demand(asked(last)), Demand(has_received(first.record.name))]) for first, last in orders)


def messages_ahead(rule: Rule, other: Rule, today: date) -> int:
    """Return how many messages of another rule a guest gets on the day of this one before it; none unless it is sure
    that whoever this one fits gets the other's."""
    count = _count_ahead(rule, other, today)
    return count if count and _covers(other, rule) else 0


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


def _covers(other: Rule, rule: Rule) -> bool:
    """Whether the other rule speaks to everybody that this one does, as often as it does."""
    speaks_again = other.record.cooldown is None and (
        other.record.once_per is not OncePer.guest or rule.record.once_per is OncePer.guest
    )
    needs_no_more = ConsentPurpose.promotional not in {other.record.purpose} - {rule.record.purpose}
    return speaks_again and needs_no_more and not can_hold([Demand(asked(rule)), Demand(asked(other), False)])
