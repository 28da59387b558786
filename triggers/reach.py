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


async def find_reaches(uow: UnitOfWork, guest_ids: Collection[UUID]) -> dict[UUID, Reach]:
    """Return where each guest spoke last, or their WhatsApp number; who can't be reached is missing.

    Telegram lets no bot write first, so a guest counts there only once they have written.
    """
    accounts = {account.id: account for account in await uow.accounts.all() if account.status not in _GONE}
    spoken = await uow.chats.spoken_in(guest_ids)
    found = {guest_id: reach for guest_id, chats in spoken.items() if (reach := _first_open(chats, accounts))}
    silent = [guest_id for guest_id in guest_ids if guest_id not in found]
    return found | await _by_phone(uow, silent, accounts)


def _first_open(chats: Iterable[ChatRecord], accounts: _Accounts) -> Reach | None:
    return next(
        (_reach(accounts[c.account_id], c) for c in chats if c.is_reachable and c.account_id in accounts), None
    )


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


async def open_conversation(uow: UnitOfWork, chat_id: UUID, guest_id: UUID, now: datetime) -> UUID:
    """Return the conversation to write in; a closed one is left in peace and a new one begun."""
    conversation = await uow.conversations.open_in(chat_id)
    return (conversation or await uow.conversations.begin(chat_id, guest_id, now)).id
