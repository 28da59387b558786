"""STOP and START: whether the guest wants anything that they did not ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import OutgoingMessage
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST
from handlers.welcome import Welcome
from models.enums import ConsentPurpose, ConsentState

Consents = Mapping[ConsentPurpose, ConsentState]


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Write a line of the ledger for every purpose."""

    state: ConsentState

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        if turn.guest is not None:
            for purpose in ConsentPurpose:
                await uow.consents.add(
                    turn.guest.id, purpose, self.state, f"guest wrote in {turn.platform}", turn.now
                )
        return ()


class OptOut(Reply):
    """Ends everything automatic; answers to the guest's own messages go on."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((turn.reply("opt-out-done"),), state=AT_REST, effects=(RecordConsent(ConsentState.withdrawn),))


class OptIn:
    """Takes an opt-out back; from a guest who never opted out it is a hello."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> Consents:
        return await uow.consents.current(turn.guest.id) if turn.guest else {}

    def think(self, turn: Turn, loaded: Consents) -> Outcome:
        if ConsentState.withdrawn not in loaded.values():
            return Welcome().think(turn, None)
        return Outcome((turn.reply("opt-in-done"),), state=AT_REST, effects=(RecordConsent(ConsentState.granted),))
