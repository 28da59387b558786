"""Recognises messages that only name things: who writes "towels" or "305" says nothing good or bad of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache

from bot.nlu.terms import DATA
from bot.nlu.tokens import Token, tokenise


def only_names(tokens: Iterable[Token]) -> bool:
    """Whether a message is the name of something that guests ask for, or nothing but short names and numbers."""
    words = _words(tokens)
    names = _names()
    return bool(words) and (words in names or all(word.isdecimal() or (word,) in names for word in words))


def _words(tokens: Iterable[Token]) -> tuple[str, ...]:
    return tuple(token.word for token in tokens if token.word[0].isalnum())


@cache
def _names() -> frozenset[tuple[str, ...]]:
    listed = tomllib.loads((DATA / "things.toml").read_text(encoding="utf-8"))["names"]
    return frozenset(_words(tokenise(name)) for name in listed.split(","))
