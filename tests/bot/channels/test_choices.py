"""Long texts in parts, choices as numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.choices import numbered, send_parts, split_text
from bot.errors import BellhopError, ChatMigrated, InDoubt, RecipientUnreachable, TransientError
from bot.messages import Choice

AT_ONCE = timedelta()
PLAIN = st.text(st.characters(exclude_categories=["Cs"]))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Ear:
    """Takes the parts that a channel sends, and fails as it is told."""

    def __init__(self, *failures: BellhopError | None) -> None:
        self.heard: list[str] = []
        self.last: str | None = None
        self._failures = list(failures)

    async def __call__(self, part: str, is_last: bool) -> str:
        failure = self._failures.pop(0) if self._failures else None
        if failure:
            raise failure
        self.heard.append(part)
        self.last = part if is_last else None
        return f"id-{len(self.heard)}"


@given(PLAIN, st.integers(2, 40))
@settings(deadline=None)
def test_every_part_fits_and_no_word_is_lost_when_a_text_is_split(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(units(part) <= limit for part in parts) or text.isspace()
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_cut_at_lines_and_words_when_it_has_some() -> None:
    assert split_text("first line\nsecond line", 16) == ["first line", "second line"]
    assert split_text("four five six seven", 10) == ["four five", "six seven"]
    assert split_text("\U0001f6ce\U0001f6ce\U0001f6ce", 3) == ["\U0001f6ce"] * 3
    assert split_text("short", 10) == ["short"]


def test_choices_become_numbered_lines_when_there_are_no_buttons() -> None:
    assert numbered("When?", (Choice("a", "Now"), Choice("b", "Later"))) == "When?\n\n1. Now\n2. Later"
    assert numbered("When?", ()) == "When?"


async def test_the_last_parts_id_counts_when_all_went_well() -> None:
    ear = Ear()
    assert await send_parts(["a", "b", "b"], ear) == "id-3"
    assert (ear.heard, ear.last) == (["a", "b", "b"], "b")


@pytest.mark.parametrize("failure", [TransientError("busy"), InDoubt("?"), RecipientUnreachable("gone")])
async def test_the_failure_is_the_messages_when_the_first_part_fails(failure: BellhopError) -> None:
    with pytest.raises(type(failure)):
        await send_parts(["a", "b"], Ear(failure))


async def test_a_later_part_is_tried_again_when_the_trouble_passes() -> None:
    ear = Ear(None, TransientError("busy", AT_ONCE), TransientError("busy", AT_ONCE))
    assert await send_parts(["a", "b"], ear) == "id-2"
    assert ear.heard == ["a", "b"]


@pytest.mark.parametrize(
    "failures",
    [
        [TransientError("busy", AT_ONCE)] * 3,
        [TransientError("much too busy", timedelta(minutes=5))],
        [ChatMigrated("moved", "-1")],
        [InDoubt("?")],
    ],
)
async def test_the_start_is_not_said_twice_when_a_later_part_stays_unsent(failures: list[BellhopError]) -> None:
    ear = Ear(None, *failures)
    with pytest.raises(InDoubt):
        await send_parts(["a", "b"], ear)
    assert ear.heard == ["a"]


async def test_the_refusal_is_told_when_a_later_part_is_refused() -> None:
    with pytest.raises(RecipientUnreachable):
        await send_parts(["a", "b"], Ear(None, RecipientUnreachable("blocked meanwhile")))
