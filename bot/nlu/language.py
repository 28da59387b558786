"""Guesses a text's language: by its script, by its small words, and by a model where these don't decide."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

from bot.nlu.base import Guess
from bot.nlu.byte_runs import languages_model

DATA = Path(__file__).parent / "data"

# Scripts that one language of our guests has for itself.
ONE_LANGUAGE = {
    "ARMENIAN": "hy",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
}
# What a guest of ours may plausibly write; the first of each is the likeliest, and wins when nothing decides.
SEVERAL_LANGUAGES = {
    "ARABIC": ("ar", "fa"),
    "CYRILLIC": ("ru", "uk", "kk", "bg"),
    "LATIN": ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "cs", "fi", "sv", "ro", "ru"),
}
TELLTALE_LETTERS = {"uk": set("іїєґ"), "kk": set("әғқңөұүһ")}
# So many letters of these languages have a telltale one among them, or they are another's.
LETTERS_WITH_A_TELLTALE = 20
TELLTALE_WEIGHT, MISSING_TELLTALE_WEIGHT = 1.0, 0.5

SAMPLE_CHARACTERS = 1000
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
NOT_PROSE = re.compile(r"\S*(?:://|@|www\.)\S*|(?<!\S)/[a-z]\w*")
# Each such thing has one of these; to look for them is far cheaper.
NOT_PROSES_MARKS = ("/", "@", "www.")

SMALL_WORD_WEIGHT = 0.3
LIKELIEST_WEIGHT = 0.3
SURE_MARGIN = 0.55
SURE_WORDS = 3
SURE_LETTERS = 10
SURE_LETTERS_OF_OWN_SCRIPT = 2
# "Late check out", "Wiener Schnitzel" and names are written by people of every language: with fewer words than the
# first number, so many small ones must be of the language too. Cyrillic letters are no loan.
SMALL_WORDS_NEEDED = ((4, 2), (7, 1))


class LangidDetector:
    """A `LanguageDetector` that is sure of nothing short, nor of courtesies and loan words: "ok", "да", "谢谢", "late
    check out" never flip a remembered language."""

    def guess(self, text: str) -> Guess:
        """Read the first characters of `text`; no letters, no language."""
        sample = text[:SAMPLE_CHARACTERS]
        if any(mark in sample for mark in NOT_PROSES_MARKS):
            sample = NOT_PROSE.sub(" ", sample)
        scripts = Counter(filter(None, map(_script, sample)))
        if not scripts:
            return Guess(None)
        script, letters = scripts.most_common(1)[0]
        if "HIRAGANA" in scripts or "KATAKANA" in scripts:
            script = "HIRAGANA"
        words = [word.lower().replace("’", "'") for word in WORD.findall(sample)]
        if script in ONE_LANGUAGE:
            is_sure = letters >= SURE_LETTERS_OF_OWN_SCRIPT and not _courtesies().issuperset(words)
            return Guess(ONE_LANGUAGE[script], is_sure)
        guess = self._weigh(sample, words, letters, SEVERAL_LANGUAGES.get(script, SEVERAL_LANGUAGES["LATIN"]))
        # Wifi and Check-in stand in texts of every script, but who writes a few words in another has it at hand.
        is_mixed = letters < scripts.total()
        if guess.confident and script == "LATIN" and (is_mixed or not _is_prose(words, guess.language)):
            return Guess(guess.language)
        return guess

    def _weigh(self, sample: str, words: list[str], letters: int, languages: tuple[str, ...]) -> Guess:
        likely = languages_model().probabilities(sample)
        weights = {language: likely[language] for language in languages}
        weights[languages[0]] += LIKELIEST_WEIGHT
        small_words = _function_words()
        for word in words:
            for language in small_words.get(word, ()):
                if language in weights:
                    weights[language] += SMALL_WORD_WEIGHT
        for language, telltale in TELLTALE_LETTERS.items():
            if language in weights and telltale.intersection(sample.lower()):
                weights[language] += TELLTALE_WEIGHT
            elif language in weights and letters >= LETTERS_WITH_A_TELLTALE:
                weights[language] -= MISSING_TELLTALE_WEIGHT
        best = max(weights, key=weights.__getitem__)
        first, second = sorted(weights.values(), reverse=True)[:2]
        long_enough = len(words) >= SURE_WORDS and letters >= SURE_LETTERS
        return Guess(best, long_enough and first - second >= SURE_MARGIN)


def is_small_word(word: str) -> bool:
    """Whether a lower-case word is one of those that hold sentences together, in any language."""
    return word in _function_words()


def _is_prose(words: list[str], language: str | None) -> bool:
    """Whether enough small words of the language hold these together."""
    needed = next((needed for below, needed in SMALL_WORDS_NEEDED if len(words) < below), 0)
    small = {word for word in words if language in _function_words().get(word, ())}
    return len(small - _courtesies()) >= needed


@lru_cache(maxsize=4096)
def _script(character: str) -> str | None:
    """The script of a letter, as Unicode names it; None for all that is not a letter."""
    if not unicodedata.category(character).startswith("L"):
        return None
    return unicodedata.name(character, "?").split()[0].split("-")[0]


@cache
def _courtesies() -> frozenset[str]:
    listed = tomllib.loads((DATA / "courtesies.toml").read_text(encoding="utf-8"))
    return frozenset(listed["words"].split())


@cache
def _function_words() -> dict[str, tuple[str, ...]]:
    """Every small word with the languages that use it."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in tomllib.loads((DATA / "function_words.toml").read_text(encoding="utf-8")).items():
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found
