"""Every benchmark by its name, in the order in which a whole run does them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from benchmarks.bench import Row
from benchmarks.goals import GOALS


@dataclass(frozen=True, slots=True)
class Entry:
    """One benchmark: what it measures, where it is, and the figures that others compare themselves with.

    It is imported when it is run: each needs libraries of its own, and a yardstick's are installed for it alone.
    """

    title: str
    place: str
    yields: tuple[str, ...] = ()

    def load(self) -> Row:
        """Return the benchmark."""
        module, _, name = self.place.partition(":")
        row: Row = getattr(import_module(f"benchmarks.{module}"), name)
        return row


CATALOGUE = {
    "plain": Entry("pgbench: one message's writes, plain", "yardsticks.pgbench:plain", ("pgbench.plain",)),
    "variants": Entry("pgbench: the same in other ways", "yardsticks.pgbench:variants", ("pgbench.plain64",)),
    "dispatch": Entry("bare dispatch of other frameworks", "yardsticks.dispatch:dispatch", ("dispatch.aiogram",)),
    "queues": Entry("queues of other projects", "yardsticks.queues:queues"),
    "sweep": Entry("due firings by one statement", "yardsticks.sweep:sweep", ("sweep.rate",)),
    "apscheduler": Entry(
        "due firings by APScheduler's store", "yardsticks.apscheduler_store:apscheduler_store", ("apscheduler.rate",)
    ),
    "pipeline": Entry("the whole way of a message", "rows.pipeline:pipeline"),
    "accept": Entry("webhook to committed row to 200", "rows.accept:accept"),
    "firing": Entry("triggers that fall due", "rows.firing:firing"),
    "planning": Entry("one trigger over very many stays", "rows.planning:planning"),
    "moving": Entry("one stay moved among very many planned messages", "rows.moving:moving"),
    "trying": Entry("one trigger tried on the past", "rows.trying:trying"),
    "idle": Entry("many hotels, and nobody writes", "rows.idle:idle"),
    "growth": Entry("with two years of history", "rows.growth:growth"),
    "processes": Entry("two processes against one", "rows.several:several"),
    "tenants": Entry("one hotel with a hundred times the others' load", "rows.tenants:tenants"),
    "texts": Entry("what a message says", "rows.texts:texts"),
    "start": Entry("how long somebody waits", "rows.start:start"),
}


def with_yardsticks(names: tuple[str, ...]) -> list[str]:
    """Return the names to run, in the catalogue's order: those given, and what their goals are compared with."""
    wanted = set(names or CATALOGUE)
    needed = {key for goal in GOALS if goal.row in wanted for key in goal.yardsticks}
    wanted |= {name for name, entry in CATALOGUE.items() if needed & set(entry.yields)}
    return [name for name in CATALOGUE if name in wanted]
