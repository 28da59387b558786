"""Which encoding a spreadsheet was saved in."""

from __future__ import annotations

import codecs
import re

_MIXED_WORD = re.compile(r"[A-Za-z][а-яёА-ЯЁ]|[а-яёА-ЯЁ][A-Za-z]")


class UnknownEncoding(ValueError):
    """The bytes are text in no encoding that spreadsheets use."""


def decode(data: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 where it is that, else Windows' Cyrillic or Western code page.

    Raises UnknownEncoding with a sentence that names the remedy.
    """
    text = _decoded(data)
    if "\x00" in text:
        raise UnknownEncoding("this is not a text file: save the table as CSV")
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # Both code pages give letters for nearly every byte. Read as the wrong one, "Müller" has a Cyrillic letter
    # among Latin ones, which no name has.
    try:
        cyrillic = data.decode("cp1251")
    except UnicodeDecodeError:
        return _strict(data, "cp1252")
    return _strict(data, "cp1252") if _MIXED_WORD.search(cyrillic) else cyrillic


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnknownEncoding("the encoding can't be recognised: save the file as CSV in UTF-8") from None
