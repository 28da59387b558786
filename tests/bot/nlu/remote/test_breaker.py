from __future__ import annotations

from datetime import timedelta

from bot.clock import FixedClock
from bot.nlu.remote.breaker import LONGEST_PAUSE, MOST_FAILURES, PAUSE, Breaker
from tests.factories import NOW


def test_everybody_may_ask_when_failures_are_not_in_a_row() -> None:
    breaker = Breaker(FixedClock(NOW))
    for _ in range(MOST_FAILURES):
        breaker.fail()
        breaker.succeed()
    assert breaker.try_pass()


def test_one_tries_for_all_when_the_pause_is_over() -> None:
    clock = FixedClock(NOW)
    breaker = Breaker(clock)
    for _ in range(MOST_FAILURES):
        breaker.fail()
    clock.move(PAUSE)
    assert [breaker.try_pass(), breaker.try_pass()] == [True, False]
    breaker.fail()
    assert not breaker.try_pass(), "one more failure is enough"
    clock.move(PAUSE)
    assert breaker.try_pass()
    breaker.succeed()
    assert [breaker.try_pass(), breaker.try_pass()] == [True, True]


def test_another_tries_when_nothing_was_heard_of_the_first() -> None:
    clock = FixedClock(NOW)
    breaker = Breaker(clock)
    breaker.fail(PAUSE)
    clock.move(PAUSE)
    breaker.try_pass()
    clock.move(PAUSE)
    assert breaker.try_pass()


def test_nobody_waits_for_days_when_the_server_asks_for_that() -> None:
    clock = FixedClock(NOW)
    breaker = Breaker(clock)
    breaker.fail(timedelta(days=1))
    clock.move(LONGEST_PAUSE)
    assert breaker.try_pass()


def test_a_long_pause_stays_long_when_an_earlier_question_fails_during_it() -> None:
    clock = FixedClock(NOW)
    breaker = Breaker(clock)
    breaker.fail(LONGEST_PAUSE)
    breaker.fail(PAUSE)
    clock.move(PAUSE)
    assert not breaker.try_pass()
