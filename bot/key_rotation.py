"""Seals every stored credential with the first key, while the house runs; killed half way, it is run again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.channels.connections import credentials_place
from bot.errors import BellhopError
from bot.security.encryption import KeyRing
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import logger

log = logger("keys")


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many credentials were sealed anew, and how many other keys still seal; 0 of these lets them go."""

    count: int
    left: int


async def rotate_keys(database: Database, keys: KeyRing) -> Rotated:
    """Seal with the first key whatever another one seals, each in a commit of its own.

    What can't be read (its key is missing, or the value is damaged) is logged, stays as it is and counts as left.
    """
    count = 0
    for hotel_id, integration_id in await _on_other_keys(database, keys):
        try:
            count += await _reseal(database, keys, hotel_id, integration_id)
        except BellhopError as error:
            log.error("credentials_not_rotated", hotel_id=hotel_id, integration_id=integration_id, error=error)
    return Rotated(count, len(await _on_other_keys(database, keys)))


async def _on_other_keys(database: Database, keys: KeyRing) -> list[tuple[UUID, UUID]]:
    integrations = await database.claims.integrations()
    return [(hotel, integration) for hotel, integration, key in integrations if key not in {None, keys.first}]


async def _reseal(database: Database, keys: KeyRing, hotel_id: UUID, integration_id: UUID) -> bool:
    """Return whether there was something to seal. Whoever stores new credentials meanwhile wins: theirs are next."""
    place = credentials_place(hotel_id, integration_id)
    while True:
        async with database.unit(hotel_id) as uow:
            sealed = await uow.accounts.credentials(integration_id)
            if sealed is None:
                return False
            fresh = keys.rewrap(sealed, place) or sealed
            if await uow.accounts.replace_credentials(integration_id, sealed, fresh, keys.first):
                return True
