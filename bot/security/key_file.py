"""Where the keys come from: the setting, or with the embedded database a file in the data folder."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from bot.config import Settings
from bot.errors import ConfigurationError
from bot.security.encryption import VARIABLE, KeyRing, new_key

FILE_NAME = "encryption.key"


def key_ring(settings: Settings) -> KeyRing:
    """Build the key ring that these settings ask for. Raises ConfigurationError with the remedy."""
    if settings.encryption.keys is not None:
        return KeyRing.from_setting(settings.encryption.keys.get_secret_value())
    if settings.database.url is not None or settings.database.app_url is not None:
        raise ConfigurationError(
            f"{VARIABLE} is not set: a database of your own needs it; set and keep main:$(openssl rand -base64 32)"
        )
    folder = settings.process.data_dir
    return KeyRing.from_setting(embedded_keys(folder), source=str(folder / FILE_NAME))


def embedded_keys(folder: Path) -> str:
    """Return the embedded mode's keys, making their file (0600) at the first call; several processes get the same.

    Raises ConfigurationError when the file can be read by others, or can't be read or made.
    """
    path = folder / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} can't be used ({error.strerror}): let this user write to BELLHOP_DATA_DIR, or set another folder"
        ) from None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"embedded:{new_key()}\n")
            file.flush()
            os.fsync(handle)
        # A link, unlike a rename, never replaces the key that another process made a moment ago.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    _keep(path.parent)


def _keep(folder: Path) -> None:
    # A power cut may lose a folder's new entry, and with this one every secret encrypted since.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    with path.open(encoding="ascii", errors="replace") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{path} is open to other users: take their rights away with chmod 600 {path}")
        return file.read().strip()
