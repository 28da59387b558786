"""Makes the model of languages that the package ships of py3langid's: `python -m training.languages`.

Theirs knows 142 languages, and takes half a second and 70 MB to load. Ours gives the same probabilities.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.nlu.byte_runs import FILE, ROOT
from bot.nlu.language import SEVERAL_LANGUAGES

BYTES = 256
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Trie:
    """The runs as a tree: by node, what it spells, its children by their byte, and the piece that ends with it."""

    spelled: Sequence[bytes]
    children: Sequence[dict[int, int]]
    pieces: Sequence[int]

    def longest_end(self, node: int, by_spelling: dict[bytes, int]) -> int:
        """The node of the longest proper end of this one's run that longer runs begin with."""
        run = self.spelled[node]
        ends = (by_spelling.get(run[at:]) for at in range(1, len(run)))
        return next((end for end in ends if end is not None and self.children[end]), ROOT)


def main() -> None:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([language for several in SEVERAL_LANGUAGES.values() for language in several])
    weights, places = _shared(identifier.nb_ptc)
    trie = _trie(identifier, places)
    np.savez_compressed(
        FILE,
        languages=np.array(identifier.nb_classes),
        weights=np.ascontiguousarray(weights.T),
        priors=identifier.nb_pc,
        **_double_array(trie),
    )
    sys.stderr.write(f"{FILE.name}: {FILE.stat().st_size / 1e6:.2f} MB, {len(identifier.nb_classes)} languages\n")


def _shared(weights: npt.NDArray[np.float16]) -> tuple[npt.NDArray[np.float16], Sequence[int]]:
    """The rows, the most frequent one last and once, and where each went: runs of strange languages share that."""
    _, kinds, counts = np.unique(weights, axis=0, return_inverse=True, return_counts=True)
    is_strange = kinds == counts.argmax()
    order = np.argsort(is_strange, kind="stable")
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order))
    return weights[order[: len(order) - is_strange.sum() + 1]], places.tolist()


def _trie(identifier: LanguageIdentifier, places: Sequence[int]) -> Trie:
    """Walk their automaton breadth first: a state is met first by the run that it stands for."""
    moves = np.array(identifier.tk_nextmove).reshape(-1, BYTES)
    spelled: dict[int, bytes] = {ROOT: b""}
    order = [ROOT]
    children: dict[int, dict[int, int]] = {}
    for state in order:
        children[state] = {}
        for byte, following in enumerate(moves[identifier.tk_row[state]].tolist()):
            if following not in spelled:
                spelled[following] = spelled[state] + bytes([byte])
                children[state][byte] = following
                order.append(following)
    states = range(len(order))
    pieces = [NOWHERE if (piece := identifier.tk_output[state]) < 0 else places[piece] for state in states]
    return Trie([spelled[state] for state in states], [children[state] for state in states], pieces)


def _double_array(trie: Trie) -> dict[str, Any]:
    """Lay the nodes out as `bot.nlu.byte_runs.Runs` reads them, with `shorter` as how far back that is."""
    base, slots = _layout(trie.children)
    by_spelling = {run: node for node, run in enumerate(trie.spelled)}
    size = max(slots) + BYTES
    laid = {name: np.full(size, NOWHERE, np.int32) for name in ("base", "parent", "shorter", "piece")}
    for node, slot in enumerate(slots):
        laid["base"][slot], laid["piece"][slot] = base[node], trie.pieces[node]
        laid["shorter"][slot] = slot - slots[trie.longest_end(node, by_spelling)]
        for child in trie.children[node].values():
            laid["parent"][slots[child]] = slot
    return laid


def _layout(children: Sequence[dict[int, int]]) -> tuple[list[int], list[int]]:
    """The base and the slot of every node, so that no two nodes fall into one slot."""
    base, slots = [NOWHERE] * len(children), [ROOT] * len(children)
    free = np.ones(4 * len(children) + BYTES, bool)
    free[ROOT] = False
    begin = 1
    for node in sorted(range(len(children)), key=lambda node: -len(children[node])):
        if not children[node]:
            break
        own = np.array(sorted(children[node]))
        begin += int(free[begin:].argmax())
        first = max(begin, int(own[0]))
        fits = np.logical_and.reduce([free[first + apart : apart - BYTES] for apart in (own - own[0]).tolist()])
        base[node] = first + int(fits.argmax()) - int(own[0])
        free[base[node] + own] = False
        for byte, child in children[node].items():
            slots[child] = base[node] + byte
    return base, slots


if __name__ == "__main__":
    main()
