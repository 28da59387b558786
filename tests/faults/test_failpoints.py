"""Every commit point of the product is known to the rig, and a process dies exactly where it was told to."""

from __future__ import annotations

from tests.faults.failpoints import VARIABLE, Death, Failpoints
from tests.faults.points import commit_points
from tests.faults.visits import NOT_VISITED, VISITED
from tests.flows.proxy import Moment

pytest_plugins: list[str] = []


def test_every_commit_point_is_visited_or_says_why_not() -> None:
    points = {point.name for point in commit_points()}
    assert points == set(VISITED) | set(NOT_VISITED)
    assert not set(VISITED) & set(NOT_VISITED)


def test_process_has_no_failpoints_when_its_environment_orders_none() -> None:
    assert Failpoints.of({"BELLHOP_PORT": "0", "PATH": "/bin"}) is None


def test_order_is_read_as_it_was_written_when_a_process_gets_it() -> None:
    death = Death("bot.inbox:Inbox.accept", Moment.after, 3)
    assert Death.read(str(death)) == death
    assert Failpoints.of({VARIABLE: str(death)}) is not None
