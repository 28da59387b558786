"""Takes people out of what guests wrote: their names, in whatever letters, case and ending, and their numbers."""

from __future__ import annotations

import re
from datetime import datetime

from bot.nlu.base import Entity, EntityKind
from bot.nlu.entities.contacts import hide, secrets_and_links
from bot.nlu.entities.finding import MOST_CHARACTERS, find_entities
from bot.nlu.language import is_small_word
from bot.nlu.tokens import CYRILLIC, EACH_UNSPACED, SENTENCE_END, UNSPACED, normalise, stem
from bot.nlu.topics import is_listed
from handlers.surnames import spelling_of

REMOVED = "…"
# What stands for a name and an address where the sentence must stay one: the model learns from it.
SOMEBODY, ADDRESS, HANDLE = "X", "guest@example.com", "@guest"
PERSONAL = frozenset({EntityKind.phone, EntityKind.email, EntityKind.booking_number, EntityKind.room_number})
_WORD = re.compile(rf"[{UNSPACED}]+|[^\W\d_{UNSPACED}]+")
_DIGIT, _CAPITAL = re.compile(r"\d"), re.compile(r"[A-Z]")
# Numbers that are nobody's phone by the rules of any country may be somebody's all the same.
_LONG_NUMBER = re.compile(r"\d(?:[\s().\-/]{0,3}\d){4,}")
_HANDLE = re.compile(r"(?<![\w.])@\w+")
# A single letter or character is an initial, or any word.
_SHORTEST = 2


def anonymous(text: str, name: str | None, language: str | None, now: datetime) -> str:
    """Return in one line what somebody of this name wrote, without what tells who it was.

    Digits become zeros, which is how the model reads them anyhow. What else a guest tells of themselves stays.
    """
    text = text[:MOST_CHARACTERS]
    text = hide(text, secrets_and_links(text))
    for entity in reversed(find_entities(text, language, now)):
        if entity.kind in PERSONAL:
            end = entity.start + len(entity.text)
            text = f"{text[: entity.start]}{_stand_in(entity)}{text[end:]}"
    text = _HANDLE.sub(HANDLE, _LONG_NUMBER.sub(lambda found: _zeros(found.group()), text))
    return " ".join(without_name(text, name, SOMEBODY).split())


def _stand_in(entity: Entity) -> str:
    if entity.kind is EntityKind.email:
        return ADDRESS
    if entity.kind is EntityKind.booking_number:
        return _CAPITAL.sub(SOMEBODY, _zeros(entity.text.upper()))
    return _zeros(entity.text)


def _zeros(text: str) -> str:
    return _DIGIT.sub("0", text)


def without_name(text: str, name: str | None, instead: str = REMOVED) -> str:
    """Return the text with `instead` for every word that is one of the name's.

    Guests are called Will, May and Rose, too: a word that anybody may say is theirs only with a capital letter within
    a sentence.
    """
    parts = [part for part in _WORD.findall(name or "") if len(part) >= _SHORTEST]
    for part in filter(EACH_UNSPACED.match, parts):
        text = text.replace(part, instead)
    exactly = {spelling_of(part) for part in parts}
    inflected = exactly.union(*map(_spellings, parts))

    def put(found: re.Match[str]) -> str:
        word = found.group()
        if not word[0].isupper():
            is_name = spelling_of(word) in exactly and not _is_ordinary(word)
        else:
            is_name = bool(_spellings(word) & inflected) and not (_is_ordinary(word) and _begins(text, found.start()))
        return instead if is_name and len(word) >= _SHORTEST else word

    return _WORD.sub(put, text)


def _spellings(word: str) -> set[str]:
    """How a name may be spelt whose case or possession this word tells: Анны, Annas."""
    plain = normalise(word)
    bare = stem(plain) if CYRILLIC.search(plain) else plain.removesuffix("s")
    return {spelling_of(plain), spelling_of(bare)}


def _is_ordinary(word: str) -> bool:
    return is_small_word(word.lower()) or is_listed(word.lower())


def _begins(text: str, place: int) -> bool:
    """Whether a sentence begins there, where every word has a capital."""
    before = text[:place].rstrip(" \t\"'«„“(¿¡")
    return not before or before[-1] in SENTENCE_END
