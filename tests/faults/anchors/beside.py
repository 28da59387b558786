"""Beside the anchors: our bot and theirs under the same load and as many kills, in one table of one run."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.faults.anchors import play
from tests.faults.anchors.echo import LONGEST_LOOKUP
from tests.faults.anchors.play import Anchor
from tests.faults.checker import Evidence, Findings, check, recoveries
from tests.faults.crew import Place
from tests.faults.load import Load
from tests.faults.report import Result, quantile
from tests.faults.rows.deaths import strike
from tests.faults.run import Stage, playing
from tests.faults.town import Size
from tests.faults.worker import LOOKUP_SECONDS

OURS = "Bellhop"
WORKERS = 2
SIZE = Size(hotels=1, chats=20, has_numbers=False)
RECOVERY_P95 = 5.0
_HEADER = (
    "| | processes | kills | messages | lost | doubled | out of order | stuck | in doubt, staff told "
    "| recovery p50 / p95 / max |"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one of them came through; `waited` are the recoveries of what was answered in the end."""

    name: str
    processes: int
    kills: int
    messages: int
    findings: Findings
    waited: Sequence[float] = ()
    knows_doubt: bool = False

    @classmethod
    def of(cls, name: str, processes: int, load: Load, evidence: Evidence, *, knows_doubt: bool = False) -> Standing:
        """Let the checker judge what is known."""
        waited = recoveries(evidence, load.faults)
        return cls(name, processes, len(load.faults), load.count, check(evidence), waited, knows_doubt)

    def cells(self) -> tuple[str, ...]:
        """Return the line in the table; who knows no doubt has none to tell of."""
        found = self.findings
        wrongs = (found.lost, found.doubled_effects + found.doubled_sends, found.reordered, found.stuck)
        counts = (self.processes, self.kills, self.messages, *map(len, wrongs))
        doubts = str(len(found.unresolved)) if self.knows_doubt else "–"
        return (self.name, *map(str, counts), doubts, self._recovery())

    def _recovery(self) -> str:
        if not self.waited:
            return "nothing waited"
        p50, p95, longest = (quantile(self.waited, share) for share in (0.5, 0.95, 1.0))
        return f"{p50:.1f} / {p95:.1f} / {longest:.1f} s"


@dataclass(slots=True)
class Comparison:
    """All of them; only ours has a goal."""

    standings: list[Standing] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> Result:
        """What row 1 demands of us holds here, too."""
        if OURS in self.broken:
            return Result("broken off", missed=[self.broken[OURS]])
        (standing,) = (each for each in self.standings if each.name == OURS)
        result = Result(f"{standing.kills} kills, {standing.messages} messages")
        result.add(standing.findings)
        result.demand_nothing_set_aside(standing.findings)
        p95 = quantile(standing.waited, 0.95) if standing.waited else 0.0
        result.demand_in_time(p95 <= RECOVERY_P95, f"recovery p95 {p95:.1f} s instead of {RECOVERY_P95:g} s")
        return result

    def table(self) -> str:
        """Return the comparison in Markdown."""
        ours = self.ours
        lines = [
            f"Beside the anchors: an echo after a look-up, {SIZE.chats} chats of one bot, kill -9 each 1 to 4 s.",
            "",
            _HEADER,
            "| --- |" + " --- |" * (_HEADER.count("|") - 2),
            *("| " + " | ".join(standing.cells()) + " |" for standing in self.standings),
            "",
            "- lost: taken, and neither answered nor kept; stuck: still kept when nothing moves any more",
            "- recovery: from a kill to the answer, of what had been written before it and was answered in the end",
            *(f"- {name} broke off: {why}" for name, why in self.broken.items()),
            f"- {OURS} {ours.verdict}{''.join(f'; {missed}' for missed in ours.failings)}; the others have no goal.",
        ]
        return "\n".join(lines)


async def compare(stage: Stage, anchors: Sequence[Anchor]) -> Comparison:
    """Play ours, then each of theirs, with the same seed; one that breaks leaves the others their turn."""
    comparison = Comparison()
    plays = {OURS: partial(_play_ours, stage)} | {each.name: partial(_play_theirs, stage, each) for each in anchors}
    for name, begin in plays.items():
        try:
            comparison.standings.append(await begin())
        except Exception as error:
            traceback.print_exception(error)
            comparison.broken[name] = f"{type(error).__name__}: {error}"
    return comparison


async def _play_ours(stage: Stage) -> Standing:
    environ = {LOOKUP_SECONDS: str(LONGEST_LOOKUP)}
    async with playing(stage, workers=WORKERS, size=SIZE, within=None, environ=environ) as ours:
        await _strike(stage, ours.load, ours.places)
        evidence, _ = await ours.judge()
    return Standing.of(OURS, WORKERS, ours.load, evidence, knows_doubt=True)


async def _play_theirs(stage: Stage, anchor: Anchor) -> Standing:
    async with play.playing(stage, anchor, SIZE) as theirs:
        await _strike(stage, theirs.load, theirs.places)
        evidence = await theirs.judge()
    return Standing.of(anchor.name, anchor.workers, theirs.load, evidence)


async def _strike(stage: Stage, load: Load, places: Sequence[Place]) -> None:
    async with load.pouring(stage.rate):
        await strike(load, places, stage.times(6, 60))
