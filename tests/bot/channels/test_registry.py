"""Finding the right channel, with the right credentials."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.credentials import GreenCredentials, TelegramCredentials
from bot.channels.registry import connect, format_of
from bot.errors import RejectedInput
from bot.messages import Platform

GOOD: dict[Platform, dict[str, Any]] = {
    Platform.telegram: {"bot_token": " 700001:AAF-canary\n"},
    Platform.whatsapp_green: {"id_instance": 1101000001, "api_token": "d75b3a-canary"},
}


@pytest.mark.parametrize("platform", list(Platform))
def test_every_platform_has_a_reader_and_a_channel(platform: Platform) -> None:
    assert format_of(platform).platform is platform
    channel = connect(platform, GOOD[platform])
    assert channel.platform is platform
    assert "canary" not in repr(channel)


@pytest.mark.parametrize("platform", ["icq", "", "TELEGRAM"])
def test_the_supported_ones_are_named_when_a_platform_is_not(platform: str) -> None:
    with pytest.raises(RejectedInput, match="telegram, whatsapp_green"):
        format_of(platform)
    with pytest.raises(RejectedInput, match="telegram, whatsapp_green"):
        connect(platform, {})


@pytest.mark.parametrize(
    ("platform", "given", "part"),
    [
        (Platform.telegram, {}, "bot_token"),
        (Platform.telegram, {"bot_token": "canary without a colon"}, "bot_token"),
        (Platform.telegram, {"bot_token": "canary:AAF"}, "bot_token"),
        (Platform.telegram, {"bot_token": ["canary"]}, "bot_token"),
        (Platform.telegram, {"bot_token": "700001:canary/../700002:x"}, "bot_token"),
        (Platform.whatsapp_green, {"id_instance": "canary", "api_token": "x"}, "id_instance"),
        (Platform.whatsapp_green, {"id_instance": "1101", "api_token": ""}, "api_token"),
        (Platform.whatsapp_green, {"id_instance": "1101", "api_token": "canary?x=1"}, "api_token"),
        (Platform.whatsapp_green, {"api_token": "canary"}, "id_instance"),
    ],
)
def test_the_wrong_part_is_named_without_its_value_when_credentials_do_not_fit(
    platform: Platform, given: dict[str, Any], part: str
) -> None:
    with pytest.raises(RejectedInput, match=part) as refusal:
        connect(platform, given)
    assert "canary" not in str(refusal.value)


def test_secrets_are_hidden_when_credentials_are_shown() -> None:
    telegram = TelegramCredentials.model_validate(GOOD[Platform.telegram])
    green = GreenCredentials.model_validate(GOOD[Platform.whatsapp_green])
    assert "canary" not in f"{telegram!r} {telegram} {green!r} {green}"
