"""Does a translation say only what its source says? Its words can't be checked, so what guests act on is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.remote.redaction import has_gaps

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}\b\S*", re.IGNORECASE)
_CODE = re.compile(r"(?<![a-z\d])(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]+", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<before>[€$£₽¥₺])?\s?(?P<number>\d+(?:[.,:]\d+)*)\s?(?P<after>[€$£₽¥₺%]|[ap]\.?m\b)?", re.IGNORECASE
)
_PUNCTUATION = ".,;:!?)»”\"'"
# No language needs so many more letters than another.
_LONGER, _AND_MORE = 2, 40


def is_supported(text: str, source: str) -> bool:
    """Whether a text has the links, the codes and the numbers, times and prices of its source, in their order.

    It rather says no: what is written otherwise there, such as 10 pm for 22:00 or 七点 for 7:00, does not count.
    """
    if has_gaps(text) or len(text) > _LONGER * len(source) + _AND_MORE:
        return False
    if any(sign.isnumeric() and not sign.isdecimal() for sign in text):
        return False
    return list(_facts(text)) == list(_facts(source))


def _facts(text: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        yield found.group().rstrip(_PUNCTUATION).casefold()
    rest = _LINK.sub(" ", text)
    for found in _CODE.finditer(rest):
        yield found.group()
    for found in _NUMBER.finditer(_CODE.sub(" ", rest)):
        number = _plain(found["number"])
        yield number
        for mark in filter(None, (found["before"], found["after"])):
            yield f"{number} {mark.casefold().replace('.', '')}"


def _plain(number: str) -> str:
    """Return a number or time without the zeros that change nothing: 07:00 is 7."""
    parts = re.split("[.,:]", number)
    if len(parts) > 1 and parts[-1] == "00":
        parts.pop()
    return ":".join(part.lstrip("0") or "0" for part in parts)
