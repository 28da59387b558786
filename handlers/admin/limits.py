"""The limits of a trigger's firings as admins write and read them: once_per=guest, cooldown=7d, channels=telegram."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.messages import Platform
from bot.storage.repositories.triggers import TriggerRecord
from handlers.admin.phrases import parse_span
from handlers.admin.words import span_words
from handlers.base import Turn
from models.enums import CatchUp, ConsentPurpose, OncePer
from triggers.exchange.document import plain_document


class Limit(StrEnum):
    """What is limited, as files of triggers call it."""

    once_per = "once_per"
    cooldown = "cooldown"
    useful_for = "useful_for"
    catch_up = "catch_up"
    channels = "channels"
    purpose = "purpose"


USUAL = "-"
# What buttons offer; anything else is written.
CHOICES: Mapping[Limit, tuple[str, ...]] = {
    Limit.once_per: tuple(OncePer),
    Limit.cooldown: ("1d", "7d", "30d"),
    Limit.useful_for: ("1h", "3h", "12h", "1d"),
    Limit.catch_up: tuple(CatchUp),
    Limit.channels: tuple(Platform),
    Limit.purpose: tuple(ConsentPurpose),
}
_SPANS = frozenset({Limit.cooldown, Limit.useful_for})
_NAMES = {
    "раз_на": Limit.once_per,
    "перерыв": Limit.cooldown,
    "полезно": Limit.useful_for,
    "опоздавшим": Limit.catch_up,
    "каналы": Limit.channels,
    "цель": Limit.purpose,
}
_VALUES = {
    "проживание": OncePer.stay,
    "гостя": OncePer.guest,
    "гость": OncePer.guest,
    "номер": OncePer.room,
    "день": OncePer.day,
    "отправлять": CatchUp.send,
    "пропускать": CatchUp.skip,
    "сервис": ConsentPurpose.service,
    "реклама": ConsentPurpose.promotional,
    "whatsapp": Platform.whatsapp_green,
    "ватсап": Platform.whatsapp_green,
    "телеграм": Platform.telegram,
}


def limits_of(trigger: TriggerRecord) -> dict[str, Any]:
    """Return the limits of a stored trigger that are not the usual ones, as a file has them."""
    (entry,) = plain_document([trigger])["triggers"]
    return {limit.value: entry[limit] for limit in Limit if limit in entry}


def split_limits(written: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what was written as `field=value` into limits, as a file has them, and conditions."""
    named = {_NAMES.get(name, name): value for name, value in written.items()}
    limits = {str(name): _value(Limit(name), value) for name, value in named.items() if name in frozenset(Limit)}
    return limits, {name: value for name, value in named.items() if name not in limits}


def with_limits(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return limits once others were given; what shall be as usual is left out."""
    return {name: value for name, value in {**old, **new}.items() if value != USUAL}


def _value(limit: Limit, written: Any) -> Any:
    """Return a value as a file has it; a wrong one is left for the check to name."""
    if written == USUAL:
        return USUAL
    if limit is Limit.channels:
        channels = written if isinstance(written, list) else str(written).split(",")
        return [_word(str(channel)) for channel in channels]
    if limit in _SPANS and isinstance(written, str):
        span = parse_span(written)
        return f"{span.amount}{span.unit.value[0]}" if span else written
    return _word(written) if isinstance(written, str) else written


def _word(written: str) -> str:
    word = written.strip().casefold()
    return str(_VALUES.get(word, word))


def limit_words(turn: Turn, limit: str, value: Any) -> str:
    """Say one limit: how often: once per guest."""
    return turn.say("admin-limit", limit=limit, value=value_words(turn, limit, value))


def value_words(turn: Turn, limit: str, value: Any) -> str:
    """Say what one limit is; None stands for what is usual."""
    if limit == Limit.channels:
        return " › ".join(turn.say("admin-channel", channel=one) for one in value or ()) or _usual(turn)
    if limit in _SPANS and value is not None:
        return " ".join(_part_words(turn, part) for part in str(value).split())
    return _usual(turn) if value is None else turn.say("admin-limit-value", value=str(value))


def _part_words(turn: Turn, part: str) -> str:
    """Say a part of a length of time as files have it: 1d is 1 day; nobody speaks of seconds."""
    span = parse_span(part)
    return span_words(turn, span.unit.value, span.amount) if span else part


def _usual(turn: Turn) -> str:
    return turn.say("admin-limit-value", value="usual")
