"""Rule packs: ready sets of triggers, kept in `triggers/packs` as the files that an editor could have written.

A pack is one folder with a file per language, which say the same: the names and first texts are those of the
hotel's own language, the translations are the other.
"""

from __future__ import annotations

from pathlib import Path

from bot.errors import RejectedInput
from triggers.exchange.document import Document
from triggers.exchange.reading import read_document
from triggers.rejections import nearest

_FOLDER = Path(__file__).parent.parent / "packs"
_OTHERWISE = "en"


def pack_names() -> list[str]:
    """Return what can be imported by name."""
    return sorted(folder.name for folder in _FOLDER.iterdir() if any(folder.glob("*.yaml")))


def open_pack(name: str, language: str) -> Document:
    """Return a pack as a hotel of this language reads it. Raises RejectedInput that names the packs there are."""
    if name not in pack_names():
        likely = nearest(name, pack_names())
        hint = f"; did you mean {likely}?" if likely else f"; there are: {', '.join(pack_names())}"
        raise RejectedInput(f"there is no pack called {name[:40]!r}{hint}")
    own = _FOLDER / name / f"{language}.yaml"
    return read_document((own if own.is_file() else _FOLDER / name / f"{_OTHERWISE}.yaml").read_bytes())
