from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load_settings, settings_table
from bot.config_values import LogFormat, LogLevel
from bot.errors import ConfigurationError

README = Path(__file__).parents[2] / "README.md"
MARKED_TABLE = re.compile(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", re.DOTALL)
SECRET = "Sesam0effne"


def refusal(environ: Mapping[str, str]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(environ)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert caught.value.__cause__ is None
    return sentence


def database_url(value: str) -> str:
    url = load_settings({"BELLHOP_DATABASE_URL": value}).database.url
    assert url is not None
    return url.get_secret_value()


def test_everything_has_a_working_default_when_nothing_is_set() -> None:
    settings = load_settings({})
    assert settings.database.url is None
    assert settings.database.pool_size == 10
    assert settings.database.statement_timeout == timedelta(seconds=5)
    assert settings.database.keep_months is None
    assert settings.redis.url is None
    assert settings.encryption.keys is None
    assert settings.channels.telegram_api == "https://api.telegram.org"
    assert settings.channels.green_api == "https://api.green-api.com"
    assert (settings.model.url, settings.model.name, settings.model.key) == (None, None, None)
    assert (settings.model.deadline, settings.model.daily_calls) == (timedelta(seconds=4), 1000)
    assert (settings.web.host, settings.web.port, settings.web.public_url) == ("127.0.0.1", 8080, None)
    assert (settings.log.level, settings.log.format) == (LogLevel.info, LogFormat.json)
    assert settings.process.data_dir == Path(".data")
    assert settings.process.simulator_port == 8090
    assert settings.process.slow_query == timedelta(milliseconds=200)
    assert settings.process.stop_timeout == timedelta(seconds=10)


def test_only_the_given_environment_counts_when_the_process_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLHOP_PORT", "1234")
    assert load_settings({}).web.port == 8080


def test_an_empty_value_counts_as_unset_when_compose_passes_it_on() -> None:
    settings = load_settings({"BELLHOP_REDIS_URL": "", "BELLHOP_PORT": "  "})
    assert settings.redis.url is None
    assert settings.web.port == 8080


def test_settings_cannot_change_when_they_were_read() -> None:
    settings = load_settings({})
    with pytest.raises(AttributeError):
        settings.web = None  # type: ignore[misc, assignment]
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1


def test_secrets_stay_hidden_when_settings_are_printed() -> None:
    settings = load_settings(
        {
            "BELLHOP_DATABASE_URL": f"postgresql://bell:{SECRET}@db/bellhop",
            "BELLHOP_DATABASE_APP_URL": f"postgresql://app:{SECRET}@db/bellhop",
            "BELLHOP_REDIS_URL": f"redis://:{SECRET}@cache/0",
            "BELLHOP_ENCRYPTION_KEYS": SECRET,
            "BELLHOP_MODEL_KEY": SECRET,
        }
    )
    assert SECRET not in f"{settings} {settings!r} {settings.database.model_dump_json()}"


@pytest.mark.parametrize(
    ("given_url", "understood"),
    [
        ("postgres://u:p@db/bellhop", "postgresql+asyncpg://u:p@db/bellhop"),
        ("postgresql://u:p@db:5433/bellhop", "postgresql+asyncpg://u:p@db:5433/bellhop"),
        ("postgresql+asyncpg://u@[::1]/bellhop", "postgresql+asyncpg://u@[::1]/bellhop"),
        ("postgres://u:a%40b%2Fc@db/bellhop", "postgresql+asyncpg://u:a%40b%2Fc@db/bellhop"),
        ("postgresql://u:p@db/bellhop?sslmode=verify-full", "postgresql+asyncpg://u:p@db/bellhop?ssl=verify-full"),
        ("postgresql://u@/bellhop?host=/run/pg", "postgresql+asyncpg://u@/bellhop?host=%2Frun%2Fpg"),
        ("postgresql://u@%2Frun%2Fpg/bellhop", "postgresql+asyncpg://u@/bellhop?host=%2Frun%2Fpg&port=5432"),
    ],
)
def test_the_driver_gets_what_it_understands_when_a_database_url_is_given(given_url: str, understood: str) -> None:
    assert database_url(given_url) == understood


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        (f"mysql://u:{SECRET}@db/bellhop", "it must begin with postgresql://"),
        (f"postgresql+psycopg://u:{SECRET}@db/bellhop", "it must begin with postgresql://"),
        (f"u:{SECRET}@db/bellhop", "write it as postgresql://"),
        (f"postgresql://u:p@db:{SECRET}/bellhop", "write it as postgresql://"),
        (f"postgresql://u:{SECRET}@db", "add the database's name"),
        (f"postgresql://u:{SECRET}@db/bellhop?sslmode={SECRET}", "its sslmode must be one of allow, disable"),
        (f"postgresql://u:{SECRET}@db/bellhop?channel_binding=require", "take 'channel_binding' out"),
        (f"postgresql://u:{SECRET}@/bellhop?host=one&host=two", "give every host of it a port"),
    ],
)
def test_a_database_url_is_refused_with_a_remedy_when_it_cannot_work(url: str, remedy: str) -> None:
    for variable in ("BELLHOP_DATABASE_URL", "BELLHOP_DATABASE_APP_URL", "BELLHOP_DATABASE_RUNTIME_URL"):
        assert refusal({variable: url}).startswith(f"{variable} can't be used: {remedy}")


@pytest.mark.parametrize(
    "url", ["redis://cache", "redis://:p@cache:6380/2", "rediss://cache/0", "unix:///run/redis.sock"]
)
def test_a_redis_url_is_kept_as_it_is_when_it_can_work(url: str) -> None:
    read = load_settings({"BELLHOP_REDIS_URL": url}).redis.url
    assert read is not None
    assert read.get_secret_value() == url


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("REDIS_URL", f"http://{SECRET}", "write it as redis://host"),
        ("REDIS_URL", f"redis://h:{SECRET}", "write it as redis://host"),
        ("REDIS_URL", f"redis://{SECRET}/x", "give a host, and after it only a database number"),
        ("REDIS_URL", f"redis://:{SECRET}@", "give a host"),
        ("REDIS_URL", "unix://", "add the socket's path"),
        ("DATABASE_POOL_SIZE", "0", "give a whole number from 1 to 1000"),
        ("DATABASE_POOL_SIZE", "ten", "give a whole number from 1 to 1000"),
        ("DATABASE_POOL_SIZE", "٣", "give a whole number from 1 to 1000"),
        ("DATABASE_STATEMENT_TIMEOUT", "nan", "give a number of seconds above 0"),
        ("DATABASE_STATEMENT_TIMEOUT", "1e400", "give a number of seconds above 0"),
        ("STOP_TIMEOUT", "-1", "give a number of seconds above 0"),
        ("STOP_TIMEOUT", "10s", "give a number of seconds above 0 and up to 3600"),
        ("SLOW_QUERY", "0", "give a number of milliseconds above 0"),
        ("PORT", "65536", "give a whole number from 0 to 65535"),
        ("PORT", "tcp://10.0.0.1:8080", "give a whole number from 0 to 65535"),
        ("SIMULATOR_PORT", "-1", "give a whole number"),
        ("LOG_LEVEL", "loud", "input should be 'debug', 'info', 'warning' or 'error'"),
        ("LOG_FORMAT", "xml", "input should be 'json' or 'console'"),
        ("TELEGRAM_API", "api.telegram.org", "write it as https://host"),
        ("TELEGRAM_API", "http://[half", "write it as https://host"),
        ("GREEN_API", f"https://u:{SECRET}@host", "leave out user, password"),
        ("GREEN_API", "https://host/?a=b", "leave out user, password, query part"),
        ("MODEL_URL", f"{SECRET}.example/v1", "write it as https://host"),
        ("MODEL_NAME", "the best one", "give the name by which the API lists the model"),
        ("MODEL_DEADLINE", "9", "give a number of seconds above 0 and up to 8"),
        ("MODEL_DAILY_CALLS", "0", "give a whole number from 1 to 1000000"),
        ("PUBLIC_URL", "http://hotel.example", "it must begin with https://"),
        ("PUBLIC_URL", "http://192.0.2.1", "it must begin with https://"),
    ],
)
def test_a_setting_is_refused_with_a_remedy_when_its_value_cannot_work(
    variable: str, value: str, remedy: str
) -> None:
    assert refusal({f"BELLHOP_{variable}": value}).startswith(f"BELLHOP_{variable} can't be used: {remedy}")


@pytest.mark.parametrize(
    "url", ["https://hotel.example/bell", "http://localhost:8080", "http://127.0.0.9", "http://[::1]:1"]
)
def test_a_public_url_is_taken_without_its_closing_slash_when_it_is_https_or_loopback(url: str) -> None:
    assert load_settings({"BELLHOP_PUBLIC_URL": f"{url}/"}).web.public_url == url


def test_levels_and_formats_are_understood_when_written_in_capitals() -> None:
    log = load_settings({"BELLHOP_LOG_LEVEL": "DEBUG", "BELLHOP_LOG_FORMAT": "Console"}).log
    assert (log.level, log.format) == (LogLevel.debug, LogFormat.console)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("BELLHOP_DATABSE_URL", "did you mean BELLHOP_DATABASE_URL?"),
        ("BELLHOP_ENCRYPTION_KEY", "did you mean BELLHOP_ENCRYPTION_KEYS?"),
        ("bellhop_port", "did you mean BELLHOP_PORT?"),
        ("BELLHOP_ZZZZZZZZZZZZZZZZZZZZZZZZ", "remove it; the README lists all settings"),
    ],
)
def test_the_nearest_name_is_offered_when_a_setting_is_mistyped(name: str, remedy: str) -> None:
    assert refusal({name: SECRET}) == f"{name} is not a setting: {remedy}"


def test_a_name_stays_on_one_line_when_it_contains_line_breaks() -> None:
    assert refusal({"BELLHOP_\nPORT": "1"}) == "BELLHOP_?PORT is not a setting: did you mean BELLHOP_PORT?"


def test_other_programs_variables_are_left_alone_when_they_look_alike() -> None:
    assert load_settings({"TEST_DATABASE_URL": "x", "DATABASE_URL": "x", "BELLHOPS": "x"}) == load_settings({})


VARIABLES = st.sampled_from(re.findall(r"`(BELLHOP_\w+)`", settings_table()))
SCHEMES = st.sampled_from(["", "postgresql://", "redis://", "unix://", "https://"])
VALUES = st.builds(str.__add__, SCHEMES, st.text("ab:/@?=&%[]#-09.\n\udcff\u2028", max_size=20))


@given(st.dictionaries(VARIABLES, VALUES, max_size=3))
def test_the_start_stops_with_one_line_when_values_are_hostile(environ: dict[str, str]) -> None:
    with contextlib.suppress(ConfigurationError):
        load_settings(environ)
        return
    refused = refusal(environ)
    assert re.fullmatch(r"BELLHOP_[A-Z_]+ can't be used: \S.*", refused)
    assert len(refused.splitlines()) == 1


def readme_table(text: str) -> Any:
    found = MARKED_TABLE.search(text)
    assert found, "README.md lacks the lines <!-- settings --> and <!-- /settings --> around the settings table"
    return found[1]


@pytest.mark.skipif(not README.exists(), reason="there is no README.md yet")
def test_the_readme_lists_every_setting_when_settings_change() -> None:
    assert readme_table(README.read_text("utf-8")).strip() == settings_table()
