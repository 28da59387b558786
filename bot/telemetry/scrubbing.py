"""Removes secrets and people from text: tokens, keys, logins, e-mail addresses, phone numbers, chat ids.

Linear in the text's length: every pattern is anchored or bounded, and long texts are cut first. UUIDs,
dates and durations stay. Names can't be found by their shape: `bot.telemetry.fields` keeps free text out.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from urllib.parse import quote

from bot.messages import clean_text

WITHHELD = "[withheld]"
SECRET = "[secret]"

_LONGEST_TEXT = 2_000
_SHORT_TEXT = 128
_SHORTEST_SECRET = 6
_PLAIN_WORD = re.compile(r"[a-z]+")

_UUID = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
# An id of ours as one word, such as a correlation id; by chance one in twenty has as many digits as a phone number.
_HEX_ID = r"(?<![0-9A-Za-z])(?=[0-9]{0,31}[a-f])[0-9a-f]{32}(?![0-9A-Za-z])"
_DATE = (
    r"(?<![0-9A-Za-z])(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?(?![0-9-])"
)
_DURATION = r"(?<![0-9.])[0-9]{1,7}(?:\.[0-9]{1,12})?(?=\s?(?:ms|s|us|µs|seconds|milliseconds|%)(?![0-9A-Za-z]))"
_BETWEEN_DIGITS = r"[\s().\-/·\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]{0,4}"
_PHONE = rf"(?<!\d)\d{{10,}}|(?<![0-9A-Za-z])\+?\(?\d(?:{_BETWEEN_DIGITS}\d){{6,}}"

_KEPT_OR_PHONE = re.compile(rf"(?P<kept>{_UUID}|{_HEX_ID}|{_DATE}|{_DURATION})|{_PHONE}")
_UUID_OR_DATE = re.compile(rf"{_UUID}|{_DATE}")
_COLON = r"(?::|%(?:25){0,3}3[Aa])"
_SLASH = r"(?:/|%(?:25){0,3}2[Ff])"
_AT = r"(?:@|%(?:25){0,3}40)"

_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?<!\d)\d{{5,}}{_COLON}[A-Za-z0-9_-]{{30,}}"), "[token]"),
    (
        re.compile(rf"(waInstance)[^/\s%]{{0,64}}({_SLASH}\w{{1,64}}{_SLASH})[^/\s?#\"'%]{{1,256}}"),
        r"\1[id]\2[token]",
    ),
    (
        re.compile(
            r"(?i)(authorization|secret-token|x-api-key)(\W{1,6})(?:(?:bearer|basic|token)\s{1,4})?[^\s,;\"']{1,1024}"
        ),
        r"\1\2[secret]",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,4}[A-Za-z0-9._~+/=-]{6,}"), r"\1 [secret]"),
    (re.compile(r"(://)\S{0,256}@"), r"\1[login]@"),
    (
        re.compile(
            r"(?i)\b(password|passwd|pwd|secret|token|api_?key)([\"']?\s{0,4}[=:]\s{0,4}[\"']?)[^\s,;&\"']{1,1024}"
        ),
        r"\1\2[secret]",
    ),
    (re.compile(rf"(?<!\])[^\s@<>()\[\]\"',;=]{{1,64}}{_AT}[^\s@<>()\[\]\"',;=]{{1,255}}"), "[address]"),
    (re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/_-]{43}="), SECRET),
    (re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{48,}"), SECRET),
    (
        re.compile(
            r"(?<![A-Za-z0-9_-])(?=[a-z0-9_-]{0,60}[A-Z])(?=[A-Z0-9_-]{0,60}[a-z])(?=\D{0,60}\d)[A-Za-z0-9_-]{30,}"
        ),
        SECRET,
    ),
)

_secrets: set[str] = set()


def register_secret(value: str) -> None:
    """Make a secret disappear from every later log line, as it is, percent-encoded and escaped.

    Values under 6 characters and plain lower-case words are left alone: they would tear other words apart.
    """
    if len(value) >= _SHORTEST_SECRET and not _PLAIN_WORD.fullmatch(value):
        escaped = json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]
        _secrets.update((value, quote(value, safe="", errors="replace"), *escaped))
        _scrub_short.cache_clear()


def without_secrets(text: str) -> str:
    """Replace every registered secret in a text."""
    for secret in tuple(_secrets):
        if secret in text:
            text = text.replace(secret, SECRET)
    return text


def scrub(text: str) -> str:
    """Return the text without secrets and people, cut to 2,000 characters at a space."""
    return _scrub_short(text) if len(text) <= _SHORT_TEXT else _scrub(text)


def _scrub(text: str) -> str:
    text = without_secrets(_cut(clean_text(text)))
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return _KEPT_OR_PHONE.sub(lambda found: found["kept"] or "[phone]", text)


# Most short texts are words of ours that come again and again.
_scrub_short = lru_cache(maxsize=4_096)(_scrub)


def is_id_or_time(text: str) -> bool:
    """Say whether the whole text is a UUID or an ISO date or time."""
    return len(text) < 64 and _UUID_OR_DATE.fullmatch(text) is not None


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    # What stands after the last space may be half a token, which no pattern knows any more.
    return f"{text[:_LONGEST_TEXT].rpartition(' ')[0]} [cut]"
