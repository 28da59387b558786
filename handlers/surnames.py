"""Whether a surname that somebody typed is the one a booking was made under.

Spellings are folded into one key (case, diacritics, ё, the usual transliterations between Russian and Latin
letters) and keys must then be equal: nothing is guessed, since a near miss is how a stranger would get in.
"""

from __future__ import annotations

import re
import unicodedata

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr"})
_LETTERS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu",
        "я": "ia", "і": "i", "є": "e", "ґ": "g",
        "j": "i", "y": "i", "x": "ks", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe",
    }
)  # fmt: skip
# Each system of transliteration writes some sounds in its own way; what they write becomes one spelling.
_SPELLINGS = (
    ("shch", "sh"),
    ("sch", "sh"),
    ("kh", "h"),
    ("tc", "ts"),
    ("tz", "ts"),
    ("ii", "i"),
    ("ie", "e"),
    ("io", "e"),
)
_LIKE_A_SURNAME = re.compile(r".{2,}(?:[oe]va?|ski|skaia|enko)")
_LIKE_A_PATRONYMIC = re.compile(r".+(?:[oe]vich|ich|[oe]vna|ichna)")


def is_surname_of(typed: str, name: str | None) -> bool:
    """Say whether `typed` is the surname in `name`, or holds the whole name in any order of its words."""
    given, words = _words(typed), _words(name or "")
    if not given or not words:
        return False
    is_whole_name = len(words) > 1 and set(words) <= set(given)
    return is_whole_name or "".join(given) in _surnames(name or "", words)


def given_name(name: str | None) -> str | None:
    """Return the word by which to address somebody: "Anna" for "Petrova Anna" too."""
    words = [word for word in re.split(r"[\s,/]+", name or "") if word and spelling_of(word) not in _TITLES]
    if len(words) < 2:
        return words[0] if words else None
    return words[1] if _is_surname_first(name or "", [spelling_of(word) for word in words]) else words[0]


def _surnames(name: str, words: list[str]) -> set[str]:
    """The keys that count as the surname: "van der Berg" counts with and without what stands before "Berg"."""
    if _is_surname_first(name, words):
        before, mark, _ = re.sub("/", ",", name).partition(",")
        return {"".join(_words(before))} if mark else {words[0]}
    return {"".join(words[start:]) for start in range(min(1, len(words) - 1), len(words))}


def _is_surname_first(name: str, words: list[str]) -> bool:
    if len(words) < 2:
        return False
    if "," in name or "/" in name:
        return True
    if len(words) == 3 and _LIKE_A_PATRONYMIC.fullmatch(words[2]):
        return True
    return len(words) == 2 and bool(_LIKE_A_SURNAME.fullmatch(words[0])) and not _LIKE_A_SURNAME.fullmatch(words[1])


def _words(name: str) -> list[str]:
    keys = (spelling_of(word) for word in re.split(r"[\s,/]+", name))
    return [key for key in keys if key and key not in _TITLES]


def spelling_of(word: str) -> str:
    """Return the one spelling that stands for all of a name's."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(letter for letter in decomposed if letter.isalpha()).translate(_LETTERS)
    for spelling, one in _SPELLINGS:
        letters = letters.replace(spelling, one)
    return letters
