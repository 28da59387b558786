"""Recognises messages that ask the bot for something by themselves: STOP, START, a person, the menu; or nothing.

Only a whole message counts: "stop" opts out, "stop by the room" does not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import islice

from bot.nlu.terms import DATA
from bot.nlu.tokens import Token, normalise, tokenise

# Beyond this many words it is a story, not a request by itself.
MOST_WORDS = 12
AROUND = "around"
INSIDE = "inside"

_Phrase = tuple[str, ...]


class Request(StrEnum):
    """What a message asks for, in the order in which a doubtful one is decided."""

    opt_out = "opt_out"
    opt_in = "opt_in"
    person = "person"
    language = "language"
    link_stay = "link_stay"
    menu = "menu"
    thanks = "thanks"
    agreed = "agreed"
    goodbye = "goodbye"
    greeting = "greeting"


ORDER = {request: place for place, request in enumerate(Request)}


def recognise(text: str) -> Request | None:
    """Return what the whole of `text` asks for, or None. Case, punctuation, emoji and kind words don't matter."""
    return recognise_tokens(text, tokenise(text[: MOST_WORDS * 40]))


def recognise_tokens(text: str, tokens: Iterable[Token]) -> Request | None:
    """The same, where the text is cut already."""
    words = _words(text, islice(tokens, MOST_WORDS * 40))
    if not words or len(words) > MOST_WORDS:
        return None
    asked, around, around_backwards, inside = _phrases()
    if words in asked:
        return asked[words]
    if _beginnings().isdisjoint(words):
        return None
    plain = tuple(word for word in words if (word,) not in inside)
    cores = (core for variant in {words, plain} for core in _cores(variant, around, around_backwards))
    found = [(len(words) - len(core), ORDER[asked[core]], asked[core]) for core in cores if core in asked]
    return min(found)[-1] if found else None


def _words(text: str, tokens: Iterable[Token]) -> _Phrase:
    """The normalised words; a command keeps its slash, so that /start does not read as START."""
    words = tuple(token.word for token in tokens if token.word[0].isalnum())
    return ("/" + words[0], *words[1:]) if words and text.lstrip().startswith("/") else words


def _cores(words: _Phrase, around: frozenset[_Phrase], around_backwards: frozenset[_Phrase]) -> Iterator[_Phrase]:
    """Every shorter message that is left when kind words are taken off the front and the end."""
    starts = _strippable(words, around)
    ends = [len(words) - cut for cut in _strippable(words[::-1], around_backwards)]
    for start in starts:
        for end in ends:
            if start < end:
                yield words[start:end]


def _strippable(words: _Phrase, around: frozenset[_Phrase]) -> list[int]:
    """How many words may be taken off the front: none, or the lengths of runs of kind phrases."""
    cuts = [0]
    for cut in range(1, len(words)):
        if cut - cuts[-1] > _longest_around():
            break
        if any(words[start:cut] in around for start in cuts):
            cuts.append(cut)
    return cuts


@cache
def _beginnings() -> frozenset[str]:
    """The words that what is asked for may begin with: without one of them there is no need to look closer."""
    asked, _, _, _ = _phrases()
    return frozenset(phrase[0] for phrase in asked)


@cache
def _longest_around() -> int:
    _, around, _, _ = _phrases()
    return max(map(len, around))


@cache
def _phrases() -> tuple[dict[_Phrase, Request], frozenset[_Phrase], frozenset[_Phrase], frozenset[_Phrase]]:
    """Every phrase with what it asks for, the kind words around, read either way, and those inside.

    An earlier `Request` wins where two list a phrase.
    """
    listed = tomllib.loads((DATA / "requests.toml").read_text(encoding="utf-8"))
    split = {name: set(map(_phrase, phrases.split(","))) for name, phrases in listed.items()}
    asked = {phrase: request for request in reversed(Request) for phrase in split[request]}
    backwards = frozenset(phrase[::-1] for phrase in split[AROUND])
    return asked, frozenset(split[AROUND]), backwards, frozenset(split[INSIDE])


def _phrase(written: str) -> _Phrase:
    phrase = normalise(written)
    return _words(phrase, tokenise(phrase))
