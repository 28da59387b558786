from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import ConfigurationError
from bot.security.encryption import KeyRing, new_key
from bot.security.key_file import embedded_keys, key_ring

MAKE = """
import pathlib, sys
from bot.security.key_file import embedded_keys
print(embedded_keys(pathlib.Path(sys.argv[1])))
"""


def test_the_same_key_comes_back_when_it_was_made_before(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    made = embedded_keys(folder)
    assert embedded_keys(folder) == made
    assert KeyRing.from_setting(made).key_ids == ("embedded",)
    assert (folder / "encryption.key").stat().st_mode & 0o777 == 0o600


def test_all_get_one_key_when_many_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(embedded_keys, [tmp_path] * 64))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["encryption.key"]


def test_both_get_one_key_when_two_processes_start_at_once(tmp_path: Path) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", MAKE, str(tmp_path)], stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    made = {process.communicate(timeout=60)[0].strip() for process in starting}
    assert made == {embedded_keys(tmp_path)}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o777])
def test_the_key_file_is_refused_when_others_may_read_it(tmp_path: Path, mode: int) -> None:
    embedded_keys(tmp_path)
    path = tmp_path / "encryption.key"
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"chmod 600 {path}"):
        embedded_keys(tmp_path)


def test_the_folder_is_named_when_the_key_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(ConfigurationError, match=r"data/below/encryption\.key can't be used \(Not a directory\)"):
        embedded_keys(tmp_path / "data" / "below")


def test_the_file_is_named_when_it_was_damaged(tmp_path: Path) -> None:
    embedded_keys(tmp_path)
    (tmp_path / "encryption.key").write_bytes(b"\xff\x00")
    with pytest.raises(ConfigurationError, match=r"encryption\.key, entry 1: no id"):
        key_ring(load_settings({"BELLHOP_DATA_DIR": str(tmp_path)}))


def test_the_embedded_mode_makes_its_own_key_when_none_is_set(tmp_path: Path) -> None:
    assert key_ring(load_settings({"BELLHOP_DATA_DIR": str(tmp_path)})).first == "embedded"


def test_the_setting_wins_when_there_is_one(tmp_path: Path) -> None:
    environ = {"BELLHOP_DATA_DIR": str(tmp_path), "BELLHOP_ENCRYPTION_KEYS": f"main:{new_key()}"}
    assert key_ring(load_settings(environ)).first == "main"
    assert not list(tmp_path.iterdir())


def test_the_start_stops_when_an_outside_database_has_no_key(tmp_path: Path) -> None:
    environ = {"BELLHOP_DATA_DIR": str(tmp_path), "BELLHOP_DATABASE_URL": "postgresql://u:p@db/bellhop"}
    with pytest.raises(ConfigurationError, match=r"BELLHOP_ENCRYPTION_KEYS is not set: .*openssl rand"):
        key_ring(load_settings(environ))
    assert not list(tmp_path.iterdir())
