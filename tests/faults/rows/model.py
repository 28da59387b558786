"""Row 26: Hypothesis plays any order of what may happen, on the real pipeline, and the checker judges every play.

The seed repeats the steps of every play; how far a crew gets before it dies, the machine's load has a say in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot.messages import Platform
from bot.simulator.faults import Fault
from models.enums import BookingStatus
from tests.databases import Broom, Database, broom_for
from tests.faults.load import COMPLAINT
from tests.faults.rehearsal import SMALL, Rehearsal, rehearsing
from tests.faults.report import Result
from tests.faults.run import Stage

GUESTS = st.integers(0, SMALL.hotels * SMALL.chats - 1)
MOMENTS = st.floats(0, 0.04)
"""Seconds in which a crew gets somewhere, and seldom to the end."""
FAULTS = st.sampled_from((Fault.answer(500), Fault.reset(), Fault.reset(took_effect=True), Fault.half_reply()))


class Theatre:
    """One database for all plays, and the loop that they run in."""

    def __init__(self, broom: Broom, runner: asyncio.Runner, number: int) -> None:
        self.plays = self.steps = self.messages = 0
        self._broom = broom
        self._runner = runner
        self._number = number

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    @asynccontextmanager
    async def rehearsing(self) -> AsyncIterator[Rehearsal]:
        self.plays += 1
        await self._broom.sweep()
        async with rehearsing(self._broom.database, self._number) as rehearsal:
            yield rehearsal
        self.messages += rehearsal.load.count


class Pipeline(RuleBasedStateMachine):
    """Everything that may happen to a hotel's messages, in any order."""

    def __init__(self, theatre: Theatre) -> None:
        super().__init__()
        self._theatre = theatre
        self._opening = theatre.rehearsing()
        self._play: Rehearsal = theatre.do(self._opening.__aenter__())

    def teardown(self) -> None:
        try:
            wrong = self._theatre.do(self._play.judge())
        finally:
            self._theatre.do(self._opening.__aexit__(None, None, None))
        assert not wrong, str(wrong)

    @rule(guest=GUESTS, complains=st.booleans())
    def receive(self, guest: int, complains: bool) -> None:
        self._step()
        self._play.load.write(self._play.town.guests[guest], COMPLAINT if complains else "")

    @rule()
    def duplicate(self) -> None:
        self._step()
        self._play.deliver_again()

    @rule(dies_before_word=st.booleans())
    def fetch(self, dies_before_word: bool) -> None:
        self._step(self._play.fetch(dies_before_word=dies_before_word))

    @rule(dies_after=st.none() | MOMENTS)
    def handle(self, dies_after: float | None) -> None:
        self._step(self._play.handle(dies_after))

    @rule(dies_after=st.none() | MOMENTS)
    def send(self, dies_after: float | None) -> None:
        self._step(self._play.send(dies_after))

    @rule(guest=GUESTS, fault=FAULTS)
    def answer_with_a_fault(self, guest: int, fault: Fault) -> None:
        """Let a call go wrong of which it is sure that it comes: at least this answer leaves."""
        simulator, writer = self._play.town.simulator, self._play.town.guests[guest]
        self._play.load.write(writer)
        self._theatre.do(self._play.fetch())
        self._theatre.do(self._play.handle())
        server = simulator.telegram if writer.platform is Platform.telegram else simulator.green
        server.faults.program(fault, method="sendMessage")
        self._step(self._play.send())

    @rule()
    def claim_and_die(self) -> None:
        self._step(self._play.claim_and_die())

    @rule(seconds=st.integers(0, 120))
    def let_time_pass(self, seconds: int) -> None:
        self._step(self._play.let_pass(timedelta(seconds=seconds)))

    @rule()
    def tick(self) -> None:
        self._step(self._play.tick())

    @rule(guest=GUESTS, minutes=st.integers(-10, 60), is_off=st.booleans())
    def change_stay(self, guest: int, minutes: int, is_off: bool) -> None:
        status = BookingStatus.cancelled if is_off else BookingStatus.checked_in
        self._step(self._play.change_stay(self._play.town.guests[guest], timedelta(minutes=minutes), status))

    @rule(guest=GUESTS, word=st.sampled_from(("STOP", "START")))
    def opt(self, guest: int, word: str) -> None:
        self._step()
        self._play.town.guests[guest].write(word)

    def _step(self, work: Coroutine[Any, Any, None] | None = None) -> None:
        self._theatre.steps += 1
        if work is not None:
            self._theatre.do(work)


async def play_any_order(stage: Stage) -> Result:
    """Play so many times, so many steps each; the first play that ends wrong ends the row, as short as it can be."""
    plays, steps = stage.times(20, 10_000), stage.times(30, 50)
    async with stage.server.new_database(stage.template) as database:
        return await asyncio.to_thread(_play, database, stage.seed, plays, steps)


def _play(database: Database, number: int, plays: int, steps: int) -> Result:
    with asyncio.Runner() as runner:
        sweeping = broom_for(database)
        theatre = Theatre(runner.run(sweeping.__aenter__()), runner, number)

        @seed(number)
        def pipeline() -> Pipeline:
            return Pipeline(theatre)

        wrong = _first_wrong(pipeline, plays, steps)
        runner.run(sweeping.__aexit__(None, None, None))
    result = Result(f"{theatre.plays} runs, {theatre.steps} steps, {theatre.messages} messages")
    result.figures.append(f"violations {int(bool(wrong))}")
    result.demand(not wrong, wrong)
    return result


def _first_wrong(pipeline: Callable[[], Pipeline], plays: int, steps: int) -> str:
    """Return what the first play that went wrong tells, with its steps; nothing when none did."""
    limits = settings(
        max_examples=plays,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(pipeline, settings=limits)  # type: ignore[arg-type]
    except Exception as error:
        return "; ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])
    return ""
