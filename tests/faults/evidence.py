"""Reads the providers' history and the database's rows into what the checker judges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from bot.simulator.history import History, Record
from models.enums import FiringStatus, InboxState, OutboxPurpose, OutboxState
from tests.faults.checker import Evidence, Handled, Heard, Kind, Ordered, Planned, Sent, Stored
from tests.faults.load import COMPLAINT
from tests.faults.marks import STAFF, Mark, mark_in
from tests.faults.town import Town

_INBOX = """
    SELECT i.hotel_id, c.address, convert_from(i.payload, 'UTF8') AS text, i.state::text FROM inbox_events i
    JOIN chats c ON c.hotel_id = i.hotel_id AND c.id = i.chat_id WHERE i.kind = 'message' ORDER BY i.id
"""
_MESSAGES = """
    SELECT m.hotel_id, c.address, m.content AS text FROM messages m
    JOIN conversations t ON t.hotel_id = m.hotel_id AND t.id = m.conversation_id
    JOIN chats c ON c.hotel_id = t.hotel_id AND c.id = t.chat_id WHERE m.role = 'guest' ORDER BY m.created_at, m.id
"""
_OUTBOX = """
    SELECT o.hotel_id, o.id, c.address, o.content->>'text' AS text, o.state::text, o.purpose::text, o.attempts,
           o.doubt_reported_at IS NOT NULL AS is_told FROM outbox o
    JOIN chats c ON c.hotel_id = o.hotel_id AND c.id = o.chat_id
    WHERE o.content->>'answers_press' IS NULL ORDER BY o.id
"""
_FIRINGS = """
    SELECT f.hotel_id, s.room_number AS text, f.due_at, f.status::text FROM trigger_firings f
    JOIN stays s ON s.hotel_id = f.hotel_id AND s.id = f.stay_id WHERE f.due_at <= $1 ORDER BY f.id
"""
_HELD = "SELECT address FROM chats WHERE claim_token IS NOT NULL OR ready_at IS NOT NULL"
_REPEATED = "(Repeated"


async def gather(town: Town, connection: asyncpg.Connection, doubted: Set[tuple[UUID, int]]) -> Evidence:
    """Return all that is known by now; the connection sees every hotel, `doubted` rows were in doubt on the way."""
    reader = _Reader(town)
    wire = town.simulator.history
    return Evidence(
        heard=list(reader.heard(wire)),
        sent=list(reader.sent(wire)),
        stored=[
            Stored(mark, *place, InboxState(row["state"]))
            for row, mark, place in reader.marked(await connection.fetch(_INBOX))
        ],
        handled=[Handled(mark, *place) for _, mark, place in reader.marked(await connection.fetch(_MESSAGES))],
        ordered=[
            Ordered(
                mark,
                *place,
                _kind(place[1], row["text"], OutboxPurpose(row["purpose"])),
                OutboxState(row["state"]),
                (row["hotel_id"], row["id"]) in doubted or (_has_journal(row["address"]) and row["attempts"] > 1),
                row["is_told"],
            )
            for row, mark, place in reader.marked(await connection.fetch(_OUTBOX))
            if not row["text"].startswith(_REPEATED)
        ],
        planned=[
            Planned(mark, reader.hotels[row["hotel_id"]], row["due_at"], FiringStatus(row["status"]))
            for row in await connection.fetch(_FIRINGS, town.clock.now())
            if (mark := mark_in(row["text"]))
        ],
        held=[row["address"] for row in await connection.fetch(_HELD)],
    )


def gather_outside(town: Town, waiting: Collection[Mark]) -> Evidence:
    """Return what the providers alone know of somebody else's bot, and what is left in its queue.

    It keeps no rows of ours, and alerts nobody: an answer proves that it did what comes before one. What it took and
    neither answered nor still holds is lost.
    """
    reader, wire = _Reader(town), town.simulator.history
    heard, sent = [replace(each, is_complaint=False) for each in reader.heard(wire)], list(reader.sent(wire))
    said = {each.mark for each in sent}
    answered = [each.mark for each in heard if each.mark in said]
    states = dict.fromkeys(answered, InboxState.done) | dict.fromkeys(waiting, InboxState.queued)
    return Evidence(
        heard=heard,
        stored=[Stored(mark, mark.hotel, mark.chat, state) for mark, state in states.items()],
        handled=[Handled(mark, mark.hotel, mark.chat) for mark in answered],
        ordered=[Ordered(mark, mark.hotel, mark.chat, Kind.reply, OutboxState.sent) for mark in answered],
        sent=sent,
    )


class _Reader:
    """Knows which hotel and which of its chats an id of the providers' or of the database's means."""

    def __init__(self, town: Town) -> None:
        self.hotels = {hotel.id: hotel.number for hotel in town.hotels}
        self._accounts = {account: hotel.number for hotel in town.hotels for account in hotel.accounts}
        self._chats = {guest.address: guest.chat for guest in town.guests}
        self._chats |= {str(hotel.group.id): STAFF for hotel in town.hotels}

    def marked(self, rows: list[asyncpg.Record]) -> Iterator[tuple[asyncpg.Record, Mark, tuple[int, int]]]:
        """Give the rows that carry a mark, with their hotel and chat."""
        for row in rows:
            if mark := mark_in(row["text"]):
                yield row, mark, (self.hotels[row["hotel_id"]], self._chats[row["address"]])

    def heard(self, history: History) -> Iterator[Heard]:
        """Give what guests wrote, in the order in which each provider holds it out."""
        confirmed = {
            (record.account, _number(record.payload))
            for record in history.records
            if record.method == "confirmed" and record.call is None
        }
        for record in history.records:
            if record.method == "made" and (mark := mark_in(_written(record))):
                yield Heard(mark, record.at, (record.account, _number(record.payload)) in confirmed, _is_cry(record))

    def sent(self, history: History) -> Iterator[Sent]:
        """Give what the providers took from the bot."""
        for record in history.records:
            if record.method != "accepted":
                continue
            text = record.payload["text"]
            if mark := mark_in(text):
                chat = self._chats[str(record.payload.get("chatId") or record.payload["chat"]["id"])]
                kind = _kind(chat, text, OutboxPurpose.trigger if "Welcome" in text else OutboxPurpose.reply)
                hotel = self._accounts[record.account]
                yield Sent(mark, hotel, chat, kind, record.at, text.startswith(_REPEATED))


def _kind(chat: int, text: str, purpose: OutboxPurpose) -> Kind:
    if chat == STAFF:
        return Kind.alert if COMPLAINT in text else Kind.report
    return Kind.firing if purpose is OutboxPurpose.trigger else Kind.reply


def _has_journal(address: str) -> bool:
    """Whether a doubt in this chat may be settled by sending again: WhatsApp tells what never arrived."""
    return "@" in address


def _number(payload: Any) -> int:
    number: int = payload.get("update_id") or payload.get("receiptId")
    return number


def _written(record: Record) -> str:
    """Return what a guest wrote, if the record is about that."""
    message = record.payload.get("message")
    if message is not None:
        return str(message.get("text", ""))
    body = record.payload.get("body", {})
    if body.get("typeWebhook") != "incomingMessageReceived":
        return ""
    return str(body["messageData"])


def _is_cry(record: Record) -> bool:
    return COMPLAINT in _written(record)
