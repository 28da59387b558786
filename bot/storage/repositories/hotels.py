"""The hotel itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import bindparam, func, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import Repository
from models import Company, Hotel

# A group's id follows from its name, so that naming it again finds it without seeing other hotels' groups.
_COMPANIES = UUID("0b9f3c52-6a5e-4a53-9d58-5a41c6f0f5d1")


@dataclass(frozen=True, slots=True)
class HotelRecord:
    """A hotel; `timezone` is an IANA name, `settings` as `bot.hotel_settings` reads them."""

    id: UUID
    name: str
    slug: str
    timezone: str
    default_language: str
    settings: dict[str, Any]
    is_active: bool


class Hotels(Repository):
    async def get(self) -> HotelRecord:
        """Return the bound hotel."""
        (row,) = await self._fetch(_GET, self.hotel_id)
        return HotelRecord(*row)

    async def hold(self) -> HotelRecord:
        """Return the bound hotel, which nobody else changes until the transaction ends: for changes that follow from
        what is there."""
        # Rows that refer to the hotel are still added meanwhile.
        (row,) = await self._fetch(f"{_GET} FOR NO KEY UPDATE", self.hotel_id)
        return HotelRecord(*row)

    async def add(self, name: str, slug: str, timezone: str, language: str, company: str | None = None) -> None:
        """Add the bound hotel, and its group where that is new."""
        company_id = uuid5(_COMPANIES, company) if company else None
        if company:
            await self._run(insert(Company).values(id=company_id, name=company).on_conflict_do_nothing())
        await self._run(
            insert(Hotel).values(
                id=self.hotel_id,
                name=name,
                slug=slug,
                timezone=timezone,
                default_language=language,
                company_id=company_id,
            )
        )

    async def set_timezone(self, timezone: str) -> None:
        """Let the hotel's clock be that of another zone, by its IANA name."""
        await self._run(update(Hotel).where(Hotel.id == self.hotel_id).values(timezone=timezone))

    async def save_settings(self, settings: dict[str, Any]) -> None:
        """Replace the settings."""
        await self._run(update(Hotel).where(Hotel.id == self.hotel_id).values(settings=settings))

    async def change_settings(self, changes: dict[str, Any]) -> None:
        """Change some of the settings; others may be changed by somebody else, or known to a newer release only."""
        changed = Hotel.settings.op("||")(bindparam("changes", changes, Hotel.settings.type))
        await self._run(update(Hotel).where(Hotel.id == self.hotel_id).values(settings=changed))

    async def move_staff_chat(self, account_id: UUID, old_address: str, new_address: str) -> None:
        """Send alerts to the new address where they went to the old one."""
        chat = Hotel.settings["staff_chat"]
        await self._run(
            update(Hotel)
            .where(
                Hotel.id == self.hotel_id,
                chat["account_id"].astext == str(account_id),
                chat["address"].astext == old_address,
            )
            .values(settings=func.jsonb_set(Hotel.settings, ["staff_chat", "address"], func.to_jsonb(new_address)))
        )


_GET = f"SELECT {', '.join(HotelRecord.__slots__)} FROM hotels WHERE id = $1"
