from __future__ import annotations

import tomllib

import pytest

from bot.nlu.attention import CONDITION, DATA, find_attention, load_classes, read_condition
from bot.nlu.tokens import tokenise


def rules() -> list[str]:
    groups = tomllib.loads((DATA / "attention.toml").read_text(encoding="utf-8"))["rule"]
    return [rule for group in groups for rule in group["when"]]


def test_every_class_that_a_rule_names_is_listed_in_both_languages() -> None:
    named = {rule.split()[0] for rule in rules()}
    named |= {match.group(3) for rule in rules() for match in CONDITION.finditer(rule)}
    for language in ("en", "ru"):
        listed = tomllib.loads((DATA / f"terms_{language}.toml").read_text(encoding="utf-8"))
        assert sorted(listed) == sorted(named)


@pytest.mark.parametrize("name", ["terms", "valence"])
def test_no_class_is_empty(name: str) -> None:
    assert all(load_classes(name).values())


def test_a_finding_points_at_its_words_wherever_the_sentence_stands() -> None:
    (finding,) = find_attention(tokenise("Hello there. The lamp is broken"))
    assert finding.tokens == {5}
    assert 0 < finding.severity <= 1


@pytest.mark.parametrize(
    "text", ["the lamp is not broken", "the lamp is already fixed", "the beach is dirty", "cold beer please", "SMTP"]
)
def test_nothing_is_found_when_a_veto_stands_near(text: str) -> None:
    assert find_attention(tokenise(text)) == []


@pytest.mark.parametrize(
    "text",
    ["I want to kill myself", "i dont want to live anymore", "Я хочу покончить с собой", "думаю о самоубийстве"],
)
def test_a_guest_in_despair_is_found(text: str) -> None:
    assert max(finding.severity for finding in find_attention(tokenise(text))) >= 0.9


def test_a_condition_that_can_not_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"attention\.toml.*'not-3'"):
        read_condition("not-3")
