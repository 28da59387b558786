"""The commands that serve, as processes of their own: how they start, what stops them, what they say."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import make_url

from bot.security.encryption import new_key
from tests.bot.cli.conftest import Operator
from tests.bot.cli.processes import PATIENCE, PROJECT, Running, forked, started
from tests.databases import Database

Start = Callable[..., AbstractContextManager[Running]]
KEY = f"main:{new_key()}"


def logins(database: Database) -> dict[str, str]:
    return {
        "BELLHOP_DATABASE_URL": database.owner_url,
        "BELLHOP_DATABASE_APP_URL": database.app_url,
        "BELLHOP_DATABASE_RUNTIME_URL": database.runtime_url,
        "BELLHOP_ENCRYPTION_KEYS": KEY,
    }


def line_of(process: Running) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize(("number", "start"), [(signal.SIGTERM, started), (signal.SIGINT, forked)])
def test_serves_without_hotels_and_ends_with_0_when_it_is_told_to(
    clean_database: Database, number: int, start: Start
) -> None:
    with start(logins(clean_database), "run") as process:
        assert line_of(process).startswith("Bellhop serves on 127.0.0.1:")
        process.send_signal(number)
        _, logged = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in logged
    warnings = [line for line in logged.splitlines() if '"WARNING"' in line and '"slow_query"' not in line]
    assert warnings == []
    assert '"level":"ERROR"' not in logged


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_with_0_and_says_nothing_when_it_is_stopped_while_it_starts(number: int) -> None:
    command = (
        "import bot.cli.run as run, os, sys; run.leave_on_signals(); os.kill(os.getpid(), int(sys.argv[1])); 1/0"
    )
    ended = subprocess.run(
        [sys.executable, "-c", command, str(int(number))], cwd=PROJECT, capture_output=True, timeout=PATIENCE
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_plays_the_providers_until_it_is_told_to_stop() -> None:
    with started({}, "simulate", "--telegram-port", "0", "--green-port", "0") as process:
        assert line_of(process).startswith("BELLHOP_TELEGRAM_API=http://127.0.0.1:")
        assert line_of(process).startswith("BELLHOP_GREEN_API=http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, logged = process.communicate(timeout=PATIENCE)
    assert (process.returncode, logged) == (0, "")


def test_says_who_is_known_when_bots_and_numbers_are_to_be_played() -> None:
    ports = ("--telegram-port", "0", "--green-port", "0")
    known = ("--telegram-token", "7:a", "--telegram-token", "8:b", "--green", "1101:t:+49 30 900100")
    with forked({}, "simulate", *ports, *known) as process:
        address = line_of(process).strip().partition("=")[2]
        lines = [line_of(process) for _ in range(4)]
        with urlopen(f"{address}/bot8:b/getMe", timeout=PATIENCE) as reply:
            assert reply.status == 200
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "telegram bot 7",
        "telegram bot 8",
        "green instance 1101",
    ]
    assert lines[-1].endswith(": +4930900100\n")


@pytest.mark.parametrize(
    "words",
    [("--telegram-token", "token"), ("--green", "1101:t"), ("--green", "1101:t:12"), ("--green", "x:t:+4930900100")],
)
def test_asks_for_the_right_shape_when_what_is_to_be_played_has_another(words: tuple[str, ...]) -> None:
    result = Operator().tries("simulate", *words)
    assert result.exit_code == 2
    assert f"Invalid value for '{words[0]}'" in result.stderr


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        (("run", "--demo"), "BELLHOP_SIMULATOR_PORT"),
        (("simulate", "--green-port", "0", "--telegram-port"), "--telegram-port"),
        (("simulate", "--telegram-port", "0", "--green-port"), "--green-port"),
    ],
)
def test_names_the_played_port_when_it_is_in_use(
    clean_database: Database, words: tuple[str, ...], setting: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {**logins(clean_database), "BELLHOP_SIMULATOR_PORT": port}
        line = refused(settings, *words, *(() if "run" in words else (port,)))
    assert line.startswith(f"bellhop: {setting}: can't listen on 127.0.0.1:{port}")


def test_names_the_keys_when_they_are_not_those_that_the_channels_were_sealed_with(hotel: Operator) -> None:
    urls = {name: value for name, value in os.environ.items() if name.startswith("BELLHOP_DATABASE_")}
    line = refused({**urls, "BELLHOP_ENCRYPTION_KEYS": KEY})
    assert line.startswith("bellhop: BELLHOP_ENCRYPTION_KEYS is not the key that these channels were sealed with")


def refused(settings: Mapping[str, str], *words: str, start: Start = forked) -> str:
    """Give the one line that a start that has to fail ends with."""
    with start(settings, *(words or ("run",))) as process:
        shown, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, shown) == (1, "")
    assert said.count("\n") == 1, said
    return said


def changed(url: str, **parts: str | int) -> str:
    return make_url(url).set(**parts).render_as_string(hide_password=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"host": "127.0.0.1", "port": 1}, "is the server running"),
        ({"password": "geheim"}, "the password is wrong"),
        ({"database": "nowhere"}, "create it first"),
    ],
)
def test_names_the_setting_when_the_owners_login_fails(
    clean_database: Database, parts: dict[str, str | int], said: str
) -> None:
    url = changed(clean_database.owner_url, **parts)
    line = refused({**logins(clean_database), "BELLHOP_DATABASE_URL": url})
    assert line.startswith("bellhop: BELLHOP_DATABASE_URL: ")
    assert said in line
    assert "geheim" not in line


def test_asks_for_keys_when_the_database_is_ones_own(clean_database: Database) -> None:
    settings = logins(clean_database)
    del settings["BELLHOP_ENCRYPTION_KEYS"], settings["BELLHOP_DATABASE_URL"]
    assert refused(settings).startswith("bellhop: BELLHOP_ENCRYPTION_KEYS is not set: ")


def test_asks_for_migrations_when_only_the_serving_logins_are_known(clean_database: Database) -> None:
    settings = logins(clean_database)
    del settings["BELLHOP_DATABASE_URL"]
    for name in ("APP", "RUNTIME"):
        settings[f"BELLHOP_DATABASE_{name}_URL"] = changed(clean_database.owner_url, database="template1")
    line = refused(settings)
    assert line.startswith("bellhop: BELLHOP_DATABASE_RUNTIME_URL: ")
    assert "python -m bot migrate" in line


def test_names_the_port_when_it_is_in_use(clean_database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"can't listen on 127.0.0.1:{port}" in refused({**logins(clean_database), "BELLHOP_PORT": port})


def test_names_the_folder_when_it_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "BELLHOP_DATA_DIR" in refused({"BELLHOP_DATA_DIR": str(tmp_path / "file")})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"BELLHOP_DATABSE_URL": "x"}, "did you mean BELLHOP_DATABASE_URL?"),
        ({"BELLHOP_DATABASE_URL": "mysql://root:geheim@db/x"}, "BELLHOP_DATABASE_URL can't be used"),
        ({"BELLHOP_ENCRYPTION_KEYS": "geheim"}, "BELLHOP_ENCRYPTION_KEYS, entry 1"),
        ({"BELLHOP_PORT": "http"}, "BELLHOP_PORT can't be used: give a whole number from 0 to 65535"),
    ],
)
def test_names_the_setting_when_it_can_not_be_read(settings: dict[str, str], said: str) -> None:
    line = refused(settings, start=started)
    assert said in line
    assert "geheim" not in line


def test_migrates_as_the_owner_when_told_to(operator: Operator) -> None:
    assert operator.does("migrate").startswith("The database is at 0")


def test_names_the_owners_login_when_it_is_to_migrate_without_one(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BELLHOP_DATABASE_URL")
    assert "BELLHOP_DATABASE_URL is not set" in operator.fails("migrate")
