"""What `python -m bot parse` prints."""

from __future__ import annotations

import orjson
import pytest

from bot.channels.parsing import parse_stream
from tests.bot.channels.telegram.updates import message, update
from tests.bot.channels.whatsapp_green.notifications import text


def test_a_line_holds_the_neutral_message_when_a_telegram_update_is_read() -> None:
    (line,) = parse_stream("telegram", update(message=message(text="Wi-Fi?")))
    read = orjson.loads(line)
    assert (read["type"], read["kind"], read["text"], read["chat_id"]) == ("message", "text", "Wi-Fi?", "501")
    assert read["sent_at"] == "2025-10-09T08:53:20+00:00"


def test_a_line_holds_the_neutral_message_when_a_green_notification_is_read() -> None:
    (line,) = parse_stream("whatsapp_green", orjson.dumps(text("Wi-Fi?")))
    read = orjson.loads(line)
    assert (read["text"], read["sender"]["phone"]) == ("Wi-Fi?", "+79991234567")


@pytest.mark.parametrize("size", [b"9" * 40, b"18446744073709551615"])
def test_a_line_is_written_when_a_size_is_beyond_all_measure(size: bytes) -> None:
    # Half an emoji is what the fast reader does not take, and the tolerant one knows numbers of any length.
    payload = update(message=message(caption="HALF", document={"file_id": "f", "file_size": 12345}))
    (line,) = parse_stream("telegram", payload.replace(b"HALF", rb"\ud83d").replace(b"12345", size))
    (attachment,) = orjson.loads(line)["attachments"]
    assert (attachment["provider_file_id"], attachment["size"]) == ("f", None)


def test_the_wrong_part_is_named_without_the_guests_words_when_a_payload_is_broken() -> None:
    (line,) = parse_stream("telegram", update(message=message(text={"secret": "the guest's words"})))
    refusal = orjson.loads(line)
    assert refusal["part"] == "message.text"
    assert "words" not in line


def test_the_supported_platforms_are_named_when_another_is_asked_for() -> None:
    (line,) = parse_stream("icq", b"{}")
    refusal = orjson.loads(line)
    assert refusal["part"] == "platform"
    assert "telegram" in refusal["error"]
