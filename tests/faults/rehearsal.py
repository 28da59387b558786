"""The house in this process, moved by hand: every beat of its pipeline happens when somebody asks for it.

All parts are the product's own, on a real database and before the simulator's providers. Only what goes round by
itself there (pollers, crews, the scheduler) is led from outside, for a moment each.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import asyncpg

from bot.app import House, open_house
from bot.channels.base import Channel
from bot.channels.registry import import_clients
from bot.config import load_settings
from bot.doubts import Doubts
from bot.inbox import Inbox
from bot.nlu.analysis import Analyser
from bot.pace import Pace
from bot.sending import Sender
from bot.storage.claims import AccountHead
from bot.updates import Updates
from bot.workers.inbox import InboxWorker
from bot.workers.outbox import OutboxWorker
from bot.workers.ticks import Ticks
from handlers.step import Step
from handlers.turns import TurnLoader
from models.base import new_id
from models.enums import BookingStatus, ConsentState, FiringStatus
from tests.databases import Database, connected
from tests.faults import evidence
from tests.faults.checker import GIVEN_UP, Evidence, Kind, Ordered, Sent, check
from tests.faults.load import Load
from tests.faults.marks import FIRING, Mark
from tests.faults.moments import Hands, Moment, work_for
from tests.faults.repeats import repeat
from tests.faults.run import LEFT, PATIENCE
from tests.faults.town import Guest, Size, Town, book, open_town
from tests.faults.worker import Parrot, parroting

SMALL = Size(hotels=2, chats=3)
WELCOMES_WITHIN = timedelta(minutes=10)
RECENT = timedelta(minutes=2)
MOST_ROUNDS = 40
"""After so many rounds of everything, what is left counts as stuck."""

_EXPIRE = """
    UPDATE chats SET leased_until = now() - interval '1 s' WHERE leased_until IS NOT NULL;
    UPDATE outbox SET leased_until = now() - interval '1 s' WHERE leased_until IS NOT NULL;
"""
_DOUBTED = "SELECT hotel_id, id FROM outbox WHERE state = 'in_doubt'"
_CONSENTS = """
    SELECT DISTINCT c.hotel_id, h.address, c.state::text, c.at FROM consents c
    JOIN conversations t ON t.hotel_id = c.hotel_id AND t.guest_id = c.guest_id
    JOIN chats h ON h.hotel_id = t.hotel_id AND h.id = t.chat_id WHERE c.purpose = 'service' ORDER BY c.at
"""


@dataclass(slots=True)
class Rehearsal:
    """A small town and the house that serves it. A crew that `dies_after` some seconds keeps what it has claimed."""

    town: Town
    load: Load
    house: House
    admin: asyncpg.Connection
    accounts: list[AccountHead]
    readers: dict[UUID, Channel]
    doubts: Doubts
    doubted: set[tuple[UUID, int]] = field(default_factory=set)
    called_off: set[Mark] = field(default_factory=set)

    async def fetch(self, *, dies_before_word: bool = False) -> None:
        """Store what the providers hold out, and tell them so unless the process dies before."""
        inbox = Inbox(self.house.database, self.town.clock, self.house.knocks)
        for account in self.accounts:
            while self._holds_out(account):
                batch = await self.readers[account.account_id].fetch()
                await inbox.accept(account, batch.events)
                if dies_before_word:
                    break
                await self.readers[account.account_id].acknowledge(batch)

    async def handle(self, dies_after: float | None = None) -> None:
        """Let a crew handle what waits in the chats."""
        house, hands = self.house, Hands(self.house.database.claims)
        moment = Moment(hands)
        loader = TurnLoader(_analyser(), house.texts, house.clock)
        step = Step(house.database, loader, house.router, house.desk, house.engine)
        worker = InboxWorker(house.database, step, Updates(house.desk), house.desk, house.clock, moment, hands)
        await work_for(dies_after, worker.run(moment.is_over))

    async def send(self, dies_after: float | None = None) -> None:
        """Let a crew send what may leave; a second of the pace is over whenever somebody looks."""
        house, hands = self.house, Hands(self.house.database.claims)
        moment = Moment(hands)
        pace = Pace(itertools.count(step=60.0).__next__)
        await self.admin.execute("UPDATE chats SET paced_until = NULL WHERE paced_until IS NOT NULL")
        sender = Sender(house.database, house.connections, house.clock, pace, house.knocks, house.desk.settled)
        worker = OutboxWorker(house.database, sender, pace, house.clock, moment, hands)
        await work_for(dies_after, worker.run(moment.is_over))
        await self._note_doubts()

    async def tick(self) -> None:
        """Fire what is due, and settle what is in doubt."""
        house = self.house
        ticks = Ticks(house.database, house.engine, self.doubts, house.clock, house.knocks)
        await ticks.fire_due()
        await ticks.settle_doubts()
        await self._note_doubts()

    async def claim_and_die(self) -> None:
        """Take all work, and never do it."""
        await self.house.database.claims.claim_chats(10)
        await self.house.database.claims.claim_outbox(self.town.clock.now(), 10)

    async def let_pass(self, time: timedelta) -> None:
        """Move the clock; the leases of the dead run out."""
        self.town.clock.move(time)
        await self.admin.execute(_EXPIRE)

    async def change_stay(self, guest: Guest, welcome_in: timedelta, status: BookingStatus) -> None:
        """Let a guest arrive at another time, or not at all."""
        if status is not BookingStatus.checked_in:
            self.called_off.add(Mark(guest.hotel, guest.chat, FIRING))
        hotel = self.town.hotels[guest.hotel - 1]
        async with self.house.database.unit(hotel.id) as uow:
            change = await book(self.town.clock, uow, guest, welcome_in, status)
            await self.house.engine.take_changes(uow, [change], new_id().hex)

    def deliver_again(self) -> None:
        """Let the providers repeat what they delivered last."""
        repeat(self.town, self.town.clock.now() - RECENT)

    async def round(self) -> None:
        """Let everything happen once, as it does all the time."""
        await self.fetch()
        await self.handle()
        await self.tick()
        await self.send()

    async def settle(self) -> None:
        """Go on until nothing is left to do."""
        for server in (self.town.simulator.telegram, self.town.simulator.green):
            server.faults.clear()
        for _ in range(MOST_ROUNDS):
            await self.round()
            row = await self.admin.fetchrow(LEFT)
            assert row is not None, "the query always gives a row"
            if not row["work"] and not row["doubts"]:
                return
            await self.let_pass(PATIENCE)

    async def judge(self) -> dict[str, list[str]]:
        """Settle, and return everything that is wrong."""
        await self.settle()
        found = await evidence.gather(self.town, self.admin, self.doubted)
        stops = await self._stops()
        wrong = check(_without(found, self.called_off | stops.keys())).wrong()
        if sent := [str(one.mark) for one in found.sent if _is_unwanted(one, stops.get(one.mark, ()))]:
            wrong["sent after STOP"] = sent
        return wrong

    async def _stops(self) -> dict[Mark, list[tuple[datetime, bool]]]:
        """Return for each guest who ever said STOP when they did, and when they took it back."""
        hotels = {hotel.id: hotel.number for hotel in self.town.hotels}
        marks = {(guest.hotel, guest.address): Mark(guest.hotel, guest.chat, FIRING) for guest in self.town.guests}
        said: dict[Mark, list[tuple[datetime, bool]]] = {}
        for row in await self.admin.fetch(_CONSENTS):
            mark = marks[hotels[row["hotel_id"]], row["address"]]
            said.setdefault(mark, []).append((row["at"], row["state"] == ConsentState.withdrawn))
        return {mark: words for mark, words in said.items() if any(is_stop for _, is_stop in words)}

    async def _note_doubts(self) -> None:
        self.doubted |= {(row["hotel_id"], row["id"]) for row in await self.admin.fetch(_DOUBTED)}

    def _holds_out(self, account: AccountHead) -> bool:
        hotel = next(hotel for hotel in self.town.hotels if hotel.id == account.hotel_id)
        simulator = self.town.simulator
        if account.platform == "telegram":
            return bool(simulator.telegram.pending(hotel.bot))
        return hotel.instance is not None and bool(simulator.green.pending(hotel.instance))


@asynccontextmanager
async def rehearsing(database: Database, seed: int) -> AsyncIterator[Rehearsal]:
    """Open a small town on an empty database; everybody was answered once, and their welcomes are planned."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(open_town(database, seed, SMALL, wire_second=0))
        settings = load_settings(town.environ())
        house = await stack.enter_async_context(open_house(settings, town.logins(), town.clock))
        house = parroting(house, Parrot(longest_lookup=0))
        admin = await stack.enter_async_context(connected(database.admin_url))
        accounts = await house.database.claims.accounts()
        readers: dict[UUID, Channel] = {}
        for account in accounts:
            async with house.database.unit(account.hotel_id) as uow:
                record = await uow.accounts.get(account.account_id)
            assert record is not None, "it was enrolled just now"
            reader = house.connections.reader(account.hotel_id, record)
            readers[account.account_id] = await stack.enter_async_context(reader)
        doubts = Doubts(house.database, house.connections, house.clock, house.desk.settled)
        rehearsal = Rehearsal(town, Load(town), house, admin, accounts, readers, doubts)
        for guest in town.guests:
            rehearsal.load.write(guest)
        await rehearsal.settle()
        await town.check_in(WELCOMES_WITHIN)
        yield rehearsal


@cache
def _analyser() -> Analyser:
    import_clients()
    return Analyser()


def _without(found: Evidence, excused: Set[Mark]) -> Evidence:
    """Leave out the welcomes that rightly came to nothing, of stays called off and of guests who said STOP; and what
    answers START, which names the room and so carries its mark, however often it is said."""
    planned = [row for row in found.planned if row.mark not in excused or row.status is FiringStatus.scheduled]
    ordered = [
        row
        for row in found.ordered
        if row.kind is not Kind.firing or row.mark not in excused or row.state not in GIVEN_UP
    ]
    return replace(
        found,
        planned=planned,
        ordered=[row for row in ordered if not _greets(row)],
        sent=[row for row in found.sent if not _greets(row)],
    )


def _greets(row: Ordered | Sent) -> bool:
    return row.kind is Kind.reply and row.mark.number == FIRING


def _is_unwanted(sent: Sent, said: Sequence[tuple[datetime, bool]]) -> bool:
    """Whether a welcome left while STOP was the guest's last word."""
    before = [is_stop for at, is_stop in said if at <= sent.at]
    return sent.kind is Kind.firing and before[-1:] == [True]
