"""The checker finds every fault that is planted in a clean history, and none in the clean one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.enums import FiringStatus, InboxState, OutboxState
from tests.factories import NOW
from tests.faults.checker import (
    Evidence,
    Handled,
    Heard,
    Kind,
    Ordered,
    Planned,
    Sent,
    Stored,
    check,
    delays,
    recoveries,
)
from tests.faults.marks import FIRING, STAFF, Mark

MARKS = [Mark(hotel, chat, number) for number in (1, 2, 3) for hotel in (1, 2) for chat in (1, 2)]
FIRST, SECOND = Mark(1, 1, 1), Mark(1, 1, 2)
WELCOME = Mark(2, 1, FIRING)


def clean() -> Evidence:
    """Two hotels with two guests who each write three times; one complaint, one firing."""
    at = {mark: NOW + timedelta(seconds=place) for place, mark in enumerate(MARKS)}
    alert = Ordered(SECOND, 1, STAFF, Kind.alert, OutboxState.sent)
    firing = Ordered(WELCOME, 2, 1, Kind.firing, OutboxState.sent)
    return Evidence(
        heard=[Heard(mark, at[mark], True, mark == SECOND) for mark in MARKS],
        stored=[Stored(mark, mark.hotel, mark.chat, InboxState.done) for mark in MARKS],
        handled=[Handled(mark, mark.hotel, mark.chat) for mark in MARKS],
        ordered=[*(Ordered(m, m.hotel, m.chat, Kind.reply, OutboxState.delivered) for m in MARKS), alert, firing],
        sent=[
            *(Sent(m, m.hotel, m.chat, Kind.reply, at[m] + timedelta(seconds=0.5)) for m in MARKS),
            Sent(SECOND, 1, STAFF, Kind.alert, NOW + timedelta(seconds=9)),
            Sent(WELCOME, 2, 1, Kind.firing, NOW + timedelta(seconds=7)),
        ],
        planned=[Planned(WELCOME, 2, NOW + timedelta(seconds=6.9), FiringStatus.fired)],
    )


def found(evidence: Evidence) -> dict[str, list[str]]:
    return check(evidence).wrong()


def test_nothing_is_found_when_the_history_is_clean() -> None:
    assert found(clean()) == {}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("stored", "was acknowledged and is not stored"),
        ("handled", "is done and was not handled"),
        ("ordered", "was handled without a reply"),
        ("sent", "counts as sent and never arrived"),
    ],
)
def test_loss_is_found_when_a_row_is_missing(rows: str, words: str) -> None:
    kept = [row for row in getattr(clean(), rows) if row.mark != FIRST]
    (lost,) = found(replace(clean(), **{rows: kept}))["lost"]
    assert str(FIRST) in lost
    assert words in lost


def test_loss_is_found_when_nobody_was_alerted_of_a_complaint() -> None:
    evidence = clean()
    ordered = [row for row in evidence.ordered if row.kind is not Kind.alert]
    sent = [row for row in evidence.sent if row.kind is not Kind.alert]
    assert found(replace(evidence, ordered=ordered, sent=sent)) == {
        "lost": [f"{SECOND} was handled without an alert"]
    }


@pytest.mark.parametrize("state", [OutboxState.failed, OutboxState.expired])
def test_loss_is_found_when_a_reply_was_given_up(state: OutboxState) -> None:
    ordered = [replace(row, state=state) if row.mark == FIRST else row for row in clean().ordered]
    assert found(replace(clean(), ordered=ordered)) == {"lost": [f"reply to {FIRST} was given up"]}


def test_loss_is_found_when_a_firing_came_to_nothing() -> None:
    evidence = clean()
    ordered = [row for row in evidence.ordered if row.kind is not Kind.firing]
    sent = [row for row in evidence.sent if row.kind is not Kind.firing]
    assert list(found(replace(evidence, ordered=ordered, sent=sent))) == ["lost"]


@pytest.mark.parametrize("rows", ["stored", "handled", "ordered"])
def test_doubled_effect_is_found_when_a_row_is_there_twice(rows: str) -> None:
    given = getattr(clean(), rows)
    assert list(found(replace(clean(), **{rows: [given[0], *given]}))) == ["doubled_effects"]


def test_doubled_send_is_found_when_the_provider_took_a_reply_twice() -> None:
    evidence = clean()
    assert list(found(replace(evidence, sent=[*evidence.sent, evidence.sent[-3]]))) == ["doubled_sends"]


def test_nothing_is_found_when_an_alert_comes_again_and_says_so() -> None:
    evidence = clean()
    again = Sent(SECOND, 1, STAFF, Kind.alert, NOW + timedelta(seconds=20), says_repeat=True)
    assert found(replace(evidence, sent=[*evidence.sent, again])) == {}


@pytest.mark.parametrize(("rows", "words"), [("handled", "handled after"), ("sent", "answered after")])
def test_disorder_is_found_when_a_pair_is_swapped(rows: str, words: str) -> None:
    given = list(getattr(clean(), rows))
    one, two = (next(i for i, row in enumerate(given) if row.mark == mark) for mark in (FIRST, SECOND))
    given[one], given[two] = given[two], given[one]
    (reordered,) = found(replace(clean(), **{rows: given}))["reordered"]
    assert words in reordered


def test_nothing_is_found_when_a_settled_doubt_left_late() -> None:
    evidence = clean()
    ordered = [replace(row, was_in_doubt=True) if row.mark == FIRST else row for row in evidence.ordered]
    sent = sorted(evidence.sent, key=lambda row: row.mark == FIRST)
    findings = check(replace(evidence, ordered=ordered, sent=sent))
    assert not findings.wrong()
    assert findings.resolved == [f"reply to {FIRST}"]


def test_stuck_conversation_is_found_when_anything_of_it_still_waits() -> None:
    evidence = clean()
    heard = [replace(row, acknowledged=row.mark != FIRST) for row in evidence.heard]
    stored = [replace(evidence.stored[0], state=InboxState.queued), *evidence.stored[1:]]
    ordered = [replace(evidence.ordered[0], state=OutboxState.sending), *evidence.ordered[1:]]
    planned = [replace(evidence.planned[0], status=FiringStatus.scheduled)]
    for changes in (
        {"heard": heard},
        {"stored": stored},
        {"ordered": ordered},
        {"planned": planned},
        {"held": ["x"]},
    ):
        assert list(found(replace(evidence, **changes))) == ["stuck"]


def test_early_firing_is_found_when_it_left_before_it_was_due() -> None:
    planned = [replace(clean().planned[0], due_at=NOW + timedelta(seconds=7.5))]
    assert found(replace(clean(), planned=planned)) == {"early": [f"firing {WELCOME} left 0.500 s early"]}


@pytest.mark.parametrize("rows", ["stored", "handled", "ordered", "sent"])
@pytest.mark.parametrize("place", [{"hotel": 2}, {"chat": 2}])
def test_foreign_row_is_found_when_it_stands_in_another_hotel_or_chat(rows: str, place: dict[str, int]) -> None:
    first, *others = getattr(clean(), rows)
    assert list(found(replace(clean(), **{rows: [replace(first, **place), *others]}))) == ["foreign"]


def test_doubt_is_wrong_only_when_staff_were_not_told() -> None:
    evidence = clean()
    for is_told in (True, False):
        doubtful = replace(evidence.ordered[0], state=OutboxState.in_doubt, is_told=is_told)
        findings = check(replace(evidence, ordered=[doubtful, *evidence.ordered[1:]]))
        assert list(findings.wrong()) == ([] if is_told else ["untold"])
        assert bool(findings.unresolved) is is_told


def test_recovery_is_the_time_from_the_end_of_a_fault_to_the_reply_when_a_message_waited() -> None:
    written, answered = delays(clean())[FIRST]
    assert answered - written == timedelta(seconds=0.5)
    assert recoveries(clean(), [written + timedelta(seconds=0.1)]) == [0.4]
