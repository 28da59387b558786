"""The tables of a run."""

from __future__ import annotations

from tests.faults.report import Line, Result, short_table


def test_short_table_shouts_only_what_is_not_met_when_rows_ended_differently() -> None:
    results = {
        "met": Result("5 kills"),
        "**missed**": Result("5 kills", missed=["lost 1"], late=["p95 9 s"]),
        "**late**": Result("5 kills", late=["p95 9 s"]),
        "**not played**": Result.not_possible("no Redis | no wake-ups"),
    }
    lines = [Line(number, "kill -9", "300", "lost 0", one, 1.0) for number, one in enumerate(results.values(), 1)]
    told = short_table(lines).splitlines()[2:]
    assert told[0] == "| 1 | kill -9 | 5 kills | lost 0 | met |"
    assert [line.split(" | ")[-1].rstrip(" |") for line in told] == list(results)
    assert "no Redis \\| no wake-ups" in told[3]
