"""What an admin is warned of when a trigger is saved: tables of triggers beside each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.hotel_settings import HotelSettings
from bot.texts import Texts
from triggers.cautions import Caution, Concern, Neighbours, caution_words, cautions_of, find_cautions
from triggers.coincidences import Coincidences
from triggers.exchange.document import Entry
from triggers.premises import Premises
from triggers.rules import Rule, read

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AFTER_CHECKIN = {"hours_after_checkin": 2}
AT_TEN = {"days_after_checkin": 1, "at": "10:00"}
DAILY = {"cron": "0 9 * * *"}
CHANGE = {"booking_status": "confirmed"}


def rule(conditions: dict[str, Any], name: str = "mine", **values: Any) -> Rule:
    kind = "event_based" if "event" in conditions else "time_based"
    kind = "condition_based" if conditions.keys() <= {"booking_status", "nights"} else kind
    given = {"name": name, "type": kind, "conditions": conditions, "text": "Hi", **values}
    record = Entry.model_validate(given, strict=False).record
    return read(type(record)(**{**{field: getattr(record, field) for field in record.__slots__}, "id": uuid4()}))


def premises(*others: Rule, known: dict[str, list[str]] | None = None, **settings: Any) -> Premises:
    return Premises(NOW, ZoneInfo("Europe/Berlin"), HotelSettings(**settings), known or {}, others)


def cautions_among(mine: Rule, given: Premises) -> list[Caution]:
    """Return what is said of a rule that runs among those of the premises."""
    rules = (mine, *(other for other in given.rules if other is not mine))
    return cautions_of(mine, Neighbours(replace(given, rules=rules), Coincidences(given.today)))


def concerns(mine: Rule, *others: Rule, **settings: Any) -> list[tuple[Concern, tuple[str, ...]]]:
    return [(one.concern, one.names) for one in cautions_among(mine, premises(*others, **settings))]


OVERLAPS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (AFTER_CHECKIN, AFTER_CHECKIN),
    (AFTER_CHECKIN, {"minutes_after_checkin": 120, "room_type": "suite"}),
    ({**AFTER_CHECKIN, "nights": {"gte": 3}}, {**AFTER_CHECKIN, "nights": {"lte": 3}}),
    ({**AFTER_CHECKIN, "room_type": "suite"}, {**AFTER_CHECKIN, "none": [{"room_type": "double"}]}),
    (AT_TEN, AT_TEN),
    (DAILY, {"cron": "0 9 * * 1"}),
    (DAILY, {"cron": "0 8-10 * * *"}),
    (DAILY, {"on": "2026-12-31T09:00"}),
    ({"on": "2026-12-31T18:00"}, {"on": "2026-12-31T18:00"}),
    ({"event": "checked_in"}, {"event": "checked_in", "nights": {"gte": 2}}),
    ({"event": "negative_sentiment"}, {"event": "message_received"}),
    ({"event": "requires_attention"}, {"event": "message_received", "message.text": {"contains": "fire"}}),
    (CHANGE, {"nights": {"gte": 3}}),
]
APART: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (AFTER_CHECKIN, {"hours_after_checkin": 3}),
    (AFTER_CHECKIN, {"hours_after_checkout": 2}),
    (AFTER_CHECKIN, {"hours_before_checkin": 2}),
    (AFTER_CHECKIN, {"event": "checked_in"}),
    ({**AFTER_CHECKIN, "nights": {"gt": 3}}, {**AFTER_CHECKIN, "nights": {"lte": 3}}),
    ({**AFTER_CHECKIN, "room_type": "suite"}, {**AFTER_CHECKIN, "none": [{"room_type": "Suite"}]}),
    ({**AFTER_CHECKIN, "guest.language": "ru"}, {**AFTER_CHECKIN, "guest.language": {"ne": "ru"}}),
    ({**AFTER_CHECKIN, "booking_status": "cancelled"}, AFTER_CHECKIN),
    (AT_TEN, {"days_after_checkin": 1, "at": "11:00"}),
    (DAILY, {"cron": "30 9 * * *"}),
    ({"cron": "0 9 * * 1"}, {"cron": "0 9 * * 2"}),
    (DAILY, {"on": "2026-12-31T18:00"}),
    ({"event": "negative_sentiment"}, {"event": "message_received", "message.sentiment_type": "positive"}),
    ({"event": "checked_in"}, {"event": "checked_out"}),
    ({"event": "external", "name": "spa"}, {"event": "external", "name": "gym"}),
    ({"event": "no_reply_for", "minutes": 15}, {"event": "no_reply_for", "minutes": 30}),
    ({"nights": {"lt": 3}}, {"nights": {"gte": 3}}),
]


@pytest.mark.parametrize(("mine", "theirs"), OVERLAPS)
def test_an_overlap_is_named_when_one_guest_can_get_both_at_one_moment(
    mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    for one, other in ((mine, theirs), (theirs, mine)):
        assert concerns(rule(one), rule(other, "other")) == [(Concern.overlap, ("other",))]


@pytest.mark.parametrize(("mine", "theirs"), APART)
def test_nothing_is_said_when_no_guest_gets_both_at_one_moment(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    for one, other in ((mine, theirs), (theirs, mine)):
        assert concerns(rule(one), rule(other, "other")) == []


def test_one_that_leaves_out_who_got_the_other_does_not_overlap_when_it_goes_after_it() -> None:
    polite = {**AFTER_CHECKIN, "not_received": "Other"}
    assert concerns(rule(polite, priority=1), rule(AFTER_CHECKIN, "other", priority=5)) == []
    assert concerns(rule(polite, priority=5), rule(AFTER_CHECKIN, "other", priority=1)) != []


def test_nothing_is_said_when_a_trigger_does_not_run_or_is_only_itself() -> None:
    mine = rule(AFTER_CHECKIN)
    assert concerns(mine, mine) == []
    assert concerns(rule(AFTER_CHECKIN, active=False), rule(AFTER_CHECKIN, "other")) == []


def at(time: str, name: str, **values: Any) -> Rule:
    more = values.pop("more", {})
    return rule({"days_after_checkin": 1, "at": time, **more}, name, **values)


def shadows(mine: Rule, *others: Rule, budget: int = 2) -> list[tuple[Concern, tuple[str, ...]]]:
    found = concerns(mine, *others, automatic_messages_a_day=budget)
    return [one for one in found if one[0] is not Concern.overlap]


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        (at("18:00", "mine"), [at("10:00", "a"), at("12:00", "b")]),
        (at("10:00", "mine"), [at("10:00", "a", priority=5), at("9:00", "b")]),
        (at("18:00", "mine", more={"nights": 3}), [at("10:00", "a"), at("12:00", "b", more={"nights": {"gte": 2}})]),
        (rule(AFTER_CHECKIN), [rule(AFTER_CHECKIN, "a", priority=2), rule(AFTER_CHECKIN, "b", priority=3)]),
        (rule({"cron": "0 18 * * 1"}), [rule(DAILY, "a"), rule({"cron": "0 12 * * 1-5"}, "b")]),
        (rule({"cron": "0 18 * * *"}), [rule({"cron": "0 9,12 * * *"}, "a")]),
        (rule({"on": "2026-12-31T18:00"}), [rule({"cron": "0 9,12 31 12 *"}, "a")]),
        (rule(CHANGE), [rule(CHANGE, "a", priority=2), rule(CHANGE, "b", priority=2)]),
        (at("18:00", "mine", purpose="promotional"), [at("10:00", "a", purpose="promotional"), at("12:00", "b")]),
    ],
)
def test_a_trigger_is_shadowed_when_others_use_up_the_day_before_it(mine: Rule, others: list[Rule]) -> None:
    assert shadows(mine, *others) == [(Concern.shadowed, tuple(other.record.name for other in others))]
    assert shadows(mine, *others, budget=3) == []


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        (at("10:00", "mine"), [at("12:00", "a")]),
        (at("10:00", "mine"), [at("10:00", "a"), at("10:00", "b")]),
        (at("18:00", "mine"), [at("10:00", "a"), at("12:00", "b", more={"room_type": "suite"})]),
        (at("18:00", "mine"), [at("10:00", "a"), at("12:00", "b", purpose="promotional")]),
        (at("18:00", "mine"), [at("10:00", "a"), at("12:00", "b", once_per="guest")]),
        (at("18:00", "mine"), [at("10:00", "a"), at("12:00", "b", cooldown="3d")]),
        (rule({"cron": "0 18 * * *"}), [rule(DAILY, "a"), rule({"cron": "0 12 * * 1-5"}, "b")]),
        (rule({"cron": "0 18 * * *"}), [rule({"cron": "0 9,12 * * *"}, "a", once_per="day")]),
        (
            rule({"event": "message_received"}),
            [rule({"event": "message_received"}, name, priority=9) for name in ("a", "b")],
        ),
    ],
)
def test_a_trigger_is_not_shadowed_when_there_is_room_for_some_guest(mine: Rule, others: list[Rule]) -> None:
    assert shadows(mine, *others) == []


def test_a_trigger_that_takes_the_last_room_of_the_day_is_named_as_the_cause() -> None:
    others = [at("10:00", "a"), at("18:00", "late"), at("9:00", "early")]
    assert shadows(at("12:00", "mine"), *others, budget=3) == [(Concern.shadowing, ("late",))]


def test_a_hotel_that_allows_no_message_is_told_so() -> None:
    assert concerns(rule(AFTER_CHECKIN), automatic_messages_a_day=0) == [(Concern.muted, ())]
    assert concerns(rule({"event": "negative_sentiment"}), automatic_messages_a_day=0) == []


def test_a_value_that_nobody_has_is_named_with_the_nearest_one() -> None:
    known = {"guest.language": ["en", "ru"], "guest.channel": ["telegram"], "received": ["Welcome"]}
    conditions = {**AFTER_CHECKIN, "guest.language": ["de", "RU"], "not_received": "Welcom"}
    found = cautions_among(rule(conditions, channels=["whatsapp_green", "telegram"]), premises(known=known))
    assert [(one.path, one.value, one.nearest) for one in found] == [
        ("guest.language", "de", None),
        ("not_received", "Welcom", "Welcome"),
        ("channels", "whatsapp_green", None),
    ]


def test_nothing_is_unknown_when_a_young_hotel_knows_nothing_yet() -> None:
    assert cautions_among(rule({**AFTER_CHECKIN, "guest.language": "de", "room_type": "suite"}), premises()) == []


@pytest.mark.parametrize("concern", list(Concern))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_concern_has_a_sentence(concern: Concern, language: str) -> None:
    caution = Caution(concern, ("Welcome",), 3, "room_type", "siute", "suite")
    said = caution_words(caution, Texts(), language)
    assert said.startswith("⚠ ")
    assert "suite" in said
    assert "Welcome" in said or "siute" in said or concern is Concern.muted


MANY = 200


class Counted(Coincidences):
    """Counts how often two rules are held against each other."""

    compared = 0

    def overlap(self, one: Rule, other: Rule) -> bool:
        self.compared += 1
        return super().overlap(one, other)

    def messages_ahead(self, rule: Rule, other: Rule) -> int:
        self.compared += 1
        return super().messages_ahead(rule, other)


def daily(*, at_once: bool) -> list[Rule]:
    """Return many rules of every day that ask much the same: all at one time, or one after another."""
    conditions: list[dict[str, Any]] = [{}, {"room_type": "suite"}, {"nights": {"gte": 3}}, {"guest.language": "ru"}]
    return [
        rule(
            {"cron": f"{0 if at_once else number % 60} {9 + number // 60} * * *", **conditions[number % 4]},
            f"r{number}",
        )
        for number in range(MANY)
    ]


@pytest.mark.parametrize("budget", [3, 100])
@pytest.mark.parametrize("at_once", [True, False])
def test_each_pair_is_held_together_a_few_times_when_many_triggers_come_with_one_file(
    at_once: bool, budget: int
) -> None:
    rules = daily(at_once=at_once)[::-1]
    given = premises(*rules, automatic_messages_a_day=budget)
    pairs, unhurried = Counted(given.today, patience=5_000), Coincidences(given.today, patience=10**9)

    found = [cautions_of(one, Neighbours(given, pairs)) for one in rules[:1]]
    assert pairs.compared < MANY * MANY * 2, "one trigger is saved"

    neighbours = Neighbours(given, pairs)
    found = [cautions_of(one, neighbours) for one in rules]
    assert pairs.compared < MANY * MANY * 6, "all come with a file"
    assert found == [cautions_of(one, Neighbours(given, unhurried)) for one in rules[:1]] + found[1:]


async def test_nothing_is_said_of_what_takes_too_long_to_tell() -> None:
    """Two hundred rules of one moment, of which each asks something of its own, would take minutes."""
    hard = {"any": [{"nights": {"gte": number}, "adults": {"gte": number}} for number in range(6)]}
    asks = [{**DAILY, **hard, "room_number": {"ne": str(number)}} for number in range(MANY)]
    rules = [rule(conditions, f"r{number}") for number, conditions in enumerate(asks)]

    found = await find_cautions(rules, premises(*rules))

    overlaps = [one for some in found for one in some if one.concern is Concern.overlap]
    assert 0 < sum(len(one.names) for one in overlaps) < MANY * (MANY - 1)
