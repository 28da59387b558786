"""What PostgreSQL itself says about a data directory: the file `postmaster.pid`."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_FILE = "postmaster.pid"
_STATUS_LINE = 7  # counted from 0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The main process of a server, as its file tells it; the file may be stale."""

    pid: int
    is_ready: bool


def read_postmaster(cluster: Path) -> Postmaster | None:
    """Return what the file says, or None when there is no file or it says nothing yet."""
    try:
        lines = (cluster / _FILE).read_text().splitlines()
        return Postmaster(int(lines[0]), len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready")
    except (FileNotFoundError, ValueError, IndexError):
        return None


def serving_pid(cluster: Path) -> int | None:
    """Return the id of the process that serves this data directory now; a stale file's reused id doesn't count."""
    postmaster = read_postmaster(cluster)
    if postmaster is None or str(cluster) not in _command_line(postmaster.pid):
        return None
    return postmaster.pid


def remove_pidfile(cluster: Path) -> None:
    """Remove the file of a server that is surely gone."""
    (cluster / _FILE).unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists, ours or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        pass
    if Path("/proc/self").exists():
        return ""
    listing = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout
