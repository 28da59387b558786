"""How the others know a process: by a key that its leases carry, and by a lock that shows that it lives."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

# A lease's token: the worker's half, which is the statement's first value, then one that is random.
NEW_TOKEN = "($1::text || right(gen_random_uuid()::text, 17))::uuid"

# Who lives, as the server sees it: a dead process's sessions end with its sockets, and their locks with them. A lock
# by one 64-bit number is shown in two halves.
LIVING = """
    SELECT pid, lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0') AS worker
    FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def is_of_nobody(token: str, living: str) -> str:
    """Return SQL that says of a column with tokens that no worker in `living`, a relation as above, has taken it."""
    worker = f"left(replace({token}::text, '-', ''), 16)"
    # A token of another version is an older release's, and says nothing of its worker.
    return f"(substr({worker}, 13, 1) = '8' AND {worker} <> ALL (ARRAY(SELECT worker FROM {living})))"


@dataclass(frozen=True, slots=True)
class WorkerKey:
    """The first half of every token of one life of a process, in hexadecimal digits. A whole token is a UUID of
    version 8, the one whose bits mean what its maker says (RFC 9562)."""

    digits: str

    @classmethod
    def draw(cls) -> WorkerKey:
        """Return a key that nobody has."""
        drawn = secrets.token_hex(8)
        return cls(f"{drawn[:12]}8{drawn[13:]}")

    @property
    def lock(self) -> int:
        """The number of the advisory lock that the process holds while it lives: the key as a signed bigint."""
        return int.from_bytes(bytes.fromhex(self.digits), signed=True)
