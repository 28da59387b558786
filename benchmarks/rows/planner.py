"""python -m benchmarks.rows.planner: adds a trigger and plans it; a hotel in, what it took out, as JSON."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any
from uuid import UUID

import orjson
import uvloop

from bot.app import open_house
from bot.cli.settings import read_settings
from bot.clock import SystemClock
from bot.config import Settings
from bot.database import database_logins
from models.base import new_id
from models.enums import TriggerType


async def _plan(settings: Settings, hotel_id: UUID) -> dict[str, Any]:
    with database_logins(settings) as logins:
        async with open_house(settings, logins, SystemClock()) as house:
            began = time.perf_counter()
            async with house.database.unit(hotel_id) as uow:
                conditions = {"hours_before_checkout": 3, "room_type": "double"}
                trigger = await uow.triggers.add(
                    "goodbye", TriggerType.time_based, conditions, "Goodbye, {{ guest.name }}!"
                )
                diff = await house.engine.plan_trigger(uow, trigger.id, new_id().hex)
            took = time.perf_counter() - began
    return {"added": diff.added, "seconds": took, "memory_bytes": _peak_bytes()}


def _peak_bytes() -> int:
    """The kernel counts in kilobytes, except on macOS."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    asked = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(_plan(read_settings(), UUID(asked["hotel_id"])))))
