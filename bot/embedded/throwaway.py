"""Folders for servers that live as long as a test run: in memory where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from bot.embedded.pidfile import is_alive

MEMORY = Path("/dev/shm")
_ROOM = 512 * 1024 * 1024
_PREFIX = "bellhop-"


def new_throwaway_folder(otherwise: Path) -> Path:
    """Return a new empty folder in memory, or below `otherwise`; clears what killed processes left in memory."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=otherwise))
    _clear_leftovers()
    parent = MEMORY if shutil.disk_usage(MEMORY).free > _ROOM else otherwise
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))


def _clear_leftovers() -> None:
    for folder in MEMORY.glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdecimal() and folder.stat().st_uid == os.geteuid() and not is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
