"""The rows of the plan of faults, each with its goal; their numbers are the plan's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.report import Result
from tests.faults.rows import (
    clocks,
    databases,
    deaths,
    disks,
    logs,
    model,
    points,
    pools,
    providers,
    tenants,
    wakeups,
)
from tests.faults.run import Stage

ZEROS = "lost 0, doubled 0, reordered 0, stuck 0"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the plan: what goes wrong, how much of it in full, and what must be true."""

    number: int
    fault: str
    full: str
    goal: str
    play: Callable[[Stage], Awaitable[Result]]


ROWS = (
    Row(
        1,
        "kill -9 of a worker at random times",
        "300 kills, 60,000 messages",
        f"{ZEROS}; p95 of recovery <= 5 s with a second worker",
        deaths.kill_at_random,
    ),
    Row(
        2,
        "kill -9 at named points",
        "every point x 50",
        f"{ZEROS}; every point is reached",
        points.die_at_every_point,
    ),
    Row(3, "SIGSTOP 60 s, SIGCONT", "50", f"{ZEROS}: no stale effect", deaths.freeze),
    Row(4, "SIGTERM under load", "100", f"exit <= 10 s, {ZEROS}, in doubt 0", deaths.stop_under_load),
    Row(
        5,
        "PostgreSQL crash and restart",
        "50",
        f"{ZEROS}, no process ends, p95 of recovery <= 3 s from the restart",
        databases.crash,
    ),
    Row(6, "cut during COMMIT", "500", ZEROS, databases.cut_during_commit),
    Row(
        7,
        "black hole between bot and database 30 s",
        "30",
        f"{ZEROS}, p95 of recovery <= 5 s from its end",
        databases.black_hole,
    ),
    Row(
        8,
        "Redis: FLUSHALL, evicting, SIGSTOP, killed for good",
        "20 each",
        f"{ZEROS}; answers/s >= 90 %, p95 <= 2x of the calm before",
        wakeups.lose_redis,
    ),
    Row(
        9, "429 with retry_after", "10,000 sends", f"{ZEROS}, sends before retry_after 0", providers.too_many_requests
    ),
    Row(
        10,
        "5xx, resets before and after the write, half an answer, a late one",
        "10,000 sends",
        f"{ZEROS}, every doubt of Green API resolved",
        providers.broken_calls,
    ),
    Row(
        11,
        "duplicates x3, over two processes, across a restart, 6 days later",
        "30,000",
        f"{ZEROS}, one event each",
        providers.duplicates,
    ),
    Row(12, "statuses in any order", "20,000", f"{ZEROS}, no status goes back", providers.disorder),
    Row(
        14,
        "poison: exception, exit, 1 GB, busy loop",
        "4 kinds x 50",
        f"{ZEROS}, set aside after 3 attempts and within 30 s, the conversation goes on",
        tenants.poison,
    ),
    Row(15, "hot hotel 100x", "5 min, 49 quiet", f"{ZEROS}, p95 of the quiet <= 1.5x", tenants.hot_tenant),
    Row(
        16,
        "clocks that jump +-5 s, +-1 h, +-1 d, over gaps and folds; zones changed, schedulers killed meanwhile",
        "10,000 stays x 12 zones",
        "lost 0, doubled 0, early 0: each once, at the first look from its minute on; <= 60 s after a jump",
        clocks.jump_clocks,
    ),
    Row(
        17,
        "three pollers, schedulers and sweepers",
        "1 h",
        f"{ZEROS}, each firing once, p95 of recovery <= 5 s",
        tenants.three_of_everything,
    ),
    Row(
        18,
        "disk full at the database, and at the bots' logs",
        "10 times, 64 MB",
        f"{ZEROS}: nothing acknowledged that is not stored; no process ends",
        disks.fill_disks,
    ),
    Row(
        22,
        "work cancelled at random points, pools of 1 and 2",
        "20,000 cancels",
        "dirty checkouts 0, leaked connections 0, half transactions 0",
        pools.cancel_at_random,
    ),
    Row(
        26,
        "anything in any order: receive, repeat, die, tick, fail, doubt, change a stay, STOP",
        "10,000 runs x 50 steps",
        "violations 0",
        model.play_any_order,
    ),
    Row(24, "log leak, through all of the above", "all logs", "hits 0", logs.leaks),
)

ELSEWHERE = {
    13: "hostile payloads: tests/bot/channels/test_hostile_payloads.py, tests/bot/web/test_webhooks.py",
    21: "attacks on the division of hotels: tests/bot/storage, test_isolation.py and test_catalogue.py",
    23: "canaries through handlers and logs: tests/bot/telemetry/test_canaries.py",
    25: "migrations up, down and up: tests/migrations",
    27: "soak: `make soak MINUTES=480`, all of the above with one seed after the other",
}
"""What `make test` does already, or another command."""
COMING = {
    19: "not yet: states of Green API; comes with the rooms that it tests",
    20: "not yet: staff chat gone; comes with the rooms that it tests",
}
"""What has no row yet."""
