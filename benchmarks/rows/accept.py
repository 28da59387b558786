"""Accept alone: from the webhook to the committed row and the 200, with nobody handling what arrived."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.bench import Bench, Unsound
from benchmarks.figures import Figure, median, percentile
from benchmarks.processes import product, world
from benchmarks.rows.pipeline import GUESTS_A_BOT
from benchmarks.seeding import Hotel, Shape, environment_of, open_hotels
from benchmarks.stage import CONNECTIONS, WARM_SECONDS, lanes, steadily
from benchmarks.wire.plan import Plan, Stream


async def accept(bench: Bench) -> None:
    """As fast as 64 connections can, then the latency at half of that."""
    guests = bench.scale.guests
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(1, guests // GUESTS_A_BOT, guests))
        environ = environment_of(database)
        async with world() as outside, product(environ, "benchmarks.rows.ingress") as running:
            plan = _plan(bench, running.port, hotel)
            tallies = await outside.play(plan)
            rate = median([tally.accepted / (tally.ended - tally.began) for tally in tallies])
            bench.record(Figure("accept.rate", f"accept alone, {CONNECTIONS} connections", rate, "msg/s"))
            halved = await outside.play(replace(plan, streams=(steadily(plan.streams, rate / 2),)))
        if any(tally.refused for tally in (*tallies, *halved)):
            raise Unsound("messages were refused")
        async with database.connection() as connection:
            stored = await connection.fetchval("SELECT count(*) FROM inbox_events")
        if stored < sum(tally.accepted for tally in (*tallies, *halved)):
            raise Unsound("more was acknowledged than stored")
        took = [seconds for tally in halved for seconds in tally.accept]
        for share in (50, 99):
            label = f"accept at {rate / 2:.0f} msg/s, p{share}"
            bench.record(Figure(f"accept.p{share}", label, 1000 * percentile(took, share / 100), "ms"))


def _plan(bench: Bench, port: int, hotel: Hotel) -> Plan:
    return Plan(
        port=port,
        streams=(Stream("accept", lanes(hotel), in_flight=CONNECTIONS),),
        connections=CONNECTIONS,
        warm_seconds=min(WARM_SECONDS, bench.scale.seconds),
        window_seconds=bench.scale.seconds,
        windows=bench.scale.rounds,
        awaits_reply=False,
    )
