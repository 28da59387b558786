"""run with several processes, as an operator does it: what they share, what each has for itself, what is refused."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bot.security.encryption import new_key
from tests.bot.cli.conftest import Operator
from tests.bot.cli.processes import PATIENCE, started
from tests.bot.cli.test_run import changed, line_of, logins, refused
from tests.databases import Database

BY_TWO = ("run", "--processes", "2")


def free_ports(number: int) -> int:
    """Return the first of so many ports in a row that nobody listens on, and that the system gives to nobody."""
    while True:
        first = random.randrange(15_000, 32_000)
        try:
            for port in range(first, first + number):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first


def addresses(process: subprocess.Popen[str], number: int) -> list[str]:
    """Read where so many processes say that they serve, and which they are."""
    lines = [line_of(process) for _ in range(number)]
    assert all(line.startswith("Bellhop serves on 127.0.0.1:") for line in lines), lines
    return sorted(line.split()[3] + line.partition("(")[2].partition(",")[0] for line in lines)


def got(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=PATIENCE) as reply:
            return reply.status, reply.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def until_ready(port: int) -> None:
    """Wait until the process behind this port is loaded; nobody tells, so it is asked again and again."""
    deadline = time.monotonic() + PATIENCE
    while got(f"http://127.0.0.1:{port}/health/ready")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_answer_on_one_port_and_end_with_0_when_they_are_told_to(clean_database: Database, number: int) -> None:
    port = free_ports(3)
    ports = {"BELLHOP_PORT": str(port), "BELLHOP_METRICS_PORT": str(port + 1)}
    with started({**logins(clean_database), **ports, "BELLHOP_PROCESSES": "2"}, "run") as process:
        assert addresses(process, 2) == [f"127.0.0.1:{port}process {each} of 2" for each in (1, 2)]
        until_ready(port + 1)
        until_ready(port + 2)
        assert got(f"http://127.0.0.1:{port}/health/ready")[0] == 200
        process.send_signal(number)
        _, logged = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in logged
    assert '"level":"ERROR"' not in logged
    assert logged.count('"house_stopped"') == 2


def test_figures_are_each_processs_own_when_there_are_two(clean_database: Database) -> None:
    port = free_ports(3)
    ports = {"BELLHOP_PORT": str(port), "BELLHOP_METRICS_PORT": str(port + 1)}
    with started({**logins(clean_database), **ports}, *BY_TWO) as process:
        addresses(process, 2)
        assert got(f"http://127.0.0.1:{port}/metrics")[0] == 404
        for own in (port + 1, port + 2):
            assert got(f"http://127.0.0.1:{own}/health/live")[0] == 200
            status, text = got(f"http://127.0.0.1:{own}/metrics")
            assert status == 200
            assert 'bellhop_query_seconds_count{operation="SELECT"}' in text
            assert got(f"http://127.0.0.1:{own}/webhooks/telegram/key")[0] == 404


def test_figures_leave_the_public_port_when_one_process_has_a_port_for_them(clean_database: Database) -> None:
    port = free_ports(2)
    ports = {"BELLHOP_PORT": str(port), "BELLHOP_METRICS_PORT": str(port + 1)}
    with started({**logins(clean_database), **ports}, "run") as process:
        line_of(process)
        assert [got(f"http://127.0.0.1:{each}/metrics")[0] for each in (port, port + 1)] == [404, 200]


@pytest.mark.parametrize(
    ("settings", "words"), [({}, ("--demo", "--processes", "2")), ({"BELLHOP_PROCESSES": "2"}, ("--demo",))]
)
def test_demo_is_refused_when_it_is_to_be_several(settings: dict[str, str], words: tuple[str, ...]) -> None:
    assert refused(settings, "run", *words).startswith("bellhop: --demo is one process")


def test_are_refused_once_and_at_once_when_the_database_does_not_answer(clean_database: Database) -> None:
    url = changed(clean_database.owner_url, host="127.0.0.1", port=1)
    line = refused({**logins(clean_database), "BELLHOP_DATABASE_URL": url}, *BY_TWO)
    assert line.startswith("bellhop: BELLHOP_DATABASE_URL: ")


def test_are_refused_once_and_at_once_when_the_keys_are_others(hotel: Operator) -> None:
    urls = {name: value for name, value in os.environ.items() if name.startswith("BELLHOP_DATABASE_")}
    line = refused({**urls, "BELLHOP_ENCRYPTION_KEYS": f"main:{new_key()}"}, *BY_TWO)
    assert line.startswith("bellhop: BELLHOP_ENCRYPTION_KEYS is not the key")


@pytest.mark.parametrize("setting", ["BELLHOP_PORT", "BELLHOP_METRICS_PORT"])
def test_are_refused_once_and_at_once_when_a_port_is_in_use(clean_database: Database, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = refused({**logins(clean_database), setting: port}, *BY_TWO)
    assert line.startswith(f"bellhop: BELLHOP_HOST and {setting}: can't listen on 127.0.0.1:{port}")
