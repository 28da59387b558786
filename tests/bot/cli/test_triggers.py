from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.bot.cli.conftest import Operator, Reader

RULES = """
version: 1
triggers:
  - name: Welcome
    type: time_based
    conditions:
      hours_after_checkin: 2
    text: Welcome, {{ guest.name }}!
  - name: Farewell
    type: time_based
    conditions:
      days_before_checkout: 1
      at: 18:00
    text: See you!
"""
NAMES = "SELECT name FROM triggers WHERE deleted_at IS NULL ORDER BY number"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


def names(reader: Reader, slug: str = "adler") -> list[str]:
    return [row["name"] for row in reader.rows(slug, NAMES)]


def test_shows_what_would_change_and_writes_it_when_the_operator_agrees(
    hotel: Operator, reader: Reader, rules: Path
) -> None:
    said = hotel.does("triggers", "import", "--hotel", "adler", str(rules), typed="y\n")
    assert "Welcome: added; fits 0 stays now, 0 planned for the next 7 days\n" in said
    assert said.endswith("Written.\n")
    assert names(reader) == ["Welcome", "Farewell"]
    assert names(reader, "baer") == []
    (audit,) = reader.rows(
        "adler", "SELECT action, user_id FROM dashboard.audits WHERE action LIKE 'trigger%' LIMIT 1"
    )
    assert (audit["action"], audit["user_id"]) == ("trigger.created", None)


def test_writes_nothing_when_the_operator_does_not_agree(hotel: Operator, reader: Reader, rules: Path) -> None:
    said = hotel.does("triggers", "import", "--hotel", "adler", str(rules), typed="n\n")
    assert said.endswith("Nothing was written.\n")
    assert names(reader) == []


def test_says_what_stays_and_deletes_it_only_when_told_to_replace(
    hotel: Operator, reader: Reader, rules: Path
) -> None:
    hotel.does("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    rules.write_text(RULES.partition("  - name: Farewell")[0].replace("Welcome,", "Hello,"), encoding="utf-8")
    said = hotel.does("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    assert "Welcome: changed (text);" in said
    assert "Farewell: is not in the file, stays as it is\n" in said
    assert names(reader) == ["Welcome", "Farewell"]
    said = hotel.does("triggers", "import", "--hotel", "adler", "--yes", "--replace", str(rules))
    assert "Farewell: deleted\n" in said
    assert names(reader) == ["Welcome"]


@pytest.mark.parametrize("name", ["out.yaml", "out.json"])
def test_nothing_is_to_be_written_when_an_export_comes_back(
    hotel: Operator, rules: Path, tmp_path: Path, name: str
) -> None:
    hotel.does("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    out = tmp_path / name
    hotel.does("triggers", "export", "--hotel", "adler", str(out))
    said = hotel.does("triggers", "import", "--hotel", "adler", "--replace", str(out))
    assert said.endswith("Nothing was written.\n")
    assert "Welcome: unchanged" in said
    assert hotel.does("triggers", "import", "--hotel", "baer", "--yes", str(out)).endswith("Written.\n")


def test_prints_yaml_or_json_when_no_file_is_named(hotel: Operator, rules: Path) -> None:
    hotel.does("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    assert "      at: '18:00'\n" in hotel.does("triggers", "export", "--hotel", "adler")
    printed = orjson.loads(hotel.does("triggers", "export", "--hotel", "adler", "--format", "json"))
    assert [entry["name"] for entry in printed["triggers"]] == ["Welcome", "Farewell"]


def test_imports_nothing_and_names_every_part_when_some_are_wrong(
    hotel: Operator, reader: Reader, rules: Path
) -> None:
    mistaken = RULES.replace("hours_after_checkin", "hours_after_chekin").replace("guest.name", "guest.nam")
    rules.write_text(mistaken, encoding="utf-8")
    result = hotel.tries("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    assert result.exit_code == 1
    *places, last = result.stderr.splitlines()
    assert places == [
        "triggers[0].conditions.hours_after_chekin: there is no such key or field; did you mean hours_after_checkin?",
        "triggers[0].text: there is no variable guest.nam; did you mean guest.name?",
    ]
    assert "nothing was imported" in last
    assert names(reader) == []


def test_imports_a_ready_set_when_it_is_named(hotel: Operator, reader: Reader) -> None:
    hotel.does("hotel", "add", "--name", "Заря", "--slug", "zarya", "--timezone", "Europe/Moscow", "--language", "ru")
    for slug in ("adler", "zarya"):
        assert hotel.does("triggers", "import", "--hotel", slug, "--yes", "--pack", "hotel").endswith("Written.\n")
    assert names(reader)[:2] == ["Before arrival", "Welcome"]
    assert names(reader, "zarya")[:2] == ["Перед приездом", "Добро пожаловать"]


def test_asks_for_a_way_to_be_sure_when_the_file_comes_by_a_pipe(hotel: Operator, reader: Reader) -> None:
    assert "--yes" in hotel.tries("triggers", "import", "--hotel", "adler", "-", typed=RULES).stderr
    assert hotel.does("triggers", "import", "--hotel", "adler", "--yes", "-", typed=RULES).endswith("Written.\n")
    assert names(reader) == ["Welcome", "Farewell"]


@pytest.mark.parametrize("words", [(), ("--pack", "hotel", "-")])
def test_asks_for_one_of_the_two_when_neither_or_both_are_given(hotel: Operator, words: tuple[str, ...]) -> None:
    assert "one of the two" in hotel.fails("triggers", "import", "--hotel", "adler", *words)


def test_warns_of_what_speaks_against_a_trigger_and_writes_it_all_the_same(
    hotel: Operator, reader: Reader, rules: Path
) -> None:
    twice = (
        RULES + RULES.partition("triggers:\n")[2].replace("Welcome\n", "Hello\n").partition("  - name: Farewell")[0]
    )
    rules.write_text(twice, encoding="utf-8")
    said = hotel.does("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    assert "  ⚠ At the same moment the same guest may also get: Welcome.\n" in said
    assert names(reader) == ["Welcome", "Farewell", "Hello"]


def test_refuses_a_trigger_that_can_never_go_and_names_its_place(
    hotel: Operator, reader: Reader, rules: Path
) -> None:
    rules.write_text(RULES.replace("at: 18:00\n", "at: 23:30\n    useful_for: 1h\n"), encoding="utf-8")
    said = hotel.tries("triggers", "import", "--hotel", "adler", "--yes", str(rules))
    assert said.exit_code == 1
    assert said.stderr.startswith("triggers[1].conditions.at: is never in time")
    assert names(reader) == []
