from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bot.cli import COMMANDS, commands
from bot.security.encryption import new_key
from tests.bot.channels.whatsapp_green.notifications import GUEST, by_hand
from tests.bot.cli.conftest import Operator

UPDATE = b"""{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},
"from":{"id":5,"is_bot":false,"first_name":"A"},"text":"hi"}}"""


def test_gives_one_object_a_line_when_texts_are_analysed() -> None:
    lines = Operator().does("analyse", typed="I am sad about the weather.\n\nСпасибо, всё отлично\n").splitlines()
    judged = [json.loads(line) for line in lines]
    assert [each["sentiment_type"] for each in judged] == ["negative", "neutral", "positive"]


def test_days_are_those_of_the_zone_when_one_is_given() -> None:
    """Half the world is a day ahead of the other half at any moment."""
    days = [
        json.loads(Operator().does("analyse", "--timezone", zone, typed="tomorrow\n"))["entities"]["date"][0]["value"]
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    ]
    assert days[0] > days[1]


def test_says_so_when_a_zone_is_unknown() -> None:
    result = Operator().tries("analyse", "--timezone", "Europe/Atlantis", typed="tomorrow\n")
    assert result.exit_code == 2
    assert "Europe/Berlin" in result.stderr


def test_gives_messages_when_a_payload_is_read() -> None:
    (line,) = Operator().does("parse", "--platform", "telegram", typed=UPDATE).splitlines()
    message = json.loads(line)
    assert (message["type"], message["text"], message["chat_id"]) == ("message", "hi", "5")


def test_gives_staffs_own_words_when_they_wrote_on_the_hotels_phone() -> None:
    value = by_hand("textMessage", textMessageData={"textMessage": "I'm coming"})
    (line,) = Operator().does("parse", "--platform", "whatsapp_green", typed=json.dumps(value).encode()).splitlines()
    message = json.loads(line)
    assert (message["type"], message["text"], message["chat_id"]) == ("staff_message", "I'm coming", GUEST)


@pytest.mark.parametrize(
    ("words", "typed", "field"),
    [
        (["analyse"], "Спасибо, всё отлично\n".encode(), "words"),
        (["parse", "--platform", "telegram"], UPDATE.replace(b"hi", "Спасибо 👍".encode()), "text"),
    ],
)
def test_gives_utf_8_when_the_terminal_speaks_something_else(words: list[str], typed: bytes, field: str) -> None:
    result = CliRunner(charset="latin-1").invoke(commands, words, input=typed)
    assert result.exit_code == 0, result.exception
    assert "спасибо" in str(json.loads(result.stdout_bytes)[field]).lower()


@pytest.mark.parametrize("platform", ["telegram", "whatsapp_green"])
@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'"' + b"x" * 100_000])
def test_gives_one_error_and_code_1_when_a_payload_can_not_be_read(platform: str, payload: bytes) -> None:
    result = Operator().tries("parse", "--platform", platform, typed=payload)
    (line,) = result.stdout.splitlines()
    assert set(json.loads(line)) == {"error", "part", "remedy"}
    assert result.exit_code == 1


def test_names_the_platforms_when_one_is_not_supported() -> None:
    result = Operator().tries("parse", "--platform", "signal", typed=b"{}")
    assert result.exit_code == 2
    assert "whatsapp_green" in result.stderr


def test_lists_every_command_with_its_line_when_asked_for_help() -> None:
    shown = Operator().does("--help")
    assert all(name in shown and line in shown for name, (_, _, line) in COMMANDS.items())


def test_says_so_when_a_command_is_unknown() -> None:
    result = Operator().tries("serve")
    assert result.exit_code == 2
    assert "No such command 'serve'" in result.stderr


HEAVY = ("aiogram", "whatsapp_api_client_python", "playwright")


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (["analyse"], b"hello\n", 0),
        (["parse", "--platform", "telegram"], UPDATE, 0),
        (["health"], b"", 1),
        (["keys", "new"], b"", 0),
        (["hotel", "--help"], b"", 0),
        (["inbox", "--help"], b"", 0),
        (["run", "--help"], b"", 0),
        (["run"], b"", 1),
    ],
)
def test_imports_no_client_when_a_command_needs_none(words: list[str], typed: bytes, code: int) -> None:
    """Importing aiogram takes seconds."""
    program = f"""
import sys
from bot.cli import commands
code = 0
try:
    commands({words!r})
except SystemExit as end:
    code = end.code or 0
assert code == {code}, code
assert not set({HEAVY!r}) & set(sys.modules)
"""
    nobody_there = {
        "BELLHOP_PORT": "1",
        "BELLHOP_DATABASE_URL": "postgresql://owner@127.0.0.1:1/hotels",
        "BELLHOP_ENCRYPTION_KEYS": f"main:{new_key()}",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], input=typed, capture_output=True, timeout=60, env=nobody_there
    )
    assert done.returncode == 0, done.stderr
