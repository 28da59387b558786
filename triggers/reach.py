"""By which chat a guest can be written to of the hotel's own accord."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.messages import Platform
from bot.storage.repositories.accounts import AccountRecord
from bot.storage.repositories.chats import ChatRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import AccountStatus

_GONE = frozenset({AccountStatus.disabled, AccountStatus.blocked})
_Accounts = Mapping[UUID, AccountRecord]


@dataclass(frozen=True, slots=True)
class Reach:
    """A chat that can be written to; `chat_id` is None for one in which nobody has written yet."""

    account_id: UUID
    platform: str
    address: str
    chat_id: UUID | None


async def find_reaches(uow: UnitOfWork, guest_ids: Collection[UUID]) -> dict[UUID, tuple[Reach, ...]]:
    """Return by which channels each guest can be written to, the one they spoke by last first; who can't be reached
    is missing.

    Telegram lets no bot write first, so a guest counts there only once they have written. In WhatsApp their number is
    enough.
    """
    accounts = {account.id: account for account in await uow.accounts.all() if account.status not in _GONE}
    spoken = await uow.chats.spoken_in(guest_ids)
    found = {guest_id: _open(spoken.get(guest_id, ()), accounts) for guest_id in guest_ids}
    silent = [guest_id for guest_id, reaches in found.items() if Platform.whatsapp_green not in reaches]
    for guest_id, reach in (await _by_phone(uow, silent, accounts)).items():
        found[guest_id][reach.platform] = reach
    return {guest_id: tuple(reaches.values()) for guest_id, reaches in found.items() if reaches}


def _open(chats: Iterable[ChatRecord], accounts: _Accounts) -> dict[str, Reach]:
    """Return by channel the first of these chats that is open."""
    reaches: dict[str, Reach] = {}
    for chat in chats:
        if chat.is_reachable and chat.account_id in accounts:
            account = accounts[chat.account_id]
            reaches.setdefault(account.platform, _reach(account, chat))
    return reaches


def _reach(account: AccountRecord, chat: ChatRecord) -> Reach:
    return Reach(account.id, account.platform, chat.address, chat.id)


async def _by_phone(uow: UnitOfWork, guest_ids: Collection[UUID], accounts: _Accounts) -> dict[UUID, Reach]:
    """Return the WhatsApp chats of those whose number is known, whether or not anybody has written there."""
    account = next((one for one in accounts.values() if one.platform == Platform.whatsapp_green), None)
    if account is None or not guest_ids:
        return {}
    phones = await uow.guests.phones(guest_ids)
    addresses = {guest_id: f"{phone.removeprefix('+')}@c.us" for guest_id, phone in phones.items()}
    known = await uow.chats.known_at(account.id, addresses.values())
    return {
        guest_id: _reach(account, known[address])
        if address in known
        else Reach(account.id, account.platform, address, None)
        for guest_id, address in addresses.items()
        if address not in known or known[address].is_reachable
    }


@dataclass(frozen=True, slots=True)
class Talk:
    """An open conversation, and the chat that it is in."""

    chat_id: UUID
    conversation_id: UUID


async def open_talks(uow: UnitOfWork, guests: Mapping[Reach, UUID], now: datetime) -> dict[Reach, Talk]:
    """Return the conversations to write in, locked; a closed one is left in peace and a new one begun.

    Nobody is waited for: one that somebody else is changing just now is missing.
    """
    chats = await _chats(uow, guests.keys())
    held = await uow.conversations.held_in(chats.values())
    silent = {chats[reach]: guest_id for reach, guest_id in guests.items() if chats[reach] not in held}
    begun = {chat_id: talk.id for chat_id, talk in (await uow.conversations.begin_all(silent, now)).items()}
    talks = {reach: (chat_id, begun.get(chat_id) or held.get(chat_id)) for reach, chat_id in chats.items()}
    return {reach: Talk(chat_id, talk_id) for reach, (chat_id, talk_id) in talks.items() if talk_id is not None}


async def _chats(uow: UnitOfWork, reaches: Collection[Reach]) -> dict[Reach, UUID]:
    """Return the chats of these reaches, made where nobody has written yet."""
    chats = {reach: reach.chat_id for reach in reaches if reach.chat_id is not None}
    for account_id in {reach.account_id for reach in reaches if reach.chat_id is None}:
        new = {reach.address: reach for reach in reaches if reach.chat_id is None and reach.account_id == account_id}
        made = await uow.chats.at_all(account_id, new.keys())
        chats |= {reach: made[address] for address, reach in new.items()}
    return chats
