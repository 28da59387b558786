"""The server of our own: what a newcomer, a developer and a killed process get from it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.embedded import process
from bot.embedded.lodging import cluster_of
from bot.embedded.pidfile import is_alive, read_postmaster
from bot.embedded.postgres import EmbeddedPostgres, attach, forget
from bot.embedded.throwaway import MEMORY
from bot.errors import ConfigurationError
from tests.bot.embedded.conftest import Keeper
from tests.databases import connected

Keep = Callable[[Path], Keeper]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def throwaway_folders() -> set[Path]:
    return set(MEMORY.glob(f"bellhop-{os.getpid()}-*"))


def any_in(folder: Path) -> bool:
    return any(folder.iterdir())


async def test_serves_the_owner_without_superuser_rights_when_started(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
            assert role is not None
            assert (role["rolsuper"], role["rolbypassrls"], role["rolcreaterole"]) == (False, False, True)
            assert await connection.fetchval("SHOW server_version_num") >= "160000"
            assert await connection.fetchval("SELECT lower('ПРИВЕТ') || current_setting('timezone')") == "приветUTC"
            await connection.execute("CREATE TABLE owned (id int)")
        async with connected(server.superuser_url) as connection:
            assert await connection.fetchval("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'owned'")
            assert await connection.fetchval("SHOW fsync") == "on"


async def test_refuses_whoever_has_not_the_password_when_he_comes_over_loopback(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        address = server.address
        for user in ("postgres", "bellhop_owner"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(
                    host="127.0.0.1", port=address.port, user=user, password="x", database="bellhop"
                )
        assert address.secrets.owner not in repr(address)
        assert address.secrets.superuser not in repr(address)


def test_keeps_its_files_to_itself_when_the_umask_is_open(home: Path) -> None:
    previous = os.umask(0)
    try:
        with EmbeddedPostgres(home):
            for name in ("server.json", "server.log", "lock"):
                assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
            assert stat.S_IMODE(cluster_of(home).stat().st_mode) == 0o700
            assert not home.stat().st_mode & 0o066
    finally:
        os.umask(previous)


async def test_keeps_data_and_passwords_when_started_again(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        secrets = server.address.secrets
        async with connected(server.owner_url) as connection:
            await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres(home) as server:
        assert server.address.secrets == secrets
        async with connected(server.owner_url) as connection:
            assert await connection.fetchval("SELECT answer FROM kept") == 42


async def test_keeps_data_behind_new_passwords_when_the_state_file_is_lost_or_damaged(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    for damage in ("", "[]", '{"owner": 1'):
        (home / "server.json").write_text(damage)
        with EmbeddedPostgres(home) as server:
            async with connected(server.owner_url) as connection, connected(server.superuser_url):
                assert await connection.fetchval("SELECT answer FROM kept") == 42


def test_is_gone_when_stopped_even_twice(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    pid = server.address.pid
    server.stop()
    server.stop()
    assert not is_alive(pid)
    assert attach(home) is None
    with pytest.raises(RuntimeError, match="isn't running"):
        _ = server.owner_url


def test_refuses_to_start_when_called_from_a_thread_that_may_end(home: Path) -> None:
    complaints: list[str] = []

    def start() -> None:
        try:
            EmbeddedPostgres(home).start()
        except RuntimeError as error:
            complaints.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert complaints
    assert "main thread" in complaints[0]
    assert not home.exists()


def test_leaves_nobody_behind_when_the_parent_is_killed(home: Path, keep: Keep) -> None:
    keeper = keep(home)
    pid = int(keeper.word())
    assert is_alive(pid)
    keeper.kill()
    wait_until(lambda: not is_alive(pid))
    assert attach(home) is None


async def test_starts_at_once_and_loses_nothing_when_the_parent_was_killed_a_moment_ago(
    home: Path, keep: Keep
) -> None:
    for number in range(3):
        keeper = keep(home)
        keeper.word()
        address = attach(home)
        assert address is not None
        async with connected(address.owner_url) as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
            assert await connection.fetchval("SELECT count(*) FROM kept") == number
            await connection.execute("INSERT INTO kept VALUES ($1)", number)
            keeper.kill()


async def test_recovers_when_the_server_itself_was_killed(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(server.address.pid, signal.SIGKILL)
    assert read_postmaster(cluster_of(home)), "the killed server leaves its file behind"
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            assert await connection.fetchval("SELECT answer FROM kept") == 42


def test_starts_when_a_left_over_file_names_a_stranger_who_seems_ready(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    file = cluster_of(home) / "postmaster.pid"
    file.write_text(f"{os.getppid()}\n{cluster_of(home)}\n1\n1\n\n127.0.0.1\n1 1\nready\n")
    file.chmod(0o600)
    owner = cluster_of(home).stat()
    os.chown(file, owner.st_uid, owner.st_gid)
    assert attach(home) is None
    with EmbeddedPostgres(home) as server:
        assert server.address.pid != os.getppid()


def test_names_the_process_and_the_remedy_when_a_server_runs_there_already(home: Path, keep: Keep) -> None:
    keeper = keep(home)
    keeper.word()
    with pytest.raises(ConfigurationError, match=f"process {keeper.process.pid}: stop that one first"):
        EmbeddedPostgres(home).start()
    with pytest.raises(ConfigurationError, match=str(keeper.process.pid)):
        forget(home)
    assert attach(home) is not None, "the first server isn't disturbed"


def test_names_the_server_and_the_remedy_when_one_whose_parent_was_killed_does_not_go(
    home: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keep(home)
    pid = int(keeper.word())
    os.kill(pid, signal.SIGSTOP)
    keeper.kill()
    monkeypatch.setattr(process, "_FAREWELL", timedelta(milliseconds=100))
    with pytest.raises(ConfigurationError, match=f"kill -INT {pid}"):
        EmbeddedPostgres(home).start()
    os.kill(pid, signal.SIGCONT)


def test_stops_all_the_same_when_the_server_hangs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedPostgres(home) as server:
        pid = server.address.pid
        os.kill(pid, signal.SIGSTOP)
        monkeypatch.setattr(process, "_STOP", timedelta(milliseconds=100))
    assert not is_alive(pid)


def test_lets_exactly_one_win_when_two_start_on_a_new_folder_at_once(home: Path, keep: Keep) -> None:
    words = sorted(keeper.word() for keeper in (keep(home), keep(home)))
    assert words[0].isdecimal()
    assert "stop that one first" in words[1]


async def test_lets_a_second_process_connect_when_it_reads_the_state_file(home: Path, keep: Keep) -> None:
    assert attach(home) is None
    pid = int(keep(home).word())
    address = attach(home)
    assert address is not None
    assert address.pid == pid
    async with connected(address.owner_url) as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_makes_the_data_anew_when_making_it_was_killed_half_way(home: Path, keep: Keep) -> None:
    keeper = keep(home)
    wait_until(lambda: any(home.glob("**/PG_VERSION")) or any(home.glob("lodging/*/PG_VERSION")))
    keeper.kill()
    assert not cluster_of(home).exists()
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def test_quotes_the_server_and_leaves_the_data_alone_when_complete_data_is_damaged(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    control = cluster_of(home) / "global" / "pg_control"
    whole = control.read_bytes()
    control.write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"(?s)didn't start on .* last words .*pg_control"):
        EmbeddedPostgres(home).start()
    control.write_bytes(whole)
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            assert await connection.fetchval("SELECT answer FROM kept") == 42


def test_names_the_folder_when_it_can_not_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigurationError, match=r"file.* can't be used .*BELLHOP_DATABASE_URL"):
            EmbeddedPostgres(folder).start()


async def test_writes_no_statement_to_its_log_when_one_fails(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        async with connected(server.owner_url) as connection:
            for statement in ("SELECT 'canary-7391'::int", "RAISE canary-7391", "SELECT 1/0 AS canary_7391"):
                with pytest.raises(asyncpg.PostgresError):
                    await connection.execute(statement)
        log = (home / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "7391" not in log


async def test_is_fast_and_forgotten_when_it_is_a_throwaway(home: Path) -> None:
    before = throwaway_folders()
    with EmbeddedPostgres(home, throwaway=True) as server:
        assert throwaway_folders() > before or any_in(home)
        async with connected(server.superuser_url) as connection:
            assert await connection.fetchval("SHOW fsync") == "off"
    assert throwaway_folders() <= before
    assert not any_in(home)


def test_clears_what_a_killed_process_left_in_memory_when_the_next_throwaway_starts(home: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left, living = (MEMORY / f"bellhop-{pid}-test" for pid in (gone.pid, os.getpid()))
    left.mkdir()
    living.mkdir()
    try:
        with EmbeddedPostgres(home, throwaway=True):
            assert not left.exists()
            assert living.exists()
    finally:
        living.rmdir()


def test_forgets_everything_when_told_so(home: Path) -> None:
    with EmbeddedPostgres(home):
        cluster = cluster_of(home)
    forget(home)
    forget(home)
    assert not home.exists()
    assert not cluster.exists()
