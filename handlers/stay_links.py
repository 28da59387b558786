"""Links that open a chat which knows the stay already: for QR codes and confirmations.

The payload is `stay_<stay id><token>`: the id finds the row, the token (128 random bits, kept with the stay) is what
nobody can guess. Telegram allows 64 characters of A-Z, a-z, 0-9, _ and - there, of which this takes 49.
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote
from uuid import UUID

from bot.messages import IncomingMessage
from bot.security.signatures import is_known_secret
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork

_PREFIX = "stay_"
_PAYLOAD = re.compile(rf"{_PREFIX}([\w-]{{22}})([\w-]{{22}})", re.ASCII)
_TOKEN_BYTES = 16


async def link_payload(uow: UnitOfWork, stay_id: UUID) -> str | None:
    """Return the payload of a stay's link, the same each time; None when the hotel has no such stay."""
    token = await uow.stays.keep_link_token(stay_id, secrets.token_urlsafe(_TOKEN_BYTES))
    return f"{_PREFIX}{urlsafe_b64encode(stay_id.bytes).decode().rstrip('=')}{token}" if token else None


def telegram_link(bot_username: str, payload: str) -> str:
    """Return the link that starts a chat with the hotel's bot."""
    return f"https://t.me/{bot_username.removeprefix('@')}?start={payload}"


def whatsapp_link(phone: str, payload: str) -> str:
    """Return the link that opens a chat with the hotel's number (E.164), the payload ready to be sent."""
    return f"https://wa.me/{phone.removeprefix('+')}?text={quote(payload)}"


def payload_of(message: IncomingMessage) -> str | None:
    """Return the payload of a stay's link that was followed, be it whole or broken.

    In WhatsApp it is the text of a message; there only a whole one counts, since any text can begin so.
    """
    if message.start is not None:
        return message.start if message.start.startswith(_PREFIX) else None
    text = message.text.strip()
    return text if _PAYLOAD.fullmatch(text) else None


async def linked_stay(uow: UnitOfWork, payload: str) -> StayRecord | None:
    """Return the stay whose link has this payload; None for every other payload."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    stay_id = UUID(bytes=urlsafe_b64decode(match[1] + "=="))
    token = await uow.stays.link_token(stay_id)
    return await uow.stays.get(stay_id) if token and is_known_secret(match[2], token) else None
