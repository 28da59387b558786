"""The plan against brute force: every minute of a zone's wall clock is looked at, around both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from tests.triggers.almanac import FIRST, LAST, MINUTE, ZONES, almanac, changes, minutes, wall
from triggers.base import Anchor, Cron, Offset, StayTimes, Unit
from triggers.schedules import QuietHours, first_allowed, instant, occurrences


def by_brute_force(wanted: datetime, zone: ZoneInfo) -> datetime:
    """The first minute at which the hotel's clock shows the wanted time, or has jumped over it."""
    change = min(changes(zone), key=lambda day: abs(day.replace(tzinfo=None) - wanted))
    return almanac(zone, change).first(wanted)


@st.composite
def nights_of_change(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and a minute within a day and a half of one of its clock changes."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    day = draw(st.sampled_from(changes(zone)))
    return zone, day + draw(st.integers(-12 * 60, 36 * 60)) * MINUTE


TIMES = st.builds(time, st.integers(0, 4) | st.integers(0, 23), st.sampled_from((0, 1, 15, 29, 30, 31, 59)))


@given(nights_of_change(), TIMES)
def test_local_time_is_found_as_by_brute_force_when_clocks_change(place: tuple[ZoneInfo, datetime], at: time) -> None:
    zone, near = place
    wanted = datetime.combine(wall(near, zone).date(), at)

    assert instant(wanted, zone) == by_brute_force(wanted, zone)


@given(nights_of_change(), st.sampled_from(Anchor), st.sampled_from(Unit), st.integers(-3, 3), st.none() | TIMES)
def test_offset_is_planned_as_by_brute_force_when_clocks_change(
    place: tuple[ZoneInfo, datetime], anchor: Anchor, unit: Unit, amount: int, at: time | None
) -> None:
    zone, moment = place
    stay = StayTimes(zone, check_in=moment, check_out=moment, booked_at=moment)
    at = at if unit is Unit.days else None

    (found,) = occurrences(Offset(anchor, unit, amount, at), stay, FIRST, LAST)

    if unit is Unit.days and (amount or at):
        day = wall(moment, zone) + timedelta(days=amount)
        assert found.due_at == by_brute_force(datetime.combine(day, at) if at else day, zone)
    else:
        assert found.due_at == moment + timedelta(**{unit.value: amount})


@given(nights_of_change(), st.integers(0, 3), st.integers(1, 30), TIMES)
def test_daily_cron_comes_once_a_day_as_by_brute_force_when_clocks_change(
    place: tuple[ZoneInfo, datetime], start: int, hours: int, at: time
) -> None:
    zone, near = place
    check_in = near + timedelta(hours=start)
    stay = StayTimes(zone, check_in, check_in + timedelta(hours=hours))

    found = occurrences(
        Cron(f"{at.minute} {at.hour} * * *"), stay, FIRST - timedelta(days=9), LAST + timedelta(days=9)
    )

    days: list[date] = [wall(check_in, zone).date() + timedelta(days=n) for n in range(-1, 4)]
    due = [by_brute_force(datetime.combine(day, at), zone) for day in days]
    assert [one.due_at for one in found] == [one for one in due if stay.check_in <= one < stay.check_out]
    assert len({one.key for one in found}) == len(found)


# The hour comes again in which it became quiet: its first minute is not quiet, the second time neither.
@example((ZoneInfo("America/St_Johns"), datetime(2026, 11, 1, 3, 31, tzinfo=UTC)), QuietHours(time(1, 1), time(0)))
@given(nights_of_change(), st.builds(QuietHours, TIMES, TIMES))
def test_first_allowed_minute_is_found_as_by_brute_force_when_clocks_change(
    place: tuple[ZoneInfo, datetime], quiet: QuietHours
) -> None:
    zone, at = place

    expected = next(one for one in minutes(at, at + timedelta(days=3)) if not quiet.covers(wall(one, zone).time()))

    assert first_allowed(at, quiet, zone) == expected
