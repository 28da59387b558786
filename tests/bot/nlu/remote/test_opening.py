from __future__ import annotations

import pytest

from bot.config import load_settings
from bot.errors import ConfigurationError
from bot.nlu.remote.opening import endpoint_of
from tests.model_server import KEY

NAMED = {"BELLHOP_MODEL_NAME": "small"}


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"BELLHOP_MODEL_URL": "https://host/v1"}, "BELLHOP_MODEL_NAME is missing"),
        (
            {"BELLHOP_MODEL_URL": "http://host/v1", "BELLHOP_MODEL_KEY": KEY, **NAMED},
            "BELLHOP_MODEL_URL can't be used: a key is sent by https only",
        ),
        (
            {"BELLHOP_MODEL_URL": "https://host/v1", "BELLHOP_MODEL_KEY": f"{KEY}\nX-Other: 1", **NAMED},
            "BELLHOP_MODEL_KEY can't be used",
        ),
    ],
)
def test_the_start_stops_with_a_remedy_when_settings_do_not_fit_together(
    environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        endpoint_of(load_settings(environ).model)
    assert str(caught.value).startswith(sentence)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "environ",
    [
        {"BELLHOP_MODEL_URL": "https://host/v1/", "BELLHOP_MODEL_KEY": KEY},
        {"BELLHOP_MODEL_URL": "http://127.0.0.1:11434/v1", "BELLHOP_MODEL_KEY": KEY},
        {"BELLHOP_MODEL_URL": "http://ollama:11434/v1"},
    ],
)
def test_a_model_is_asked_when_no_secret_can_be_read_on_the_way(environ: dict[str, str]) -> None:
    endpoint = endpoint_of(load_settings({**environ, **NAMED}).model)
    assert endpoint.url.endswith("/v1")
    assert KEY not in repr(endpoint)
