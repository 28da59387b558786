"""Stays from a spreadsheet: read whole or refused whole, with the line and column of everything that is wrong.

The first line names the columns, in any order; `external_id`, `guest_name`, `check_in` and `check_out` are needed.
Comma, semicolon or tab; UTF-8, UTF-16 with its mark, or the Cyrillic and Western code pages of Windows.
A column that is missing leaves what is known of the stays as it is; an empty cell empties it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.errors import RejectedInput
from bot.integrations.base import StayRow
from bot.integrations.cells import Cell, CellReader, HouseTimes, RejectedCell
from bot.integrations.decoding import UnknownEncoding, decode

ALIASES = {
    "booking_number": "external_id",
    "number": "external_id",
    "name": "guest_name",
    "guest": "guest_name",
    "room": "room_number",
    "status": "booking_status",
}
MOST_SHOWN = 50
_DELIMITERS = ",;\t"
_LEAST_LIKENESS = 55
_GUEST = ("external_id", "source", "guest_name", "phone", "language")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong: `line` counts from 1 as an editor does, `column` is its name, or None for the line."""

    line: int
    column: str | None
    detail: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.detail}"


class RejectedFile(RejectedInput):
    """The file can't be imported as it is, and nothing of it was: correct the named places and import it again."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        shown = [str(problem) for problem in problems[:MOST_SHOWN]]
        if len(problems) > MOST_SHOWN:
            shown.append(f"and {len(problems) - MOST_SHOWN} more")
        super().__init__("\n".join(shown))
        self.problems = tuple(problems)


def read_stays(data: bytes, times: HouseTimes, region: str | None = None) -> list[StayRow]:
    """Return the stays of a file. Raises RejectedFile with everything that is wrong in it.

    `times` says when a day without a time of day begins and ends for a guest, and in which zone; `region` (ISO 3166,
    two letters) is the country of phone numbers that are written without one.
    """
    try:
        text = decode(data)
    except UnknownEncoding as error:
        raise RejectedFile([FileProblem(1, None, str(error))]) from None
    problems: list[FileProblem] = []
    lines = _lines(text, problems)
    line, header = next(lines, (1, []))
    columns = _columns(line, header, problems)
    if problems:
        raise RejectedFile(problems)
    reader = CellReader(times, region)
    rows = [(number, _values(number, columns, cells, reader, problems)) for number, cells in lines]
    if not rows and not problems:
        problems.append(FileProblem(line, None, "names the columns, and no line with a stay follows"))
    problems += _repeated(rows)
    if problems:
        raise RejectedFile(sorted(problems, key=lambda problem: problem.line))
    return [_stay_row(number, values) for number, values in rows]


def _lines(text: str, problems: list[FileProblem]) -> Iterator[tuple[int, list[str]]]:
    """Yield every line that has anything in it, with the number at which it begins."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield begins, stripped
            begins = reader.line_num + 1
    except csv.Error:
        detail = "can't be split into cells: a quotation mark is missing, or is not doubled inside quotes"
        problems.append(FileProblem(begins, None, detail))


def _columns(line: int, header: Sequence[str], problems: list[FileProblem]) -> list[str]:
    """Return the columns by their right names."""
    written = [cell.casefold().replace(" ", "_").replace("-", "_") for cell in header]
    names = [ALIASES.get(name, name) for name in written]
    known = [name for name in names if name in CellReader.COLUMNS]
    if not known:
        problems.append(FileProblem(line, None, _columns_wanted()))
        return names
    for name, cell in zip(names, header, strict=True):
        if name not in CellReader.COLUMNS:
            problems.append(FileProblem(line, cell[:40] or "without a name", _unknown_column(name)))
    twice = sorted({name for name in known if known.count(name) > 1})
    problems += [FileProblem(line, name, "is there more than once: remove one of them") for name in twice]
    missing = [name for name in CellReader.NEEDED if name not in known]
    problems += [FileProblem(line, name, "is missing, and every file needs it") for name in missing]
    return names


def _columns_wanted() -> str:
    besides = [name for name in CellReader.COLUMNS if name not in CellReader.NEEDED]
    needed = f"needed are {', '.join(CellReader.NEEDED)}"
    return f"the first line must name the columns: {needed}; known besides are {', '.join(besides)}"


def _unknown_column(name: str) -> str:
    right = [*CellReader.COLUMNS, *ALIASES]
    found = process.extractOne(name[:100], right, scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    return f"is not a column of stays; did you mean {found[0]}?" if found else "is not a column of stays: remove it"


def _values(
    line: int, columns: Sequence[str], cells: Sequence[str], reader: CellReader, problems: list[FileProblem]
) -> dict[str, Cell]:
    """Return what can be read of one line; what can't is noted among the problems."""
    if len(cells) != len(columns):
        detail = f"has {len(cells)} cells where the first line names {len(columns)} columns"
        problems.append(FileProblem(line, None, detail))
        return {}
    values: dict[str, Cell] = {}
    for column, cell in zip(columns, cells, strict=True):
        try:
            values[column] = reader.read(column, cell)
        except RejectedCell as error:
            problems.append(FileProblem(line, column, str(error)))
    problems += [FileProblem(line, column, detail) for column, detail in reader.out_of_order(values)]
    return values


def _stay_row(line: int, values: Mapping[str, Cell]) -> StayRow:
    """Return the row; without a word on status and source they are those of a new stay."""
    stay = {name: value for name, value in values.items() if name not in _GUEST}
    if stay.get("booking_status", "") is None:
        del stay["booking_status"]
    return StayRow(
        line=line,
        external_id=str(values["external_id"]),
        source=_source(values),
        guest_name=_text(values["guest_name"]),
        phone=_text(values.get("phone")),
        language=_text(values.get("language")),
        stay=stay,
    )


def _source(values: Mapping[str, Cell]) -> str:
    return str(values.get("source") or "csv")


def _text(value: Cell) -> str | None:
    return None if value is None else str(value)


def _repeated(rows: Sequence[tuple[int, Mapping[str, Cell]]]) -> Iterator[FileProblem]:
    """Yield the rows whose booking number stood there before."""
    seen: dict[tuple[str, str], int] = {}
    for line, values in rows:
        if "external_id" not in values:
            continue
        first = seen.setdefault((_source(values), str(values["external_id"]).casefold()), line)
        if first != line:
            yield FileProblem(line, "external_id", f"is the same booking number as in line {first}")
