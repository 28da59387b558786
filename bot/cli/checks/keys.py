"""Encryption keys: readable, and known for everything that is sealed."""

from __future__ import annotations

from bot.channels.connections import credentials_place
from bot.cli.checks.finding import Finding
from bot.config import Settings
from bot.errors import ConfigurationError
from bot.security.encryption import VARIABLE, KeyRing, UnreadableValue
from bot.security.key_file import key_ring
from bot.storage.claims import Claims
from bot.storage.unit_of_work import Database


def read_keys(settings: Settings) -> tuple[KeyRing | None, Finding]:
    """Return the keys, where there are any, and what is to be said of them."""
    try:
        keys = key_ring(settings)
    except ConfigurationError as error:
        return None, Finding("encryption keys", problem=str(error), remedy="`python -m bot keys new` makes one")
    return keys, Finding("encryption keys", f"{len(keys.key_ids)}, sealing with '{keys.first}'")


async def check_sealed(claims: Claims, keys: KeyRing) -> Finding:
    """Every integration's key has to be known; old ones can be let go once nothing is sealed with them."""
    used = [key_id for _, _, key_id in await claims.integrations() if key_id is not None]
    unknown = sorted({key_id for key_id in used if key_id not in keys.key_ids})
    if unknown:
        return Finding(
            "sealed credentials",
            problem=f"sealed with unknown keys ({', '.join(unknown)})",
            remedy=f"add them back to {VARIABLE}",
        )
    old = sum(key_id != keys.first for key_id in used)
    advice = f", {old} with old keys: `python -m bot keys rotate` seals them anew" if old else ""
    return Finding("sealed credentials", f"{len(used)}{advice}")


async def try_keys(database: Database, keys: KeyRing) -> None:
    """Raise ConfigurationError when nothing opens that a key of these ids sealed: then it is another key.

    One damaged row is no reason to stop the other hotels, so a single success is enough.
    """
    refused = None
    for hotel_id, integration_id, key_id in await database.claims.integrations():
        if key_id not in keys.key_ids:
            continue
        async with database.unit(hotel_id) as uow:
            sealed = await uow.accounts.credentials(integration_id)
        try:
            if sealed is not None:
                keys.decrypt(sealed, credentials_place(hotel_id, integration_id))
                return
        except UnreadableValue:
            refused = key_id
    if refused is not None:
        raise ConfigurationError(
            f"{VARIABLE} is not the key that these channels were sealed with: its '{refused}' opens none of them; "
            "set the right one, or remove the channels and connect them again"
        )
