"""When triggers look: offsets, calendar rules, quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.enums import TriggerType
from triggers.base import Anchor, Event, StayTimes, When
from triggers.conditions import parse_conditions
from triggers.schedules import (
    QuietHours,
    daily_times,
    days_of_year,
    first_allowed,
    instant,
    occurrences,
    useful_until,
)

BERLIN = ZoneInfo("Europe/Berlin")
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def stay(check_in: str, check_out: str, **more: Any) -> StayTimes:
    return StayTimes(BERLIN, local(check_in), local(check_out), **more)


def rule(**keys: Any) -> When:
    return parse_conditions(TriggerType.time_based, keys).when


def walls(times: StayTimes, when: When) -> list[str]:
    """What the hotel's clock shows at each occurrence."""
    return [one.due_at.astimezone(times.zone).isoformat()[:16] for one in occurrences(when, times, *ALWAYS)]


WEEK = stay("2026-06-01T15:00", "2026-06-08T11:00", booked_at=local("2026-05-01T12:34"))


@pytest.mark.parametrize(
    ("keys", "wall"),
    [
        ({"hours_after_checkin": 2}, "2026-06-01T17:00"),
        ({"hours_after_checkin": 0}, "2026-06-01T15:00"),
        ({"minutes_before_checkout": 90}, "2026-06-08T09:30"),
        ({"minutes_after_booking": 10}, "2026-05-01T12:44"),
        ({"days_before_checkin": 2}, "2026-05-30T15:00"),
        ({"days_before_checkin": 2, "at": "10:00"}, "2026-05-30T10:00"),
        ({"days_after_checkout": 0, "at": "9:05"}, "2026-06-08T09:05"),
        ({"days_after_checkin": 0}, "2026-06-01T15:00"),
        ({"on": "2026-06-03T18:00"}, "2026-06-03T18:00"),
    ],
)
def test_trigger_looks_once_when_its_offset_has_passed(keys: dict[str, Any], wall: str) -> None:
    assert walls(WEEK, rule(**keys)) == [wall]


def test_real_times_go_before_planned_ones_when_they_are_known() -> None:
    times = stay(
        "2026-06-01T15:00",
        "2026-06-08T11:00",
        checked_in_at=local("2026-06-01T19:20"),
        checked_out_at=local("2026-06-07T08:00"),
    )

    assert walls(times, rule(hours_after_checkin=2)) == ["2026-06-01T21:20"]
    assert walls(times, rule(days_after_checkout=1, at="10:00")) == ["2026-06-08T10:00"]
    assert walls(times, rule(on="2026-06-07T18:00")) == []


def test_occurrence_keeps_its_key_when_the_stay_is_moved() -> None:
    moved = stay("2026-07-01T15:00", "2026-07-08T11:00")

    (before,) = occurrences(rule(hours_after_checkin=2), WEEK, *ALWAYS)
    (after,) = occurrences(rule(hours_after_checkin=2), moved, *ALWAYS)

    assert before.key == after.key
    assert before.due_at < after.due_at


def test_nothing_is_planned_when_the_moment_is_unknown_or_the_rule_has_no_times() -> None:
    times = stay("2026-06-01T15:00", "2026-06-08T11:00")

    assert occurrences(rule(minutes_after_booking=10), times, *ALWAYS) == ()
    assert occurrences(rule(on="2026-06-08T11:00"), times, *ALWAYS) == ()
    assert occurrences(Event("no_show"), times, *ALWAYS) == ()
    assert occurrences(parse_conditions(TriggerType.condition_based, {"nights": 1}).when, times, *ALWAYS) == ()


def test_nothing_is_planned_when_the_moment_lies_beyond_the_calendar() -> None:
    times = StayTimes(BERLIN, local("9999-12-30T15:00"), local("9999-12-31T11:00"))

    for keys in ({"days_after_checkout": 5}, {"hours_after_checkin": 72}, {"days_after_checkin": 9, "at": "10:00"}):
        assert occurrences(rule(**keys), times, *ALWAYS) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 9 * * *", [f"2026-06-0{day}T09:00" for day in range(2, 9)]),
        ("0 18 * * 0", ["2026-06-07T18:00"]),
        ("0 18 * * 7", ["2026-06-07T18:00"]),
        ("0 18 * * SUN", ["2026-06-07T18:00"]),
        ("0 18 * * 1-2,5-7", [f"2026-06-0{day}T18:00" for day in (1, 2, 5, 6, 7)]),
        ("0 18 * * */3", [f"2026-06-0{day}T18:00" for day in (3, 6, 7)]),
        ("0 18 * * 4/2", [f"2026-06-0{day}T18:00" for day in (4, 6)]),
        ("0 18 3 * mon", ["2026-06-01T18:00", "2026-06-03T18:00"]),
        ("0 18 3-5 jun *", [f"2026-06-0{day}T18:00" for day in (3, 4, 5)]),
        ("0,30 15 1 * *", ["2026-06-01T15:00", "2026-06-01T15:30"]),
        ("0 11 8 6 *", []),
    ],
)
def test_cron_means_what_cron_means_when_a_guest_is_in_house(line: str, expected: list[str]) -> None:
    assert walls(WEEK, rule(cron=line)) == expected


def test_cron_is_planned_for_the_asked_span_only_when_a_stay_is_endless() -> None:
    times = StayTimes(BERLIN, local("2026-06-01T15:00"), local("9000-01-01T11:00"))
    since = local("2026-07-01T09:00")

    found = occurrences(rule(cron="0 9 * * *"), times, since, since + timedelta(days=2))

    assert [one.key for one in found] == ["2026-07-01T09:00", "2026-07-02T09:00"]


SPRING, AUTUMN = "2026-03-28T15:00", "2026-10-24T15:00"


@pytest.mark.parametrize(
    ("check_in", "keys", "due_at"),
    [
        (SPRING, {"hours_after_checkin": 24}, "2026-03-29T14:00"),
        (SPRING, {"days_after_checkin": 1}, "2026-03-29T13:00"),
        (SPRING, {"days_after_checkin": 1, "at": "02:30"}, "2026-03-29T01:00"),
        (SPRING, {"on": "2026-03-29T02:00"}, "2026-03-29T01:00"),
        (AUTUMN, {"hours_after_checkin": 24}, "2026-10-25T13:00"),
        (AUTUMN, {"days_after_checkin": 1}, "2026-10-25T14:00"),
        (AUTUMN, {"days_after_checkin": 1, "at": "02:30"}, "2026-10-25T00:30"),
        (AUTUMN, {"on": "2026-10-25T02:59"}, "2026-10-25T00:59"),
    ],
)
def test_local_times_are_right_when_the_clocks_change(check_in: str, keys: dict[str, Any], due_at: str) -> None:
    times = StayTimes(BERLIN, local(check_in), local(check_in) + timedelta(days=3))

    (found,) = occurrences(rule(**keys), times, *ALWAYS)

    assert found.due_at == datetime.fromisoformat(due_at).replace(tzinfo=UTC)


def test_day_zero_is_the_moment_itself_when_its_local_time_came_before() -> None:
    second_half_past_two = local("2026-10-25T02:30").replace(fold=1)
    times = StayTimes(BERLIN, second_half_past_two, local("2026-10-27T11:00"))

    (found,) = occurrences(rule(days_after_checkin=0), times, *ALWAYS)

    assert found.due_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_cron_comes_once_when_its_time_is_skipped_or_comes_twice() -> None:
    spring = StayTimes(BERLIN, local("2026-03-29T00:00"), local("2026-03-29T05:00"))
    autumn = StayTimes(BERLIN, local("2026-10-25T00:00"), local("2026-10-25T05:00"))

    at_half_past = occurrences(rule(cron="30 2 * * *"), spring, *ALWAYS)
    half_hours = occurrences(rule(cron="*/30 2-3 * * *"), spring, *ALWAYS)
    twice = occurrences(rule(cron="30 2 * * *"), autumn, *ALWAYS)

    assert [(one.key, one.due_at.hour) for one in at_half_past] == [("2026-03-29T02:30", 1)]
    assert [one.key for one in half_hours] == ["2026-03-29T03:00", "2026-03-29T03:30"]
    assert [one.due_at.isoformat() for one in twice] == ["2026-10-25T00:30:00+00:00"]


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-06-01T21:59", "2026-06-01T21:59"),
        ("2026-06-01T22:00", "2026-06-02T08:00"),
        ("2026-06-02T03:17", "2026-06-02T08:00"),
        ("2026-06-02T08:00", "2026-06-02T08:00"),
        ("2026-03-28T23:00", "2026-03-29T08:00"),
        ("2026-10-24T23:00", "2026-10-25T08:00"),
    ],
)
def test_message_waits_for_the_morning_when_it_falls_into_quiet_hours(at: str, allowed: str) -> None:
    assert first_allowed(local(at), QuietHours(), BERLIN) == local(allowed)


def test_message_goes_at_the_second_end_when_quiet_hours_end_twice() -> None:
    quiet = QuietHours(time(22), time(2, 15))
    second_ten_past_two = local("2026-10-25T02:10").replace(fold=1)

    allowed = first_allowed(second_ten_past_two, quiet, BERLIN)

    assert allowed == datetime(2026, 10, 25, 1, 15, tzinfo=UTC)


def test_message_goes_after_the_jump_when_quiet_hours_end_in_it() -> None:
    quiet = QuietHours(time(22), time(2, 30))

    assert first_allowed(local("2026-03-29T01:00"), quiet, BERLIN) == local("2026-03-29T03:00")


def test_quiet_hours_hold_when_they_lie_within_a_day() -> None:
    quiet = QuietHours(time(13), time(15))

    assert first_allowed(local("2026-06-01T14:00"), quiet, BERLIN) == local("2026-06-01T15:00")
    assert first_allowed(local("2026-06-01T12:59"), quiet, BERLIN) == local("2026-06-01T12:59")


def test_nothing_is_ever_quiet_when_the_hours_are_equal() -> None:
    at = local("2026-06-01T22:00")

    assert first_allowed(at, QuietHours(time(22), time(22)), BERLIN) == at


@pytest.mark.parametrize(
    ("keys", "hours"),
    [
        ({"hours_after_checkin": 2}, 12),
        ({"hours_before_checkin": 24}, 12),
        ({"days_after_checkin": 1, "at": "10:00"}, 12),
        ({"hours_after_checkin": 25}, 24),
        ({"days_before_checkin": 3}, 24),
        ({"cron": "0 9 * * *"}, 24),
    ],
)
def test_usefulness_follows_the_length_of_the_offset_when_none_is_given(keys: dict[str, Any], hours: int) -> None:
    due_at = local("2026-06-01T12:00")

    assert useful_until(due_at, rule(**keys)) == due_at + timedelta(hours=hours)
    assert useful_until(due_at, rule(**keys), timedelta(minutes=5)) == due_at + timedelta(minutes=5)


def test_skipped_day_ends_at_the_next_that_exists_when_a_zone_crosses_the_date_line() -> None:
    apia = ZoneInfo("Pacific/Apia")

    assert instant(datetime(2011, 12, 30, 12, 0), apia) == local("2011-12-31T00:00", apia)  # noqa: DTZ001


def test_stay_knows_its_moments_when_only_the_plan_is_known() -> None:
    assert WEEK.moment(Anchor.checkin) == WEEK.check_in
    assert stay("2026-06-01T15:00", "2026-06-08T11:00").moment(Anchor.booking) is None


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("0 9 * * *", ["09:00"]),
        ("*/30 8-9 1 * *", ["08:00", "08:30", "09:00", "09:30"]),
        ("15 6,18 29 2 *", ["06:15", "18:15"]),
    ],
)
def test_a_crontab_line_has_the_same_times_on_all_its_days(line: str, times: list[str]) -> None:
    assert [f"{at:%H:%M}" for at in daily_times(line)] == times


def test_the_days_of_a_crontab_line_are_those_of_a_year_from_today() -> None:
    today = date(2026, 11, 20)
    assert len(days_of_year("0 9 * * *", today)) == 366
    assert days_of_year("30 23 24 12 *", today) == {date(2026, 12, 24)}
    # As in cron, a day of the month and a day of the week mean either.
    assert {date(2026, 11, 23), date(2026, 12, 1)} <= days_of_year("0 9 1 * mon", today)
