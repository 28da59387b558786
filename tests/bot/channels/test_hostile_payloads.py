"""Whatever is pushed at us: it is stored, and either understood or refused with the part that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.base import Format
from bot.channels.parsing import parse_stream
from bot.channels.registry import format_of
from bot.errors import RejectedInput
from bot.messages import Platform
from tests.bot.channels.telegram import updates
from tests.bot.channels.whatsapp_green import notifications

REAL = {Platform.telegram: updates.EXAMPLES, Platform.whatsapp_green: notifications.EXAMPLES}
ANY_PLATFORM = st.sampled_from(list(Platform))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([10**40, "\x00", "9" * 5000])
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def check(reader: Format, payload: bytes) -> None:
    for event in reader.envelopes(payload):
        assert event.payload == payload
        for key in (event.event_id, event.lane):
            assert 0 < len(key) <= 500
            assert "\x00" not in key
            key.encode()
    try:
        parsed = reader.parse(payload)
    except RejectedInput as refusal:
        str(refusal).encode()
        return
    assert parsed
    assert b"\\u0000" not in orjson.dumps(parsed)


def holders(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in list(pairs) for found in [(value, key), *holders(item)]]


@given(ANY_PLATFORM, st.binary())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_breaks_when_bytes_are_pushed(platform: Platform, payload: bytes) -> None:
    check(format_of(platform), payload)


@given(ANY_PLATFORM, JSON)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_breaks_when_any_json_is_pushed(platform: Platform, value: Any) -> None:
    check(format_of(platform), _dump(value))


@given(ANY_PLATFORM, st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_breaks_when_a_part_of_a_real_payload_is_something_else(platform: Platform, data: Any) -> None:
    value = orjson.loads(data.draw(st.sampled_from(REAL[platform])))
    container, key = data.draw(st.sampled_from(holders(value)))
    change: Callable[[], Any] = data.draw(st.sampled_from([lambda: container.pop(key), lambda: None]))
    change()
    if isinstance(container, dict):
        container[key] = data.draw(JSON)
    check(format_of(platform), _dump(value))


@pytest.mark.parametrize("platform", list(Platform))
def test_a_message_is_understood_when_the_provider_adds_fields(platform: Platform) -> None:
    reader = format_of(platform)
    for payload in REAL[platform]:
        value = orjson.loads(payload)
        for container, _ in holders(value):
            if isinstance(container, dict):
                container["field_of_2031"] = {"deep": [1, None]}
        assert reader.parse(orjson.dumps(value)) is not None


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("payload", [b"", b"\x00", b"[" * 50_000, b'{"a":' * 50_000, b'{"a": 1e999}', b'"\\ud800"'])
def test_one_line_names_part_and_remedy_when_a_payload_can_not_be_read(platform: Platform, payload: bytes) -> None:
    (line,) = parse_stream(platform, payload)
    refusal = orjson.loads(line)
    assert set(refusal) == {"error", "part", "remedy"}
    assert all(refusal.values())


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        import json

        return json.dumps(value).encode()
