"""How to reach the embedded server: names, passwords and the state file that a second process reads."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SUPERUSER = "postgres"
OWNER = "bellhop_owner"
DATABASE = "bellhop"
HOST = "127.0.0.1"

_STATE = "server.json"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The passwords of the two logins; only letters, digits, `-` and `_`."""

    owner: str = field(repr=False)
    superuser: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A running server: `pid` of its main process, `port` on the loopback interface."""

    pid: int
    port: int
    secrets: Secrets = field(repr=False)

    @property
    def owner_url(self) -> str:
        """URL of the login that owns the database `bellhop` and may make roles."""
        return f"postgresql://{OWNER}:{self.secrets.owner}@{HOST}:{self.port}/{DATABASE}"

    @property
    def superuser_url(self) -> str:
        """URL of the superuser; tests only."""
        return f"postgresql://{SUPERUSER}:{self.secrets.superuser}@{HOST}:{self.port}/{DATABASE}"


def new_secrets() -> Secrets:
    """Return two fresh random passwords."""
    return Secrets(owner=secrets.token_urlsafe(24), superuser=secrets.token_urlsafe(24))


def read_secrets(folder: Path) -> Secrets | None:
    """Return the kept passwords, or None when the state file is missing or damaged."""
    kept = _read(folder)
    try:
        return Secrets(owner=kept["owner"], superuser=kept["superuser"])
    except KeyError:
        return None


def read_address(folder: Path) -> ServerAddress | None:
    """Return what the last start wrote down, or None when nothing did. The server may be gone meanwhile."""
    kept, secrets_ = _read(folder), read_secrets(folder)
    if secrets_ is None or "pid" not in kept:
        return None
    return ServerAddress(kept["pid"], kept["port"], secrets_)


def write_state(folder: Path, secrets_: Secrets, address: ServerAddress | None = None) -> None:
    """Keep the passwords, and the address while a server runs; readable by us only, replaced at once."""
    state = asdict(secrets_) | ({"pid": address.pid, "port": address.port} if address else {})
    unfinished = folder / f"{_STATE}.unfinished"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(state, file)
    unfinished.rename(folder / _STATE)


def _read(folder: Path) -> dict[str, Any]:
    try:
        kept = json.loads((folder / _STATE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
