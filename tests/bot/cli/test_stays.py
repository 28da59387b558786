from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli.conftest import Operator, Reader

HEADER = "external_id,guest_name,check_in,check_out,room_type\n"
GOOD = HEADER + "BK-1,Anna Smith,2026-12-01,2026-12-04,suite\nBK-2,Иван Петров,2026-12-02,2026-12-05,double\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "stays.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_changes_nothing_when_a_file_is_imported_twice(hotel: Operator, reader: Reader, table: Path) -> None:
    command = ("stays", "import", "--hotel", "adler", str(table))
    assert hotel.does(*command) == "2 stays are new, 0 changed, 0 are as they were.\n"
    assert hotel.does(*command) == "0 stays are new, 0 changed, 2 are as they were.\n"
    assert len(reader.rows("adler", "SELECT FROM stays")) == 2
    assert not reader.rows("baer", "SELECT FROM stays")


def test_imports_nothing_and_names_every_place_when_lines_are_wrong(
    hotel: Operator, reader: Reader, table: Path
) -> None:
    table.write_text(
        GOOD + "BK-3,Eva,soon,2026-12-04,suite\nBK-4,Eva,2026-12-04,2026-12-01,suite\n", encoding="utf-8"
    )
    result = hotel.tries("stays", "import", "--hotel", "adler", str(table))
    assert result.exit_code == 1
    *places, last = result.stderr.splitlines()
    assert places[0].startswith("line 4, column check_in: ")
    assert places[1].startswith("line 5, column check_out: ")
    assert "nothing was imported" in last
    assert result.stdout == ""
    assert not reader.rows("adler", "SELECT FROM stays")


def test_reads_standard_input_when_the_file_is_a_dash(hotel: Operator, reader: Reader) -> None:
    assert "2 stays are new" in hotel.does("stays", "import", "--hotel", "adler", "-", typed=GOOD.encode())


def test_shows_how_far_it_is_when_stays_are_imported(hotel: Operator, table: Path) -> None:
    assert "Importing" in hotel.tries("stays", "import", "--hotel", "adler", str(table)).stderr


@pytest.mark.parametrize("region", ["de", "Germany", "XX"])
def test_asks_for_a_country_when_a_region_is_none(hotel: Operator, table: Path, region: str) -> None:
    assert "such as DE" in hotel.fails("stays", "import", "--hotel", "adler", "--region", region, str(table))


def test_names_the_file_when_there_is_none(hotel: Operator) -> None:
    result = hotel.tries("stays", "import", "--hotel", "adler", "/nowhere.csv")
    assert result.exit_code == 2
    assert "/nowhere.csv" in result.stderr


def test_gives_the_same_link_for_each_channel_when_asked_again(hotel: Operator, table: Path) -> None:
    number = ("--phone", "+49 30 900100", "--instance", "1101")
    hotel.does("hotel", "channel", "add-green", "--hotel", "adler", *number, typed="token")
    hotel.does("stays", "import", "--hotel", "adler", str(table))
    links = hotel.does("stays", "link", "--hotel", "adler", "bk-1")
    telegram, whatsapp = links.splitlines()
    assert telegram.startswith("https://t.me/adler_bot?start=stay_")
    assert whatsapp == f"https://wa.me/4930900100?text={telegram.partition('start=')[2]}"
    assert hotel.does("stays", "link", "--hotel", "adler", "BK-1") == links


def test_says_so_when_a_stay_is_another_hotels(hotel: Operator, table: Path) -> None:
    hotel.does("stays", "import", "--hotel", "adler", str(table))
    assert "no stay with that booking number" in hotel.fails("stays", "link", "--hotel", "baer", "BK-1")


def test_says_so_when_there_is_no_channel_to_link_to(hotel: Operator, table: Path) -> None:
    hotel.does("stays", "import", "--hotel", "adler", str(table))
    hotel.does("hotel", "channel", "remove", "--hotel", "adler", hotel.account())
    assert "has no channel" in hotel.fails("stays", "link", "--hotel", "adler", "BK-1")
