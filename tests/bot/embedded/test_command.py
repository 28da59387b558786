"""`python -m bot.embedded`, which `make reset` calls."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from bot.embedded.__main__ import main
from bot.embedded.lodging import cluster_of
from bot.embedded.postgres import EmbeddedPostgres


def test_forgets_data_and_keys_when_nothing_runs(home: Path) -> None:
    data = home / "data"
    with EmbeddedPostgres(data / "postgres"):
        cluster = cluster_of(data / "postgres")
    (data / "keys").write_text("k")
    result = CliRunner().invoke(main, ["forget", str(data)])
    assert (result.exit_code, result.output) == (0, f"{data} is forgotten.\n")
    assert not data.exists()
    assert not cluster.exists()
    assert CliRunner().invoke(main, ["forget", str(data)]).exit_code == 0


def test_refuses_and_names_the_remedy_when_the_server_runs(home: Path) -> None:
    data = home / "data"
    with EmbeddedPostgres(data / "postgres"):
        result = CliRunner().invoke(main, ["forget", str(data)])
        assert result.exit_code == 1
        assert "stop that one first" in result.output
        assert cluster_of(data / "postgres").exists()
