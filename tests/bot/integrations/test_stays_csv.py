"""Files of stays, as hotels' programs and spreadsheets write them."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integrations.base import StayRow
from bot.integrations.cells import CellReader, HouseTimes
from bot.integrations.stays_csv import MOST_SHOWN, FileProblem, RejectedFile, read_stays
from models.enums import BookingStatus

BERLIN = HouseTimes(ZoneInfo("Europe/Berlin"), time(15), time(12))
HEADER = "external_id,guest_name,check_in,check_out"
WHOLE = (
    "booking_number,guest_name,phone,language,room_type,room_number,booking_status,booked_at,check_in,check_out,"
    "checked_in_at,checked_out_at,adults,children,amount,currency,source\n"
    "A-1,Anna  Petrova,+49 151 2345678,RU,suite,305,Checked In,2026-10-01,2026-11-20,23.11.2026,"
    '2026-11-20 16:05,,2,1,"1.234,50",eur,opera\n'
)


def read(text: str | bytes, region: str | None = None) -> list[StayRow]:
    return read_stays(text if isinstance(text, bytes) else text.encode(), BERLIN, region)


def problems(text: str | bytes, region: str | None = None) -> list[str]:
    with pytest.raises(RejectedFile) as caught:
        read(text, region)
    return str(caught.value).splitlines()


def one(**cells: str) -> StayRow:
    """Read a file of one stay with these cells beside the needed ones."""
    values = {
        "external_id": "A-1",
        "guest_name": "Anna",
        "check_in": "2026-11-20",
        "check_out": "2026-11-23",
        **cells,
    }
    line = ";".join('"{}"'.format(value.replace('"', '""')) for value in values.values())
    (row,) = read(f"{';'.join(values)}\n{line}\n")
    return row


def refusal(**cells: str) -> str:
    with pytest.raises(RejectedFile) as caught:
        one(**cells)
    return str(caught.value)


def test_every_column_is_read_when_the_file_is_right() -> None:
    (row,) = read(WHOLE)

    assert row == StayRow(
        line=2,
        external_id="A-1",
        source="opera",
        guest_name="Anna Petrova",
        phone="+491512345678",
        language="ru",
        stay={
            "room_type": "suite",
            "room_number": "305",
            "booking_status": BookingStatus.checked_in,
            "booked_at": datetime(2026, 9, 30, 22, tzinfo=UTC),
            "check_in": datetime(2026, 11, 20, 14, tzinfo=UTC),
            "check_out": datetime(2026, 11, 23, 11, tzinfo=UTC),
            "checked_in_at": datetime(2026, 11, 20, 15, 5, tzinfo=UTC),
            "checked_out_at": None,
            "adults": 2,
            "children": 1,
            "amount": Decimal("1234.50"),
            "currency": "EUR",
        },
    )


def test_a_column_that_is_missing_is_not_spoken_of() -> None:
    (row,) = read(f"{HEADER}\nA-1,Anna,2026-11-20,2026-11-23\n")

    assert row.stay.keys() == {"check_in", "check_out"}
    assert (row.source, row.phone, row.language) == ("csv", None, None)


def test_an_empty_status_is_not_spoken_of() -> None:
    assert "booking_status" not in one(booking_status="").stay


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_cells_are_found_when_another_sign_divides_them(delimiter: str, newline: str) -> None:
    text = f"{HEADER}\nA-1,Anna,2026-11-20,2026-11-23\n".replace(",", delimiter).replace("\n", newline)

    assert [row.external_id for row in read(text)] == ["A-1"]


@pytest.mark.parametrize(
    ("name", "encodings"),
    [
        ("Анна Петрова", "utf-8 utf-8-sig utf-16 cp1251"),
        ("Jürgen Müller", "utf-8 utf-8-sig utf-16 cp1252"),
        ("José Ñandú", "utf-8 utf-8-sig utf-16 cp1252"),
        ("Łukasz", "utf-8 utf-8-sig utf-16"),
    ],
)
def test_names_are_read_when_the_spreadsheet_saved_them_in_its_own_encoding(name: str, encodings: str) -> None:
    text = f"{HEADER}\nA-1,{name},2026-11-20,2026-11-23\n"

    for encoding in encodings.split():
        assert [row.guest_name for row in read(text.encode(encoding))] == [name]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00\x98", codecs.BOM_UTF16_LE + b"a", b"\x81\x98\x8f"])
def test_the_remedy_is_named_when_it_is_no_text(data: bytes) -> None:
    assert "save the" in problems(data)[0]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-20", datetime(2026, 11, 20, 14, tzinfo=UTC)),
        ("20.11.2026", datetime(2026, 11, 20, 14, tzinfo=UTC)),
        ("1.7.2026", datetime(2026, 7, 1, 13, tzinfo=UTC)),
        ("2026-11-20 09:30", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:15", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC)),
        ("20.11.2026 9:30", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00.000+03:00", datetime(2026, 11, 20, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_in_the_hotels_zone_unless_it_says_another(written: str, instant: datetime) -> None:
    assert one(check_in=written, check_out="2027-01-01").stay["check_in"] == instant


@pytest.mark.parametrize(
    "written", ["11/20/2026", "2026-13-01", "30.02.2026", "2026-11-20 25:00", "soon", "1899-01-01"]
)
def test_a_moment_is_refused_when_it_can_not_be_understood(written: str) -> None:
    assert refusal(check_in=written).startswith("line 2, column check_in: ")


@pytest.mark.parametrize(
    ("written", "region", "phone"),
    [
        ("+49 (151) 234-56-78", None, "+491512345678"),
        ("0049 151 2345678", None, "+491512345678"),
        ("0151 2345678", "DE", "+491512345678"),
        ("8 916 123-45-67", "RU", "+79161234567"),
        ("+7 916 1234567", "DE", "+79161234567"),
    ],
)
def test_a_phone_number_becomes_international(written: str, region: str | None, phone: str) -> None:
    (row,) = read(f"{HEADER},phone\nA-1,Anna,2026-11-20,2026-11-23,{written}\n", region)

    assert row.phone == phone


@pytest.mark.parametrize("written", ["0151 2345678", "4.91512E+11", "+49 3", "+999 123456789", "ask Anna"])
def test_a_phone_number_is_refused_and_not_repeated_when_it_is_none(written: str) -> None:
    said = refusal(phone=written)

    assert said.startswith("line 2, column phone: ")
    assert written not in said


@pytest.mark.parametrize(
    ("written", "amount"),
    [("450", "450"), ("450.5", "450.50"), ("1 234,50", "1234.50"), ("1,234,567.89", "1234567.89")],
)
def test_a_sum_is_read_as_it_is_written_here_and_there(written: str, amount: str) -> None:
    assert one(amount=written).stay["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("amount", "-1"),
        ("amount", "1.234"),
        ("amount", "99999999999"),
        ("amount", "NaN"),
        ("amount", "٤٥٠"),
        ("adults", "-1"),
        ("adults", "two"),
        ("children", "100"),
        ("currency", "euro"),
        ("language", "Russian!"),
        ("room_number", "1" * 33),
        ("guest_name", "Anna\x07"),
        ("external_id", ""),
        ("guest_name", ""),
        ("guest_name", " "),
        ("external_id", "A" * 129),
        ("check_out", ""),
    ],
)
def test_a_cell_is_refused_by_line_and_column_when_its_value_is_impossible(column: str, written: str) -> None:
    assert refusal(**{column: written}).startswith(f"line 2, column {column}: ")


def test_the_nearest_status_is_named_when_it_is_misspelt() -> None:
    assert refusal(booking_status="chekced in").endswith("did you mean checked_in?")


def test_a_departure_is_refused_when_it_is_not_after_the_arrival() -> None:
    assert refusal(check_out="2026-11-20 15:00") == "line 2, column check_out: must be later than check_in"
    assert "checked_out_at" in refusal(checked_in_at="2026-11-20 15:00", checked_out_at="2026-11-20 14:00")


def test_a_departure_before_the_arrival_is_named_when_another_cell_of_the_line_is_wrong_too() -> None:
    assert refusal(phone="call me", check_out="2026-11-19").splitlines() == [
        "line 2, column phone: is not a phone number with its country, like +49 151 2345678",
        "line 2, column check_out: must be later than check_in",
    ]


def test_it_is_said_that_no_stay_follows_when_there_is_only_a_header() -> None:
    assert problems(f"{HEADER}\n\n") == ["line 1: names the columns, and no line with a stay follows"]


def test_other_words_for_columns_are_understood_when_programs_use_them() -> None:
    (row,) = read("number,guest,check_in,check_out,room,status\nA-1,Anna,2026-11-20,2026-11-23,305,confirmed\n")
    assert (row.external_id, row.guest_name, row.stay["room_number"]) == ("A-1", "Anna", "305")


def test_the_nearest_column_is_named_when_one_is_unknown() -> None:
    said = problems(f"{HEADER},room_nubmer,loyalty,\nA-1,Anna,2026-11-20,2026-11-23,1,2,3\n")

    assert said == [
        "line 1, column room_nubmer: is not a column of stays; did you mean room_number?",
        "line 1, column loyalty: is not a column of stays: remove it",
        "line 1, column without a name: is not a column of stays: remove it",
    ]


def test_missing_and_repeated_columns_are_named() -> None:
    assert problems("booking_number;external_id;check_in\n1;1;2026-11-20\n") == [
        "line 1, column external_id: is there more than once: remove one of them",
        "line 1, column guest_name: is missing, and every file needs it",
        "line 1, column check_out: is missing, and every file needs it",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "A-1,Anna Petrova,2026-11-20,2026-11-23\n"])
def test_the_header_is_asked_for_and_no_name_repeated_when_there_is_none(text: str) -> None:
    (said,) = problems(text)

    assert "the first line must name the columns: needed are external_id, guest_name, check_in, check_out;" in said
    assert "; known besides are phone, language, room_type," in said
    assert "Anna" not in said


def test_everything_that_is_wrong_is_named_at_once_with_the_line_an_editor_shows() -> None:
    said = problems(
        f"{HEADER},adults\n"
        'A-1,"Anna\nPetrova",2026-11-20,2026-11-23,2\n'
        "\n"
        "A-2,Boris,tomorrow,2026-11-23,many\n"
        "A-3,Carl,2026-11-20\n"
        "a-1,Dora,2026-11-20,2026-11-23,none\n"
    )

    assert [line.split(":")[0] for line in said] == [
        "line 5, column check_in",
        "line 5, column adults",
        "line 6",
        "line 7, column adults",
        "line 7, column external_id",
    ]
    assert said[4].endswith("is the same booking number as in line 2")


def test_a_number_may_repeat_when_it_is_of_another_source() -> None:
    rows = read(f"{HEADER},source\nA-1,Anna,2026-11-20,2026-11-23,opera\nA-1,Anna,2026-11-20,2026-11-23,booking\n")

    assert [row.source for row in rows] == ["opera", "booking"]


@pytest.mark.parametrize(
    "line", ['A-1,"Anna,2026-11-20,2026-11-23', 'A-1,"An"na,2026-11-20,2026-11-23', "x" * 140_000]
)
def test_the_line_is_named_when_it_can_not_be_split(line: str) -> None:
    assert problems(f"{HEADER}\nA-0,Zoe,2026-11-20,2026-11-23\n{line}\n")[0].startswith("line 3: ")


def test_the_list_is_cut_when_nearly_everything_is_wrong() -> None:
    said = problems(HEADER + "\nA,Anna,soon,later" * 100)

    assert len(said) == MOST_SHOWN + 1
    assert said[-1] == "and 249 more"


def test_ten_thousand_lines_are_read() -> None:
    lines = "".join(f"A-{n},Guest {n},+4915112{n:05},2026-11-20,2026-11-23\n" for n in range(10_000))

    assert len(read("external_id,guest_name,phone,check_in,check_out\n" + lines)) == 10_000


def outcome(text: str | bytes) -> tuple[list[StayRow], tuple[FileProblem, ...]]:
    try:
        return read(text), ()
    except RejectedFile as error:
        return [], error.problems


@given(st.binary(max_size=200), st.booleans())
def test_whatever_is_given_it_is_read_or_refused_with_a_place(data: bytes, has_header: bool) -> None:
    rows, refused = outcome(f"{HEADER}\n".encode() + data if has_header else data)

    assert all(row.external_id and row.stay["check_in"] < row.stay["check_out"] for row in rows)
    assert all(problem.line >= 1 for problem in refused)
    assert refused or has_header


@given(st.sampled_from(CellReader.COLUMNS), st.text(max_size=30))
def test_whatever_a_cell_holds_it_is_read_or_refused(column: str, written: str) -> None:
    cell = written.replace('"', '""')
    extra = "" if column in HEADER else f",{column}"
    values = {"external_id": "A-1", "guest_name": "Anna", "check_in": "2026-11-20", "check_out": "2026-11-23"}
    values[column] = cell
    quoted = ",".join(f'"{value}"' for value in values.values())

    rows, refused = outcome(f"{HEADER}{extra}\n{quoted}\n".encode("utf-8", "replace"))

    assert len(rows) == 1 or refused
