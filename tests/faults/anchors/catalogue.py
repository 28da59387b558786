"""Those beside whom we stand. Their libraries are in the benchmarks' lock."""

from __future__ import annotations

from tests.faults.anchors import pgqueuer_echo, polling, procrastinate_echo
from tests.faults.anchors.play import Anchor

ANCHORS = (
    Anchor("aiogram, default polling", 1, polling.live),
    Anchor("PgQueuer, defaults", 2, pgqueuer_echo.live, pgqueuer_echo.open_queue),
    Anchor("Procrastinate, a lock a chat", 2, procrastinate_echo.live, procrastinate_echo.open_queue),
)
