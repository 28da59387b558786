"""Cuts a text into numbers, words and marks, each with its sort and value, in time linear in its length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from bot.nlu.entities.lexicon import lexicon
from bot.nlu.tokens import UNSPACED, normalise

LETTER = rf"[^\W\d_{UNSPACED}]"
TOKEN = re.compile(
    rf"""
      (?P<date>(?<!\d)(?:[12]\d{{3}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}([./-])\d{{1,2}}\2(?:20)?\d{{2}})(?![\w-]))
    | (?P<clock>(?<!\d)\d{{1,2}}[:：]\d{{2}}(?!\d))
    | (?P<code>(?<!\w){LETTER}{{1,3}}-?\d{{1,5}}(?:-?{LETTER})?(?!\w))
    | (?P<number>\d+(?:[.,]\d+)*)
    | (?P<word>[{UNSPACED}]|[ap]\.m(?=\.)|{LETTER}+(?:['’ʼ`-]{LETTER}+)*)
    | (?P<mark>[^\w\s])
    """,
    re.VERBOSE | re.IGNORECASE,
)
HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
HAN_TENS = {"十": 10, "百": 100}
ITSELF = frozenset(".,:#%/'+-")
SAME_MARK = str.maketrans("№°–—−~～，、’ʼ。！？!?", "##-----,,''.....")
WORD, NUMBER, FRACTION, YEAR, OTHER_MARK = "x", "n", "f", "y", ";"
YEARS = range(2000, 2100)
LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word, number or mark. `sort` is one letter (see `lexicon`); it stands from `start` to `end` in the text."""

    sort: str
    value: Any
    start: int
    end: int


def lexemes(text: str, language: str | None) -> list[Lexeme]:
    """Return the lexemes of `text` in their order, as readers of `language` understand them."""
    tokens = list(TOKEN.finditer(text))
    words = [normalise(token.group()) for token in tokens]
    known = lexicon(language)
    found: list[Lexeme] = []
    at = 0
    while at < len(tokens):
        if phrase := known.find(words, at):
            end, word = phrase
            sort, value = word.sort, word.value
        elif words[at] in HAN_DIGITS or words[at] in HAN_TENS:
            end = _end_of_number(words, at)
            sort, value = NUMBER, _han_number(words[at:end])
        else:
            end = at + 1
            sort, value = _read(tokens[at].lastgroup or "", words[at])
        found.append(Lexeme(sort, value, tokens[at].start(), tokens[end - 1].end()))
        at = end
    return found


def _read(kind: str, word: str) -> tuple[str, Any]:
    """The sort and value of what stands in no lexicon."""
    if kind == "date":
        return ("i", day) if (day := _date(word)) else (OTHER_MARK, None)
    if kind == "clock":
        hour, minute = map(int, re.split("[:：]", word))
        return ("c", time(hour % 24, minute)) if hour <= 24 and minute < 60 else (OTHER_MARK, None)
    if kind == "code":
        return "k", word
    if kind == "number":
        return _number(word)
    if kind == "mark":
        mark = word.translate(SAME_MARK)
        return mark if mark in ITSELF else OTHER_MARK, None
    return WORD, word


def _number(word: str) -> tuple[str, Any]:
    if len(word) > LONGEST_NUMBER:
        return OTHER_MARK, None
    if not word.isdecimal():
        return FRACTION, word
    return YEAR if int(word) in YEARS else NUMBER, int(word)


def _date(word: str) -> date | None:
    """The day that is written 2026-12-03, 3.12.2026, 03/12/26 or, where nothing else is possible, 12/31/2026."""
    first, second, third = (int(part) for part in re.split("[./-]", word))
    year, month, day = (first, second, third) if first > 31 else (third, second, first)
    if month > 12 >= day:
        month, day = day, month
    try:
        return date(year if year > 99 else YEARS.start + year, month, day)
    except ValueError:
        return None


def _end_of_number(words: list[str], at: int) -> int:
    while at < len(words) and (words[at] in HAN_DIGITS or words[at] in HAN_TENS):
        at += 1
    return at


def _han_number(characters: list[str]) -> int:
    """The number that is written 三, 十二, 二十五 or, digit by digit, 三〇五."""
    total, digits = 0, ""
    for character in characters[:LONGEST_NUMBER]:
        if tens := HAN_TENS.get(character):
            total += tens * int(digits or 1)
            digits = ""
        else:
            digits += str(HAN_DIGITS[character])
    return total + int(digits or 0)
