"""Judges a run by what the providers saw and what the database holds, in the style of Jepsen's total-queue.

Pure: everything it knows stands in the evidence. An event counts once it was acknowledged; from then on it must be
stored, handled and answered once, in the order of its conversation, and nowhere else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.enums import FiringStatus, InboxState, OutboxState
from tests.faults.marks import Mark


class Kind(StrEnum):
    """Why something was said."""

    reply = "reply"
    firing = "firing"
    alert = "alert"
    report = "report"
    """What staff are told of a message that failed or is in doubt."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A guest's message at the provider, in the order in which it was handed out."""

    mark: Mark
    at: datetime
    acknowledged: bool
    is_complaint: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the inbox."""

    mark: Mark
    hotel: int
    chat: int
    state: InboxState


@dataclass(frozen=True, slots=True)
class Handled:
    """A guest's message among what was said, in the order in which it was handled."""

    mark: Mark
    hotel: int
    chat: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """A row of the outbox. `was_in_doubt` says that a provider's journal settled it."""

    mark: Mark
    hotel: int
    chat: int
    kind: Kind
    state: OutboxState
    was_in_doubt: bool = False
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the provider took, in its order. `says_repeat` is an alert that calls itself a repetition."""

    mark: Mark
    hotel: int
    chat: int
    kind: Kind
    at: datetime
    says_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A firing that was due within the run."""

    mark: Mark
    hotel: int
    due_at: datetime
    status: FiringStatus


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a run after it has settled; `held` names the chats that somebody still holds."""

    heard: Sequence[Heard] = ()
    stored: Sequence[Stored] = ()
    handled: Sequence[Handled] = ()
    ordered: Sequence[Ordered] = ()
    sent: Sequence[Sent] = ()
    planned: Sequence[Planned] = ()
    held: Sequence[str] = ()


@dataclass(slots=True)
class Findings:
    """What is wrong, each with its mark, and what is merely worth a figure (the last three)."""

    lost: list[str] = field(default_factory=list)
    doubled_effects: list[str] = field(default_factory=list)
    doubled_sends: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)

    WRONGS = ("lost", "doubled_effects", "doubled_sends", "reordered", "stuck", "early", "foreign", "untold")

    def wrong(self) -> dict[str, list[str]]:
        """Return every kind of wrong that was found."""
        return {name: found for name in self.WRONGS if (found := getattr(self, name))}


FINAL = frozenset({OutboxState.sent, OutboxState.delivered, OutboxState.read})
GIVEN_UP = frozenset({OutboxState.failed, OutboxState.expired})
UNFINISHED = frozenset({OutboxState.queued, OutboxState.sending})


def check(evidence: Evidence) -> Findings:
    """Look for everything that must not be."""
    findings = Findings()
    findings.lost = list(_lost(evidence))
    findings.doubled_effects = list(_doubled_effects(evidence))
    findings.doubled_sends = list(_doubled_sends(evidence))
    findings.reordered = list(_reordered(evidence))
    findings.stuck = list(_stuck(evidence))
    findings.early = list(_early(evidence))
    findings.foreign = list(_foreign(evidence))
    for row in evidence.ordered:
        if row.state is OutboxState.in_doubt:
            (findings.unresolved if row.is_told else findings.untold).append(f"{row.kind} to {row.mark} is in doubt")
        elif row.was_in_doubt:
            findings.resolved.append(f"{row.kind} to {row.mark}")
    findings.set_aside = [str(row.mark) for row in evidence.stored if row.state is InboxState.quarantined]
    return findings


def delays(evidence: Evidence) -> dict[Mark, tuple[datetime, datetime]]:
    """Return for each answered message when it was written and when its first reply was taken."""
    answered: dict[Mark, datetime] = {}
    for sent in evidence.sent:
        if sent.kind is Kind.reply:
            answered.setdefault(sent.mark, sent.at)
    return {heard.mark: (heard.at, answered[heard.mark]) for heard in evidence.heard if heard.mark in answered}


def recoveries(evidence: Evidence, faults: Iterable[datetime]) -> list[float]:
    """Return for each message that waited when a fault ended the seconds from there to its reply."""
    ends = sorted(faults)
    waited = []
    for written, answered in delays(evidence).values():
        struck = [end for end in ends if written <= end < answered]
        if struck:
            waited.append((answered - struck[0]).total_seconds())
    return sorted(waited)


def _lost(evidence: Evidence) -> Iterator[str]:
    stored = {row.mark: row.state for row in evidence.stored}
    handled = {row.mark for row in evidence.handled}
    replied = {row.mark for row in evidence.ordered if row.kind is Kind.reply}
    alerted = {row.mark for row in evidence.ordered if row.kind is Kind.alert}
    taken = {(sent.mark, sent.kind) for sent in evidence.sent}
    for heard in evidence.heard:
        state = stored.get(heard.mark)
        if heard.acknowledged and state is None:
            yield f"{heard.mark} was acknowledged and is not stored"
        elif state is InboxState.done and heard.mark not in handled:
            yield f"{heard.mark} is done and was not handled"
        elif heard.mark in handled and heard.mark not in replied:
            yield f"{heard.mark} was handled without a reply"
        elif heard.mark in handled and heard.is_complaint and heard.mark not in alerted:
            yield f"{heard.mark} was handled without an alert"
    for row in evidence.ordered:
        if row.state in FINAL and (row.mark, row.kind) not in taken:
            yield f"{row.kind} to {row.mark} counts as sent and never arrived"
        elif row.state in GIVEN_UP:
            yield f"{row.kind} to {row.mark} was given up"
    ordered = {row.mark for row in evidence.ordered if row.kind is Kind.firing}
    for firing in evidence.planned:
        if firing.status is not FiringStatus.scheduled and firing.mark not in ordered:
            yield f"firing {firing.mark} came to nothing ({firing.status})"


def _doubled_effects(evidence: Evidence) -> Iterator[str]:
    yield from _more_than_one(f"{row.mark} stored" for row in evidence.stored)
    yield from _more_than_one(f"{row.mark} handled" for row in evidence.handled)
    yield from _more_than_one(f"{row.kind} to {row.mark} ordered" for row in evidence.ordered)


def _doubled_sends(evidence: Evidence) -> Iterator[str]:
    yield from _more_than_one(f"{sent.kind} to {sent.mark} sent" for sent in evidence.sent if not sent.says_repeat)


def _more_than_one(things: Iterable[str]) -> Iterator[str]:
    yield from (f"{thing} {times} times" for thing, times in Counter(things).items() if times > 1)


def _reordered(evidence: Evidence) -> Iterator[str]:
    """What a journal showed to be missing is sent again later, and may then come after what followed it."""
    heard = {mark: place for place, mark in enumerate(dict.fromkeys(heard.mark for heard in evidence.heard))}
    late = {row.mark for row in evidence.ordered if row.was_in_doubt}
    replies = [sent.mark for sent in evidence.sent if sent.kind is Kind.reply and sent.mark not in late]
    for what, marks in (("handled", [row.mark for row in evidence.handled]), ("answered", replies)):
        latest: defaultdict[tuple[int, int], int] = defaultdict(lambda: -1)
        for mark in dict.fromkeys(marks):
            place, lane = heard.get(mark, -1), (mark.hotel, mark.chat)
            if 0 <= place < latest[lane]:
                yield f"{mark} was {what} after a later one"
            latest[lane] = max(latest[lane], place)


def _stuck(evidence: Evidence) -> Iterator[str]:
    yield from (f"{heard.mark} was never taken" for heard in evidence.heard if not heard.acknowledged)
    yield from (f"{row.mark} waits" for row in evidence.stored if row.state is InboxState.queued)
    yield from (f"{row.kind} to {row.mark} is {row.state}" for row in evidence.ordered if row.state in UNFINISHED)
    yield from (f"firing {row.mark} is due" for row in evidence.planned if row.status is FiringStatus.scheduled)
    yield from (f"{chat} is still held" for chat in evidence.held)


def _early(evidence: Evidence) -> Iterator[str]:
    due = {row.mark: row.due_at for row in evidence.planned}
    for sent in evidence.sent:
        if sent.kind is Kind.firing and sent.mark in due and sent.at < due[sent.mark]:
            yield f"firing {sent.mark} left {(due[sent.mark] - sent.at).total_seconds():.3f} s early"


def _foreign(evidence: Evidence) -> Iterator[str]:
    rows: tuple[Stored | Handled | Ordered | Sent, ...]
    rows = (*evidence.stored, *evidence.handled, *evidence.ordered, *evidence.sent)
    for row in rows:
        is_for_staff = isinstance(row, Ordered | Sent) and row.kind in {Kind.alert, Kind.report}
        if row.mark.hotel != row.hotel or (row.mark.chat != row.chat and not is_for_staff):
            yield f"{type(row).__name__.lower()}: {row.mark} stands in chat {row.chat} of hotel {row.hotel}"
