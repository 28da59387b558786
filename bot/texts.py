"""Every word that Bellhop itself says, from the message catalogues in `bot/locales/<language>/*.ftl`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from fluent.runtime import FluentBundle, FluentResource

from bot.errors import RejectedInput

LOCALES = Path(__file__).parent / "locales"
LAST_RESORT = "en"
_LONGEST_CODE = 10
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)

# Plain "en" means American habits to CLDR (3:05 PM, November 20); hotels abroad write 15:05, 20 November.
CLDR_NAMES = {"en": "en-150"}

Value = str | int | float | Decimal | date | datetime


class Texts:
    """Looks texts up by key and language; call it with the values that the text needs.

    The language asked for is tried first, then its base (pt-BR, pt), the default, and English. Values are
    inserted as they are: nothing in them is read as a pattern. Numbers are written the way the language does,
    so pass room and booking numbers as strings.
    """

    def __init__(self, folder: Path = LOCALES, default: str = LAST_RESORT) -> None:
        self._default = default
        self._bundles = {part.name: _bundle(part) for part in sorted(folder.iterdir()) if part.is_dir()}

    def with_default(self, language: str) -> Texts:
        """The same catalogues for a hotel that falls back to its own language."""
        other = copy(self)
        other._default = language
        return other

    def languages(self) -> list[str]:
        """The languages that have a catalogue, in the order of the alphabet."""
        return list(self._bundles)

    def __call__(self, key: str, language: str | None, /, **values: Value) -> str:
        """Return the text of `key`. Raises KeyError naming the key when it, or a value it needs, is missing."""
        for name in self._candidates(language):
            bundle = self._bundles.get(name)
            if bundle is not None and bundle.has_message(key):
                return _format(bundle, key, values)
        raise KeyError(f"no catalogue has the text {key!r}: add it to bot/locales")

    def _candidates(self, language: str | None) -> Iterator[str]:
        for tag in (language, self._default, LAST_RESORT):
            if tag:
                yield from _narrowing(tag)


def _narrowing(tag: str) -> Iterator[str]:
    """Yield a language tag and its ever wider bases: zh-hant-tw, zh-hant, zh."""
    parts = tag.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])


@cache
def _bundle(folder: Path) -> FluentBundle:
    """Read a catalogue, once per process."""
    # Isolation marks would be pasted together with a password or a booking number.
    bundle = FluentBundle([folder.name], use_isolating=False)
    for file in sorted(folder.glob("*.ftl")):
        bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle


def _format(bundle: FluentBundle, key: str, values: Mapping[str, Value]) -> str:
    pattern = bundle.get_message(key).value
    if pattern is None:
        raise KeyError(f"the text {key!r} has no value in the catalogue of {bundle.locales[0]!r}")
    text, errors = bundle.format_pattern(pattern, dict(values))
    if errors:
        raise KeyError(f"the text {key!r} can't be filled: {'; '.join(str(error) for error in errors)}")
    return str(text)


@cache
def _locale(language: str | None) -> Locale:
    for name in _narrowing(language or LAST_RESORT):
        try:
            return Locale.parse(CLDR_NAMES.get(name, name), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(CLDR_NAMES[LAST_RESORT], sep="-")


def format_time(at: datetime, zone: tzinfo, language: str | None) -> str:
    """Write an aware moment as the time of day in `zone`, the way the language does: 15:05."""
    return babel_time(at, format="short", tzinfo=zone, locale=_locale(language))


def format_date(day: date, language: str | None, zone: tzinfo | None = None) -> str:
    """Write a day the way the language does: 20 November 2026. An aware datetime is first moved into `zone`."""
    if isinstance(day, datetime) and zone is not None:
        day = day.astimezone(zone)
    # In Russian CLDR adds "г." after the year, which doubles the full stop at the end of a sentence.
    return babel_date(day, format="long", locale=_locale(language)).removesuffix("\u202fг.").removesuffix(" г.")


def language_code(language: str) -> str:
    """Return a language's code in small letters. Raises RejectedInput for what is none."""
    if len(language) > _LONGEST_CODE or not _CODE.fullmatch(language) or not _is_spoken(language):
        raise RejectedInput(f"language {language[:20]!r}: use a code such as ru or en")
    return language.lower()


def wider_language(tag: str | None) -> str | None:
    """Return the code of the language that an app is set to, or of the nearest wider one: zh-hans of zh-hans-raw."""
    for name in _narrowing(tag or ""):
        with suppress(RejectedInput):
            return language_code(name)
    return None


def _is_spoken(language: str) -> bool:
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True
