"""Where the server's files live: in the caller's folder, or outside when the server's account can't reach it.

Root's server runs as `nobody`, who can't look below root's home. Instead of opening a folder that isn't ours,
the files move to `/var/lib/bellhop`, and the link `lodging` in the caller's folder says where.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bot.embedded.account import REMEDY, Account
from bot.errors import ConfigurationError

LODGINGS = Path("/var/lib/bellhop")
_LINK = "lodging"
_CLUSTER = "cluster"


def cluster_of(folder: Path) -> Path:
    """Return the server's data directory for a caller's folder, whether it exists or not."""
    return _place_of(folder) / _CLUSTER


def find_lodging(folder: Path, account: Account) -> Path:
    """Return a data directory (perhaps yet to be made) that the account can reach.

    Raises ConfigurationError when there is none, or when it belongs to somebody else.
    """
    link = folder / _LINK
    if link.is_symlink() and not link.exists():
        link.unlink()
    if not link.is_symlink() and not account.can_enter(folder):
        _move_out(folder, account)
    cluster = cluster_of(folder)
    if cluster.exists() and cluster.stat().st_uid != account.uid:
        problem = f"{cluster} was made by another user than {account.name}"
        raise ConfigurationError(f"{problem}: start as that user, or forget the data with `make reset`")
    return cluster


def open_lodgings() -> None:
    """Make the place outside. Raises ConfigurationError where there is no room for it."""
    try:
        LODGINGS.mkdir(mode=0o755, exist_ok=True)
        # A strict umask took the others' bits; the folder is ours.
        LODGINGS.chmod(0o755)
    except OSError as error:
        problem = f"user nobody can't reach this project, and {LODGINGS} can't be written to"
        raise ConfigurationError(f"{problem}: move the project, or {REMEDY}") from error


def forget_lodging(folder: Path) -> None:
    """Remove a caller's folder with everything that was moved out of it. Raises OSError."""
    place = _place_of(folder)
    if place.parent == LODGINGS and place.exists():
        shutil.rmtree(place)
    shutil.rmtree(folder)


def _place_of(folder: Path) -> Path:
    link = folder / _LINK
    return link.resolve() if link.is_symlink() else folder


def _move_out(folder: Path, account: Account) -> None:
    if (folder / _CLUSTER).exists():
        problem = f"user {account.name} can't reach {folder / _CLUSTER} any more"
        raise ConfigurationError(f"{problem}: restore the permissions above it, or forget the data with `make reset`")
    open_lodgings()
    place = Path(tempfile.mkdtemp(prefix="data-", dir=LODGINGS))
    place.chmod(0o711)
    (folder / _LINK).symlink_to(place)
