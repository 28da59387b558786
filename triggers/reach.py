"""By which chat a guest can be written to of the hotel's own accord."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.messages import Platform
from bot.storage.repositories.guests import GuestRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import AccountStatus, IdentityKind

_GONE = frozenset({AccountStatus.disabled, AccountStatus.blocked})


@dataclass(frozen=True, slots=True)
class Reach:
    """A chat that can be written to; `conversation_id` is None before the first message there."""

    account_id: UUID
    platform: str
    chat_id: UUID
    conversation_id: UUID | None


async def find_reach(uow: UnitOfWork, guest: GuestRecord) -> Reach | None:
    """Return where the guest wrote last, or their WhatsApp number; None when they can't be reached.

    Telegram lets no bot write first, so a guest counts there only once they have written.
    """
    accounts = {account.id: account for account in await uow.accounts.all() if account.status not in _GONE}
    for conversation in await uow.conversations.latest_of(guest.id):
        chat = await uow.chats.get(conversation.chat_id)
        if chat.is_reachable and chat.account_id in accounts:
            return Reach(chat.account_id, accounts[chat.account_id].platform, chat.id, conversation.id)
    whatsapp = next((one for one in accounts.values() if one.platform == Platform.whatsapp_green), None)
    phones = [one.value for one in await uow.guests.identities(guest.id) if one.kind is IdentityKind.phone]
    if whatsapp is None or not phones:
        return None
    chat = await uow.chats.get(await uow.chats.at(whatsapp.id, f"{phones[0].removeprefix('+')}@c.us"))
    return Reach(whatsapp.id, whatsapp.platform, chat.id, None) if chat.is_reachable else None


async def open_conversation(uow: UnitOfWork, reach: Reach, guest: GuestRecord, now: datetime) -> UUID:
    """Return the conversation to write in; a closed one is left in peace and a new one begun."""
    conversation = await uow.conversations.open_in(reach.chat_id)
    return (conversation or await uow.conversations.begin(reach.chat_id, guest.id, now)).id
