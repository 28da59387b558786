from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest

from bot.channels.connections import credentials_place
from bot.enrolment import NewAccount, enrol_account, enrol_hotel
from bot.errors import PermanentError, RejectedInput
from bot.messages import Platform
from bot.security.encryption import KeyRing, new_key
from bot.security.signatures import hash_of
from bot.storage.unit_of_work import Database

BOT = NewAccount(Platform.telegram, "@adler_bot", {"bot_token": "1:token"})


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing.from_setting(f"k1:{new_key()}")


async def test_seals_the_credentials_to_their_place_when_an_account_is_connected(
    storage: Database, keys: KeyRing
) -> None:
    hotel_id = await enrol_hotel(storage, " Hotel Adler ", "adler", "Europe/Berlin", "DE", "Adler Group")
    async with storage.unit(hotel_id) as uow:
        account_id, webhook = await enrol_account(uow, keys, BOT)
        hotel, account = await uow.hotels.get(), await uow.accounts.get(account_id)
    assert (hotel.name, hotel.default_language) == ("Hotel Adler", "de")
    assert account is not None
    assert b"token" not in account.credentials
    opened = orjson.loads(keys.decrypt(account.credentials, credentials_place(hotel_id, account.integration_id)))
    assert opened == {"bot_token": "1:token", "webhook": {"key": webhook.key, "secret": webhook.secret}}
    with pytest.raises(PermanentError):
        keys.decrypt(account.credentials, credentials_place(uuid4(), account.integration_id))
    head = await storage.claims.account_by_webhook(hash_of(webhook.key))
    assert head is not None
    assert head.account_id == account_id


async def test_only_the_newest_credentials_count_when_an_account_is_connected_again(
    storage: Database, keys: KeyRing
) -> None:
    hotel_id = await enrol_hotel(storage, "Adler", "adler", "Europe/Berlin", "de")
    async with storage.unit(hotel_id) as uow:
        account_id, old = await enrol_account(uow, keys, BOT)
        same = replace(BOT, address=BOT.address.upper(), credentials={"bot_token": "1:other"})
        again, new = await enrol_account(uow, keys, same)
        account = await uow.accounts.get(account_id)
    assert again == account_id
    assert account is not None
    opened = orjson.loads(keys.decrypt(account.credentials, credentials_place(hotel_id, account.integration_id)))
    assert opened["bot_token"] == "1:other"
    assert await storage.claims.account_by_webhook(hash_of(old.key)) is None
    assert await storage.claims.account_by_webhook(hash_of(new.key)) is not None


async def test_keeps_nothing_when_another_hotel_has_the_account(storage: Database, keys: KeyRing) -> None:
    first = await enrol_hotel(storage, "Adler", "adler", "Europe/Berlin", "de")
    second = await enrol_hotel(storage, "Bär", "baer", "Europe/Berlin", "de")
    async with storage.unit(first) as uow:
        await enrol_account(uow, keys, BOT)
    with pytest.raises(RejectedInput, match="has this account already"):
        async with storage.unit(second) as uow:
            await enrol_account(uow, keys, BOT)
    assert len(await storage.claims.integrations()) == 1


async def test_refuses_a_slug_when_another_hotel_has_it(storage: Database) -> None:
    await enrol_hotel(storage, "Adler", "adler", "Europe/Berlin", "de")
    with pytest.raises(RejectedInput, match="slug adler: another hotel has it"):
        await enrol_hotel(storage, "Adler 2", "adler", "Europe/Berlin", "de")


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a b", "ä", "a" * 64, "a\n"])
async def test_refuses_a_slug_when_commands_could_not_name_it(storage: Database, slug: str) -> None:
    with pytest.raises(RejectedInput, match="slug"):
        await enrol_hotel(storage, "Adler", slug, "Europe/Berlin", "de")


@pytest.mark.parametrize("zone", ["", "Berlin", "../../etc/passwd", "/etc/passwd", "a\x00b", "x" * 5000, "."])
async def test_refuses_a_zone_when_there_is_none_of_that_name(storage: Database, zone: str) -> None:
    with pytest.raises(RejectedInput, match="timezone"):
        await enrol_hotel(storage, "Adler", "adler", zone, "de")


def test_imports_no_client_when_an_account_is_checked() -> None:
    """Importing one takes seconds, in which an open transaction would be ended."""
    program = """
import sys
from bot.channels.registry import check_account
import bot.enrolment
check_account("telegram", {"bot_token": "1:t"})
assert "aiogram" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60).returncode == 0
