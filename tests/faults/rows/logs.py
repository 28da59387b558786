"""Row 24: nothing of guests and no secret stands in what the bots logged through all the faults before."""

from __future__ import annotations

from tests.faults.load import COMPLAINT
from tests.faults.report import Result
from tests.faults.run import Stage

CANARIES = {
    "a phone": "+7900",
    "a phone's chat": "@c.us",
    "a guest's words": COMPLAINT,
    "a guest's greeting": " hello",
    "a reply": " was heard.",
    "a bot's token": "town-town",
    "a room": "Welcome to room",
    "a guest's name": "Guest ",
    "a key": "QUJDREVGR0hJSktM",
    "a login with its password": "postgresql://",
}


async def leaks(stage: Stage) -> Result:
    """Look for canaries in every log of this run."""
    logs = [path.read_text(errors="replace") for path in stage.logs.glob("row-*.log")]
    lines = sum(log.count("\n") for log in logs)
    result = Result(f"{len(logs)} logs, {lines} lines, {len(CANARIES)} canaries")
    for what, canary in CANARIES.items():
        hits = sum(log.count(canary) for log in logs)
        result.demand(not hits, f"{what} {hits} times")
    result.demand(bool(lines), "no row before this one has logged anything")
    return result
