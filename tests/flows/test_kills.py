"""The bot is killed at every boundary of a conversation: nothing is lost, nothing done twice, order is kept.

A boundary is a commit that changes something, or a call of a provider; the bot dies before it counts, or after it
counted and before the answer arrives. A first run without a kill says which boundaries there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import pytest

from bot.messages import Platform
from tests.databases import Database, TestServer
from tests.flows.killing import Death, Story, Theatre
from tests.flows.proxy import Boundary, Moment

AT_ONCE = 6
SAMPLE = 4
BOTH = pytest.mark.parametrize("platform", list(Platform))
# A provider's call that only asks changes nothing, whenever the bot dies.
ASKING = frozenset({"getMe", "getWebhookInfo", "getSettings", "getStateInstance"})


@BOTH
async def test_conversation_is_whole_when_the_bot_is_killed_at_boundaries_of_several_kinds(
    postgres: TestServer, template_database: Database, platform: Platform
) -> None:
    theatre = Theatre(postgres, template_database, platform)
    plain = await theatre.play(None)
    await _check(theatre, plain, _of_several_kinds(plain))


@pytest.mark.slow
@BOTH
async def test_conversation_is_whole_when_the_bot_is_killed_at_any_boundary(
    postgres: TestServer, template_database: Database, platform: Platform
) -> None:
    theatre = Theatre(postgres, template_database, platform)
    plain = await theatre.play(None)
    await _check(theatre, plain, list(_every_death(plain)))


async def _check(theatre: Theatre, plain: Story, deaths: Sequence[Death]) -> None:
    assert not plain.wrong, _told([plain])
    places = asyncio.Semaphore(AT_ONCE)

    async def play(death: Death) -> Story:
        async with places:
            return await theatre.play(death, plain.replies)

    stories = await asyncio.gather(*map(play, deaths))
    assert not [story for story in stories if story.wrong], _told(stories)
    # Work that goes on side by side does not always fall into the same commits.
    assert sum(story.died for story in stories) >= len(deaths) * 0.9


def _every_death(plain: Story) -> Iterable[Death]:
    for moment in Moment:
        for boundary in plain.commits:
            yield Death(boundary, moment)
        for (server, method), times in sorted(plain.calls.items()):
            for nth in range(1, times + 1):
                yield Death(Boundary(method, nth), moment, server)


def _of_several_kinds(plain: Story) -> list[Death]:
    """Take some: of each kind of boundary one, before and after in turn, what happens once before the rest."""
    kinds: dict[tuple[str | None, str], list[Death]] = {}
    for death in _every_death(plain):
        if death.boundary.what not in ASKING:
            kinds.setdefault((death.server, death.boundary.what), []).append(death)
    rare_first = sorted(kinds.values(), key=len)
    return [deaths[0 if number % 2 else -1] for number, deaths in enumerate(rare_first)][:SAMPLE]


def _told(stories: Iterable[Story]) -> str:
    return "\n".join(
        f"{story.death}:\n  " + "\n  ".join(story.wrong) + "\n" + story.log for story in stories if story.wrong
    )
