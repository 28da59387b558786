"""A run's short table in a document that says more: put between two marks, in place of the last run's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class Section:
    """What stands in a document between the lines `<!-- MARK -->` and `<!-- /MARK -->`, which must be there."""

    def __init__(self, document: Path, mark: str) -> None:
        self._document = document
        self._begin, self._end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
        text = document.read_text()
        if self._end not in text.partition(self._begin)[2]:
            raise click.BadParameter(f"{document} lacks the lines {self._begin.strip()} and {self._end}")

    def fill(self, lines: str) -> None:
        """Put these lines there."""
        before, begin, rest = self._document.read_text().partition(self._begin)
        _, end, after = rest.partition(self._end)
        self._document.write_text(f"{before}{begin}{lines}\n{end}{after}")


def summary_option(mark: str) -> Callable[[Any], Any]:
    """Give a command the option `--summary DOCUMENT`.

    A document without the marks is refused before the run, which is long, and not after it.
    """
    return click.option(
        "--summary",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        callback=lambda _context, _option, document: document and Section(document, mark),
        help=f"Put a short table into this document, between the lines <!-- {mark} --> and <!-- /{mark} -->.",
    )
