"""The caller's folder: made when it is missing, and used by one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bot.embedded.account import Account
from bot.errors import ConfigurationError


def make_folder(folder: Path, account: Account) -> None:
    """Make a folder that the account can pass through; one that is there already is left as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        open_to(account, folder)


def open_to(account: Account, folder: Path) -> None:
    """Set the mode of a folder that we made; what lies inside is closed by itself."""
    folder.chmod(0o711 if account.is_other else 0o700)


def take(folder: Path) -> int:
    """Lock a folder for this process and return the lock's descriptor; the kernel frees it when we die.

    Raises ConfigurationError that names the process which has it.
    """
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(lock, 32).decode(errors="replace").strip() or "that has just started"
        os.close(lock)
        problem = f"PostgreSQL on {folder} is already used by process {holder}"
        raise ConfigurationError(f"{problem}: stop that one first, with Ctrl-C there or `kill -INT`") from error
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def unusable(folder: Path, error: OSError) -> ConfigurationError:
    """Return the sentence for a folder that the system doesn't let us use."""
    problem = f"{folder} can't be used for PostgreSQL's data ({error.strerror})"
    return ConfigurationError(f"{problem}: make room, take it over from its owner, or set BELLHOP_DATABASE_URL")
