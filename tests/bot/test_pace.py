from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import Gaps, Pace

GAPS = Gaps(account=timedelta(milliseconds=40), chat=timedelta(seconds=1))


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def pace(watch: Stopwatch) -> Pace:
    return Pace(watch)


def test_the_first_message_goes_at_once_when_nothing_was_sent(pace: Pace) -> None:
    assert pace.wait_time("bot", "chat") == 0
    assert pace.reserve("bot", "chat", GAPS) == 0


def test_the_chat_waits_its_gap_when_it_was_just_written_to(pace: Pace, watch: Stopwatch) -> None:
    pace.reserve("bot", "chat", GAPS)
    assert pace.reserve("bot", "chat", GAPS) == pytest.approx(1)
    watch.seconds += 0.75
    assert pace.wait_time("bot", "chat") == pytest.approx(0.25)
    watch.seconds += 0.25
    assert pace.reserve("bot", "chat", GAPS) == 0


def test_another_chat_waits_only_the_accounts_gap_when_one_was_written_to(pace: Pace) -> None:
    pace.reserve("bot", "chat", GAPS)
    assert pace.wait_time("bot", "other") == pytest.approx(0.04)


def test_what_has_its_slot_must_not_go_any_more_when_its_account_was_put_to_rest(
    pace: Pace, watch: Stopwatch
) -> None:
    pace.reserve("bot", "chat", GAPS)
    assert pace.hold_left("bot") == 0, "its own gap is no rest"
    pace.hold("bot", 3)
    pace.hold("bot", 1)
    assert pace.hold_left("bot") == pytest.approx(3)
    watch.seconds += 3
    assert pace.hold_left("bot") == 0


def test_another_account_goes_at_once_when_one_has_to_wait(pace: Pace) -> None:
    pace.reserve("bot", "chat", GAPS)
    pace.hold("bot", 60)
    assert pace.reserve("other bot", "chat", GAPS) == 0


def test_nothing_is_taken_when_the_slot_is_not_due(pace: Pace, watch: Stopwatch) -> None:
    pace.reserve("bot", "chat", GAPS)
    for _ in range(100):
        pace.reserve("bot", "chat", GAPS)
    watch.seconds += 0.04
    assert pace.reserve("bot", "other", GAPS) == 0


def test_the_whole_account_is_silent_exactly_as_long_as_the_provider_asked(pace: Pace, watch: Stopwatch) -> None:
    pace.hold("bot", 7)
    assert pace.reserve("bot", "chat", GAPS) == pytest.approx(7)
    watch.seconds += 6.999
    assert pace.reserve("bot", "chat", GAPS) > 0
    watch.seconds += 0.002
    assert pace.reserve("bot", "chat", GAPS) == 0


def test_a_long_hold_stays_when_a_shorter_one_follows(pace: Pace) -> None:
    pace.hold("bot", 60)
    pace.hold("bot", 1)
    assert pace.wait_time("bot", "chat") == pytest.approx(60)


def test_a_quiet_chat_gets_several_at_once_when_a_burst_is_allowed(pace: Pace, watch: Stopwatch) -> None:
    gaps = Gaps(account=timedelta(), chat=timedelta(seconds=4), burst=3)
    assert [pace.reserve("bot", "group", gaps) for _ in range(3)] == [0, 0, 0]
    assert pace.reserve("bot", "group", gaps) == pytest.approx(4)


def test_no_minute_holds_more_than_its_share_when_bursts_come_again_and_again(pace: Pace, watch: Stopwatch) -> None:
    gaps, sent = Gaps(account=timedelta(), chat=timedelta(seconds=60) / 16, burst=4), list[float]()
    for _ in range(3_000):
        if pace.reserve("bot", "group", gaps) == 0:
            sent.append(watch.seconds)
        watch.seconds += 0.1
    assert len(sent) == pytest.approx(300 / 3.75, abs=5)
    assert all(later - earlier > 60 for earlier, later in zip(sent, sent[20:], strict=False))


def test_memory_stays_small_when_very_many_chats_are_written_to_once(pace: Pace, watch: Stopwatch) -> None:
    for number in range(20_000):
        pace.reserve(f"bot {number % 50}", f"chat {number}", GAPS)
        watch.seconds += 0.05
    assert len(pace) < 1_100


def test_a_long_hold_is_remembered_when_idle_chats_are_forgotten(pace: Pace, watch: Stopwatch) -> None:
    pace.hold("held", 10_000)
    for number in range(5_000):
        pace.reserve("bot", f"chat {number}", GAPS)
        watch.seconds += 1
    assert pace.wait_time("held", "chat") == pytest.approx(5_000)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.floats(0, 2)), max_size=60))
def test_no_gap_is_ever_too_small_when_sends_come_at_any_time(asked: list[tuple[str, str, float]]) -> None:
    watch, sent = Stopwatch(), list[tuple[str, str, float]]()
    pace = Pace(watch)
    for account, chat, later in asked:
        watch.seconds += later
        if pace.reserve(account, chat, GAPS) == 0:
            sent.append((account, chat, watch.seconds))
    for account in "ab":
        times = [at for sender, _, at in sent if sender == account]
        assert all(after - before >= 0.04 - 1e-9 for before, after in pairwise(times))
        for chat in "xyz":
            times = [at for sender, to, at in sent if (sender, to) == (account, chat)]
            assert all(after - before >= 1 - 1e-9 for before, after in pairwise(times))


GROUP = Gaps(account=timedelta(), chat=timedelta(seconds=60) / 16, burst=4)


def test_there_is_room_at_once_for_what_is_urgent_when_everything_else_has_to_wait(
    pace: Pace, watch: Stopwatch
) -> None:
    for _ in range(600):
        pace.reserve("bot", "group", GROUP, kept=2)
        watch.seconds += 0.1
    assert pace.wait_time("bot", "group", kept=2) > 0
    assert [pace.reserve("bot", "group", GROUP) for _ in range(2)] == [0, 0]
    assert pace.reserve("bot", "group", GROUP) > 0
    assert pace.wait_time("bot", "group", kept=2) > 3.75 * 2, "the room is made again first"


def test_every_place_is_everybodys_when_there_is_only_one(pace: Pace, watch: Stopwatch) -> None:
    assert pace.reserve("bot", "chat", GAPS, kept=2) == 0
    watch.seconds += 1
    assert pace.reserve("bot", "chat", GAPS, kept=2) == 0


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.floats(0, 8)), max_size=200))
def test_no_minute_holds_more_than_20_when_urgent_and_other_messages_come_at_any_time(
    asked: list[tuple[int, float]],
) -> None:
    watch, sent = Stopwatch(), list[float]()
    pace = Pace(watch)
    for kept, later in asked:
        watch.seconds += later
        if pace.reserve("bot", "group", GROUP, kept) == 0:
            sent.append(watch.seconds)
    assert all(later - earlier > 60 for earlier, later in zip(sent, sent[20:], strict=False))
