"""Makes the model that the package ships: `python -m training FOLDER [CORRECTIONS.tsv ...]`.

FOLDER holds the public data; the tables what staff put right, with the columns lang, text, label, intent.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bot.nlu.model import FILE
from training.corpus import read_corpus
from training.heads import HOTELS_OWN, fit, write
from training.matrix import all_rows
from training.slips import mistyped

PROCESSES = 2


def main(folder: Path, *corrections: Path) -> None:
    started = time.monotonic()
    examples = read_corpus(folder, corrections)
    examples += mistyped([example for example in examples if example.source in HOTELS_OWN])
    _say(f"{len(examples):,} examples", started)
    with ProcessPoolExecutor(PROCESSES) as processes:
        rows = all_rows([example.text for example in examples], processes)
        _say(f"{rows.nnz:,} pieces", started)
        fitted = fit(examples, rows, processes)
    write(fitted, FILE)
    _say(f"{FILE.name}: {FILE.stat().st_size / 1e6:.2f} MB, {len(fitted)} columns", started)


def _say(what: str, started: float) -> None:
    sys.stderr.write(f"{time.monotonic() - started:6.1f} s  {what}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
