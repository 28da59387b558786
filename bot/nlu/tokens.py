"""Cuts a text into words and emoji that remember where they stand, in time linear in its length."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from Stemmer import Stemmer

# A word may hold apostrophes, hyphens and (wi-fi, don't, а/с) one slash; an emoji or a smile stands alone.
# Chinese and Japanese put no spaces: there each character stands alone, and neighbours make the words.
UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
EACH_UNSPACED = re.compile(f"[{UNSPACED}]")
LETTER = rf"[^\W_{UNSPACED}]"
TOKEN = re.compile(
    rf"[{UNSPACED}]|{LETTER}+(?:['’ʼ`/-]{LETTER}+)*|[.!?…。！？\n]+|[:;=]['-]?[()DP]+|\({{2,}}|\){{2,}}|[^\w\s]\ufe0f?"
)
FACES_BEGIN = frozenset(":;=()")
SMILE, FROWN = re.compile(r"[:;=]['-]?[)DP]+|\){2,}"), re.compile(r"[:;=]['-]?\(+|\({2,}")
# What is longer is no word of any language that we read; it is neither stemmed, looked up nor kept in a cache.
LONGEST_WORD = 40
# So much is read of a text from its beginning, and so much up to its end. Channels carry far longer ones, and whoever
# sends them must not keep everybody else waiting; a cry for help stands at either end.
HEAD, TAIL = 8_000, 2_000
# Punctuation, control characters and joiners.
SAYS_NOTHING = "PC"
SENTENCE_END = frozenset(".!?…。！？\n")
CYRILLIC = re.compile(r"[а-яё]")
APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "ё": "е"})

_stemmers = threading.local()


class Token(NamedTuple):
    """`surface` as it stands in the text; `word` lower case with plain apostrophes and е for ё; `stem` of that.

    `start` is the place of its first character.
    """

    surface: str
    word: str
    stem: str
    sentence: int
    start: int


def tokenise(text: str) -> list[Token]:
    """Return the words and emoji of `text`; `sentence` counts up at full stops, question marks and line ends.

    Of an endless text only the beginning and the end are read.
    """
    tokens: list[Token] = []
    sentence = 0
    for match in _matches(text):
        surface = match.group()
        known = _known(surface) if len(surface) <= LONGEST_WORD else _read(surface)
        if known is not None:
            tokens.append(Token(surface, *known, sentence, match.start()))
        elif surface[0] in SENTENCE_END:
            sentence += 1
    return tokens


def _matches(text: str) -> Iterator[re.Match[str]]:
    if len(text) <= HEAD + TAIL:
        return TOKEN.finditer(text)
    return chain(TOKEN.finditer(text, 0, HEAD), TOKEN.finditer(text, len(text) - TAIL))


def _read(surface: str) -> tuple[str, str] | None:
    """The normalised word and its stem; None where it says nothing."""
    if surface[0] in SENTENCE_END or (len(surface) == 1 and unicodedata.category(surface)[0] in SAYS_NOTHING):
        return None
    word = normalise(surface)
    return word, stem(word) if len(word) <= LONGEST_WORD else word


_known = lru_cache(maxsize=20_000)(_read)


def surfaces(tokens: Iterable[Token]) -> tuple[str, ...]:
    """The tokens as they stand in the text, each word once; Chinese characters that follow each other are joined."""
    named: dict[str, str] = {}
    last = None
    for token in tokens:
        if last and EACH_UNSPACED.match(token.surface) and last.start + len(last.surface) == token.start:
            named.pop(last.word, None)
            token = last._replace(surface=last.surface + token.surface, word=last.word + token.word)
        named.setdefault(token.word, token.surface)
        last = token
    return tuple(named.values())


def normalise(word: str) -> str:
    """Fold what does not change a word's meaning: case, the kind of apostrophe, ё, the length of a smile."""
    if word[:1] in FACES_BEGIN:
        if SMILE.fullmatch(word):
            return ":)"
        if FROWN.fullmatch(word):
            return ":("
    return word.lower().translate(APOSTROPHES)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The snowball stem of a normalised word: Russian for Cyrillic letters, English for all others."""
    language = "russian" if CYRILLIC.search(word) else "english"
    if not hasattr(_stemmers, language):
        setattr(_stemmers, language, Stemmer(language))
    found: str = getattr(_stemmers, language).stemWord(word)
    return found
