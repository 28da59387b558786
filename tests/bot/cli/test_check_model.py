from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.cli.checks.model import check_model
from bot.config import load_settings
from tests.model_server import KEY, Act, ModelServer, answer_plainly, model_server, refuse_key, say


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


async def test_the_model_is_named_when_it_answers_in_form(server: ModelServer) -> None:
    assert (await check_model(load_settings(server.environ()).model)).line() == "✓ BELLHOP_MODEL_URL: played answers"


@pytest.mark.parametrize(
    ("act", "problem", "remedy"),
    [
        (refuse_key, "refuses the key (401)", "BELLHOP_MODEL_KEY"),
        (answer_plainly(b"", 404), "refuses the request (404)", "BELLHOP_MODEL_NAME"),
        (answer_plainly(b"", 503), "can't answer now (503)", "the network"),
        (answer_plainly(b"<html>"), "does not speak of completions", "the network"),
        (say("Gladly!"), "does not answer in the form", "a larger model"),
    ],
)
async def test_the_problem_has_a_remedy_when_the_model_fails(
    server: ModelServer, act: Act, problem: str, remedy: str
) -> None:
    server.program(act)
    finding = await check_model(load_settings(server.environ()).model)
    assert problem in finding.problem
    assert remedy in finding.remedy
    assert KEY not in finding.line()


async def test_the_missing_name_is_asked_for_when_only_the_address_is_set(server: ModelServer) -> None:
    finding = await check_model(load_settings({"BELLHOP_MODEL_URL": server.url}).model)
    assert "BELLHOP_MODEL_NAME is missing" in finding.line()
    assert server.asked == []
