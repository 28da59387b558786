"""How alike what two questions are about is: by words, and by the parts of those that no list knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.nlu.topics import Key, lists, topics

# How much of an unlisted word its parts make up, so that one of its other forms is known, too; how long they are.
IN_PARTS = 0.5
PART = 3
# What is only asked of a thing counts little beside the thing.
ASPECT = 0.3
# Of two questions that are put together more than half is the same.
ALIKE = 0.55


def pieces(weights: Mapping[Key, float]) -> dict[str, float]:
    """Return words as heavy as given, taken apart where they are unlisted."""
    bag: defaultdict[str, float] = defaultdict(float)
    for key, weight in weights.items():
        parts = _parts(key)
        share = IN_PARTS if parts else 0.0
        bag[f"={key}"] += weight * (1 - share)
        for part in parts:
            bag[part] += weight * share / len(parts)
    return dict(bag)


def _parts(key: Key) -> list[str]:
    """The parts of a word that no list knows; a listed one stands for many that look different."""
    if (key,) in lists().same or len(key) <= PART:
        return []
    edged = f"<{key}>"
    return [edged[at : at + PART] for at in range(len(edged) - PART + 1)]


def group_alike(texts: Sequence[str]) -> list[list[int]]:
    """Return the places of texts that ask alike, in order: each joins the first group whose first text is like it."""
    groups: list[list[int]] = []
    totals: list[float] = []
    known: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, text in enumerate(texts):
        bag = pieces({key: ASPECT if key in lists().aspect else 1.0 for key in topics(text)})
        total = sum(bag.values())
        common: defaultdict[int, float] = defaultdict(float)
        for piece, weight in bag.items():
            for group, other in known[piece]:
                common[group] += min(weight, other)
        alike = [group for group in sorted(common) if 2 * common[group] >= ALIKE * (total + totals[group])]
        if alike:
            groups[alike[0]].append(place)
            continue
        for piece, weight in bag.items():
            known[piece].append((len(groups), weight))
        groups.append([place])
        totals.append(total)
    return groups
