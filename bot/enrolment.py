"""Taking a hotel in: the hotel itself, its channel accounts and the links to its stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from sqlalchemy.exc import IntegrityError

from bot.channels.connections import WebhookCredentials, credentials_place
from bot.channels.registry import check_account
from bot.errors import RejectedInput
from bot.security.encryption import KeyRing
from bot.security.signatures import hash_of, new_webhook_key
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.texts import language_code
from models.base import new_id

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A bot or number to connect. `address` is how people know it: @name or phone."""

    platform: str
    address: str
    credentials: Mapping[str, str]


async def enrol_hotel(
    database: Database, name: str, slug: str, timezone: str, language: str, company: str | None = None
) -> UUID:
    """Add a hotel; return its id. Raises RejectedInput that names the wrong part."""
    if not _SLUG.fullmatch(slug):
        raise RejectedInput(f"slug {slug!r}: use 1 to 63 small Latin letters, digits and hyphens")
    language = language_code(language)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RejectedInput(f"timezone {timezone!r}: use an IANA name such as Europe/Berlin") from None
    if not name.strip():
        raise RejectedInput("name: say what the hotel is called")
    hotel_id = new_id()
    try:
        async with database.unit(hotel_id) as uow:
            await uow.hotels.add(name.strip(), slug, timezone, language, company)
    except IntegrityError:
        raise RejectedInput(f"slug {slug}: another hotel has it; choose another one") from None
    return hotel_id


async def enrol_account(uow: UnitOfWork, keys: KeyRing, account: NewAccount) -> tuple[UUID, WebhookCredentials]:
    """Connect an account; return its id, and what its webhook is guarded by. Raises RejectedInput.

    One that the hotel has already gets its new credentials, and is on again where it was switched off.
    """
    check_account(account.platform, account.credentials)
    known = await uow.accounts.called(account.platform, account.address)
    integration_id = known.integration_id if known else new_id()
    webhook = WebhookCredentials(new_webhook_key(), new_webhook_key())
    secret = orjson.dumps({**account.credentials, "webhook": {"key": webhook.key, "secret": webhook.secret}})
    sealed = keys.encrypt(secret, credentials_place(uow.hotel_id, integration_id))
    if known:
        await uow.accounts.connect_anew(known, sealed, keys.first, hash_of(webhook.key))
        return known.id, webhook
    try:
        account_id = await uow.accounts.add(
            account.platform, account.address, integration_id, sealed, keys.first, hash_of(webhook.key)
        )
    except IntegrityError:
        raise RejectedInput(f"{account.platform} {account.address}: another hotel has this account already") from None
    return account_id, webhook
