"""Keys change while the house runs: nothing becomes unreadable, whoever is killed or writes meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.connections import credentials_place
from bot.key_rotation import Rotated, rotate_keys
from bot.security.encryption import KeyRing, key_id_of, new_key
from bot.storage.unit_of_work import Database
from tests.bot.storage.houses import House

OLD, NEW = f"old:{new_key()}", f"new:{new_key()}"
BEFORE, AFTER = KeyRing.from_setting(OLD), KeyRing.from_setting(f"{NEW},{OLD}")


async def settle(storage: Database, count: int) -> list[House]:
    """Build hotels whose credentials, their own ids, are sealed with the old key."""
    houses = [await House(storage).build() for _ in range(count)]
    for house in houses:
        await write(house, BEFORE, house.hotel_id.bytes)
    return houses


async def write(house: House, keys: KeyRing, credentials: bytes) -> None:
    """Store new credentials as somebody at the console does."""
    sealed = keys.encrypt(credentials, credentials_place(house.hotel_id, house.integration_id))
    while True:
        async with house.database.unit(house.hotel_id) as uow:
            known = await uow.accounts.credentials(house.integration_id) or b""
            if await uow.accounts.replace_credentials(house.integration_id, known, sealed, keys.first):
                return


async def read(house: House, keys: KeyRing) -> tuple[str, bytes]:
    async with house.database.unit(house.hotel_id) as uow:
        sealed = await uow.accounts.credentials(house.integration_id)
    assert sealed is not None
    return key_id_of(sealed), keys.decrypt(sealed, credentials_place(house.hotel_id, house.integration_id))


async def keys_in_use(storage: Database) -> set[str | None]:
    return {key_id for _, _, key_id in await storage.claims.integrations()}


async def test_seals_everything_with_the_first_key_when_keys_are_rotated(storage: Database) -> None:
    houses = await settle(storage, 3)
    assert await rotate_keys(storage, AFTER) == Rotated(count=3, left=0)
    only_new = KeyRing.from_setting(NEW)
    assert [await read(house, only_new) for house in houses] == [("new", house.hotel_id.bytes) for house in houses]
    assert await keys_in_use(storage) == {"new"}
    assert await rotate_keys(storage, AFTER) == Rotated(count=0, left=0), "running it again changes nothing"


async def test_goes_on_where_it_stopped_when_it_was_killed_half_way(storage: Database) -> None:
    houses = await settle(storage, 6)
    running = asyncio.create_task(rotate_keys(storage, AFTER))
    async with asyncio.timeout(5):
        while await keys_in_use(storage) != {"old", "new"}:
            assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [(await read(house, AFTER))[1] for house in houses] == [house.hotel_id.bytes for house in houses]
    again = await rotate_keys(storage, AFTER)
    assert again.left == 0
    assert 0 < again.count < 6
    assert await keys_in_use(storage) == {"new"}


async def test_keeps_the_newest_credentials_when_somebody_writes_meanwhile(storage: Database) -> None:
    houses = await settle(storage, 4)

    async def write_often(house: House) -> None:
        for number in range(20):
            await write(house, (AFTER, BEFORE)[number % 2], b"%d" % number)

    await asyncio.gather(*(write_often(house) for house in houses), *(rotate_keys(storage, AFTER) for _ in range(3)))
    assert (await rotate_keys(storage, AFTER)).left == 0
    assert [await read(house, AFTER) for house in houses] == [("new", b"19")] * 4


async def test_does_the_others_and_counts_what_is_left_when_one_can_not_be_read(storage: Database) -> None:
    lost, damaged, whole = await settle(storage, 3)
    await write(lost, KeyRing.from_setting(f"lost:{new_key()}"), b"x")
    async with storage.unit(damaged.hotel_id) as uow:
        sealed = await uow.accounts.credentials(damaged.integration_id)
        assert sealed is not None
        await uow.accounts.replace_credentials(damaged.integration_id, sealed, sealed[:-1] + b"?", "old")
    assert await rotate_keys(storage, AFTER) == Rotated(count=1, left=2)
    assert await read(whole, AFTER) == ("new", whole.hotel_id.bytes)
    assert await keys_in_use(storage) == {"lost", "old", "new"}


async def test_corrects_the_noted_key_when_the_credentials_are_sealed_with_the_first_one(storage: Database) -> None:
    (house,) = await settle(storage, 1)
    sealed = AFTER.encrypt(b"x", credentials_place(house.hotel_id, house.integration_id))
    async with storage.unit(house.hotel_id) as uow:
        known = await uow.accounts.credentials(house.integration_id)
        assert known is not None
        await uow.accounts.replace_credentials(house.integration_id, known, sealed, "old")
    assert await rotate_keys(storage, AFTER) == Rotated(count=1, left=0)
    assert await keys_in_use(storage) == {"new"}
