from __future__ import annotations

import pytest

from tests.bot.cli.conftest import Operator, Reader

CHANGE = ("hotel", "change", "--hotel", "adler")
HEADER = "external_id,guest_name,check_in,check_out\n"
STAY = HEADER + "BK-1,Anna Smith,2126-12-01 15:00,2126-12-04 12:00\n"


@pytest.fixture
def planned(hotel: Operator) -> Operator:
    """An operator whose hotel has a stay to come, and the set of triggers that comes with Bellhop."""
    hotel.does("triggers", "import", "--hotel", "adler", "--pack", "hotel", "--yes")
    said = hotel.does("stays", "import", "--hotel", "adler", "-", typed=STAY)
    # Before arrival, welcome, the day after, before check-out, thanks, come back.
    assert said.endswith("Their messages: in the plan 6 added, 0 moved, 0 cancelled.\n")
    return hotel


def test_the_plan_is_made_anew_when_a_hotels_zone_is_corrected(planned: Operator, reader: Reader) -> None:
    said = planned.tries(*CHANGE, "--timezone", "moscow", typed="y\n").stdout
    assert "timezone: Europe/Berlin -> Europe/Moscow\n" in said
    # All that goes at a time of day; the welcome goes two hours after the arrival wherever that is.
    assert "in the plan 0 added, 5 moved, 0 cancelled\n" in said
    assert said.endswith("Written.\n")
    assert "Europe/Moscow" in planned.does("hotel", "list").splitlines()[0]
    assert "Europe/Berlin" in planned.does("hotel", "list").splitlines()[1]
    (audit,) = reader.rows("adler", "SELECT user_id FROM dashboard.audits WHERE action = 'hotel.times'")
    assert audit["user_id"] is None


def test_nothing_is_written_when_the_operator_does_not_agree(planned: Operator) -> None:
    said = planned.tries(*CHANGE, "--timezone", "Asia/Tokyo", typed="n\n").stdout
    assert said.endswith("Nothing was written.\n")
    assert "Asia/Tokyo" not in planned.does("hotel", "list")


def test_the_nights_are_changed_and_the_zone_stays_when_only_they_are_told(hotel: Operator, reader: Reader) -> None:
    said = hotel.does(*CHANGE, "--quiet-from", "23:30", "--quiet-until", "7:00", "--yes")
    assert said.splitlines() == [
        "quiet_from: 22:00 -> 23:30",
        "quiet_until: 08:00 -> 07:00",
        "in the plan 0 added, 0 moved, 0 cancelled",
        "Written.",
    ]
    (row,) = reader.rows("adler", "SELECT timezone, settings ->> 'quiet_from' AS quiet_from FROM hotels")
    assert (row["timezone"], row["quiet_from"]) == ("Europe/Berlin", "23:30:00")


def test_nothing_is_asked_when_all_is_so_already(hotel: Operator) -> None:
    assert hotel.does(*CHANGE, "--timezone", "Europe/Berlin").endswith("Nothing was written.\n")


@pytest.mark.parametrize(
    ("zone", "said"), [("Europe/Moskow", "did you mean Europe/Moscow?"), ("../etc/passwd", "use an IANA name")]
)
def test_the_zone_is_refused_when_there_is_none_of_that_name(hotel: Operator, zone: str, said: str) -> None:
    assert said in hotel.fails(*CHANGE, "--timezone", zone, "--yes")
