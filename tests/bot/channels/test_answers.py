"""What a provider says: of a message, for the staff of its hotel, since it may quote the guest's words; of a wait."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.channels.telegram import answers as telegram
from bot.channels.whatsapp_green import answers as green
from bot.channels.wire import Answer
from bot.errors import BellhopError, TransientError
from bot.telemetry.exceptions import describe

WORDS = "Ivan in the sauna"


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("code", [400, 403, 422, 429, 500, 502, 503])
def test_tells_the_log_the_code_only_when_telegram_quotes_a_message(code: int, repeatable: bool) -> None:
    body = {"ok": False, "error_code": code, "description": f'can\'t parse entities: unsupported start tag "{WORDS}"'}
    with pytest.raises(BellhopError, match=WORDS) as refusal:
        telegram.result_of(Answer(code, json.dumps(body).encode()), "1:token", repeatable=repeatable)
    assert describe(refusal.value).endswith(f": Telegram answered {code}")


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("code", [400, 408, 422, 499, 500, 502])
def test_tells_the_log_the_code_only_when_green_api_quotes_a_message(code: int, repeatable: bool) -> None:
    body = {"message": f"Validation failed: message '{WORDS}' is no text"}
    with pytest.raises(BellhopError, match=WORDS) as refusal:
        green.result_of(Answer(code, json.dumps(body).encode()), "token", repeatable=repeatable)
    assert describe(refusal.value).endswith(f": Green API answered {code}")


@pytest.mark.parametrize(("status", "body"), [(407, b"<html>"), (429, b"<html>"), (429, b'{"ok": false}')])
def test_the_pause_is_ours_when_a_server_asks_for_none(status: int, body: bytes) -> None:
    with pytest.raises(TransientError) as refusal:
        telegram.result_of(Answer(status, body, timedelta()), "1:token", repeatable=True)
    assert refusal.value.retry_after is None
