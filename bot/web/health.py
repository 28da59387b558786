"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from bot.clock import Clock
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import logger
from bot.telemetry.metrics import oldest_unclaimed_seconds, render_metrics

LATEST_BEAT = timedelta(seconds=15)
OLDEST_WORK = timedelta(seconds=60)

log = logger("health")


class Health:
    """Liveness, readiness and metrics. `beat` is called by the scheduler; silence means that it hangs."""

    def __init__(self, database: Database, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._beat_at: float | None = None

    async def beat(self) -> None:
        """Note that the scheduler runs, and measure the queues."""
        self._beat_at = self._monotonic()
        ages = await self._database.claims.queue_ages(self._clock.now())
        oldest_unclaimed_seconds.labels("inbox").set(_seconds(ages.inbox))
        oldest_unclaimed_seconds.labels("outbox").set(_seconds(ages.outbox))

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/health/live", self._live), web.get("/health/ready", self._ready)]

    def metrics_routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self._metrics)]

    async def _live(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _ready(self, request: web.Request) -> web.Response:
        """Answer 200 with each check, or 503 naming those that fail.

        What must leave is shown and decides nothing: it may wait for a provider for hours, where a hotel's phone is
        logged out, and nobody else's messages must be turned away for that.
        """
        checks, leaving = {"scheduler": self._heartbeat()}, {}
        try:
            ages = await self._database.claims.queue_ages(self._clock.now())
        except Exception as error:
            log.warning("database_unavailable", error=error)
            checks["database"] = "does not answer"
        else:
            checks["database"] = "ok"
            checks["inbox"] = _age(ages.inbox)
            leaving["outbox"] = _age(ages.outbox)
        is_ready = all(check == "ok" for check in checks.values())
        body = {"status": "ok" if is_ready else "unavailable", "checks": checks | leaving}
        return web.json_response(body, status=200 if is_ready else 503)

    def _heartbeat(self) -> str:
        if self._beat_at is None:
            return "not started yet"
        silence = self._monotonic() - self._beat_at
        return "ok" if silence <= LATEST_BEAT.total_seconds() else f"silent for {silence:.0f} s"

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(
            body=render_metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )


def _seconds(age: timedelta | None) -> float:
    return age.total_seconds() if age else 0.0


def _age(age: timedelta | None) -> str:
    """The oldest work may wait a little; longer, and nobody works on it."""
    return "ok" if age is None or age <= OLDEST_WORK else f"oldest waits {age.total_seconds():.0f} s"
