"""Does somebody have to act? Rules over classes of words, both kept in `bot/nlu/data`."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.nlu.terms import DATA, Hit, Terms
from bot.nlu.tokens import Token

ALONE = "alone"
# The classes of words that tell of fire, blood, a break-in; of those who come to the rescue; of illness; of what
# nobody may swallow; of a wish to die; of somebody who is missing; of water where there is current.
SAFETY = frozenset({"danger", "rescue", "unwell", "swallow", "despair", "astray", "gone", "seek", "flooding"})
CONDITION = re.compile(r"(!?)([<>]?)([a-z]+):([0-9]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds: the class it is about, how grave it is (0 to 1), and the tokens that made it so."""

    about: str
    severity: float
    tokens: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Condition:
    """A class that must (or, when `wanted` is false, must not) stand within `reach` words on the given sides."""

    name: str
    wanted: bool
    before: int
    after: int

    def nearest(self, anchor: Hit, hits: _Places) -> Hit | None:
        """The nearest hit in reach. One that shares words with the anchor counts only as a veto that says more."""
        own = hits.get(self.name)
        if own is None:
            return None
        for distance in range(max(self.before, self.after) + 1):
            for reach, place in (self.before, anchor.start - distance), (self.after, anchor.end - 1 + distance):
                found = own.get(place) if distance <= reach else None
                if found is not None and self._counts(found, anchor):
                    return found
        return None

    def _counts(self, found: Hit, anchor: Hit) -> bool:
        apart = found.end <= anchor.start or anchor.end <= found.start
        return apart or (not self.wanted and not (anchor.start <= found.start and found.end <= anchor.end))


# By class, and by the places of its words.
_Places = Mapping[str, Mapping[int, Hit]]


@dataclass(frozen=True, slots=True)
class _Rule:
    severity: float
    anchor: str
    conditions: tuple[_Condition, ...]
    alone: bool

    def holds(self, anchor: Hit, hits: _Places, words: int) -> Finding | None:
        tokens = set(range(anchor.start, anchor.end))
        if self.alone and len(tokens) < words:
            return None
        for condition in self.conditions:
            found = condition.nearest(anchor, hits)
            if (found is not None) != condition.wanted:
                return None
            if found is not None:
                tokens.update(range(found.start, found.end))
        return Finding(self.anchor, self.severity, frozenset(tokens))


def find_attention(tokens: list[Token]) -> list[Finding]:
    """Return what the hotel must act on, in the order of the text; words of one sentence only act together."""
    findings: list[Finding] = []
    for start, sentence in _sentences(tokens):
        hits = _terms().find(sentence)
        if not hits:
            continue
        places: defaultdict[str, dict[int, Hit]] = defaultdict(dict)
        for hit in hits:
            places[hit.name].update(dict.fromkeys(range(hit.start, hit.end), hit))
        for hit in hits:
            for rule in _rules().get(hit.name, ()):
                finding = rule.holds(hit, places, len(sentence))
                if finding:
                    shifted = frozenset(start + token for token in finding.tokens)
                    findings.append(replace(finding, tokens=shifted))
    return findings


def is_unsafe(findings: Iterable[Finding]) -> bool:
    """Whether somebody may be in danger."""
    return any(finding.about in SAFETY for finding in findings)


def load_classes(stem_of_name: str) -> dict[str, list[str]]:
    """Read the classes of all files `<name>_*.toml` of the data folder, languages joined."""
    classes: dict[str, list[str]] = {}
    for file in sorted(DATA.glob(f"{stem_of_name}_*.toml")):
        for name, listed in tomllib.loads(file.read_text(encoding="utf-8")).items():
            classes.setdefault(name, []).extend(term for term in map(str.strip, listed.split(",")) if term)
    return classes


def _sentences(tokens: list[Token]) -> Iterator[tuple[int, list[Token]]]:
    start = 0
    for place in range(1, len(tokens) + 1):
        if place == len(tokens) or tokens[place].sentence != tokens[start].sentence:
            yield start, tokens[start:place]
            start = place


@cache
def _terms() -> Terms:
    return Terms(load_classes("terms"))


@cache
def _rules() -> dict[str, list[_Rule]]:
    rules: dict[str, list[_Rule]] = {}
    for group in tomllib.loads((DATA / "attention.toml").read_text(encoding="utf-8"))["rule"]:
        for written in group["when"]:
            anchor, *conditions = written.split()
            needed = tuple(read_condition(condition) for condition in conditions if condition != ALONE)
            rules.setdefault(anchor, []).append(_Rule(group["severity"], anchor, needed, ALONE in conditions))
    return rules


def read_condition(written: str) -> _Condition:
    """Read one condition of a rule. Raises ValueError that names what can't be read."""
    match = CONDITION.fullmatch(written)
    if match is None:
        raise ValueError(f"attention.toml: can't read the condition {written!r}; write it like !<not:2")
    veto, side, name, reach = match.groups()
    return _Condition(name, not veto, 0 if side == ">" else int(reach), 0 if side == "<" else int(reach))
