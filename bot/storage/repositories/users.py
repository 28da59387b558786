"""The hotel's own people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update

from bot.storage.repositories.base import AnySelect, Repository
from models import User
from models.enums import UserRole


@dataclass(frozen=True, slots=True)
class UserRecord:
    """Someone who works for the hotel."""

    id: UUID
    name: str
    role: UserRole
    language_code: str | None
    telegram_id: int | None
    phone: str | None

    @property
    def is_admin(self) -> bool:
        return self.role in {UserRole.admin, UserRole.super_admin}


class Users(Repository):
    async def get(self, user_id: UUID) -> UserRecord | None:
        """Return the active user with this id."""
        row = (await self._run(self._select().where(User.id == user_id))).one_or_none()
        return UserRecord(*row) if row else None

    async def known_by(self, telegram_ids: Collection[int], phones: Collection[str]) -> list[UserRecord]:
        """Return the active users with one of these Telegram ids or phones."""
        rows = await self._fetch(_KNOWN_BY, self.hotel_id, list(telegram_ids), list(phones))
        return [UserRecord(row[0], row[1], UserRole(row[2]), *row[3:]) for row in rows]

    async def all(self) -> list[UserRecord]:
        """Return the active users, admins first."""
        rows = await self._run(self._select().order_by(User.role, User.name))
        return [UserRecord(*row) for row in rows]

    async def add(
        self, name: str, role: UserRole | None, telegram_id: int | None, phone: str | None, language: str | None
    ) -> UserRole:
        """Add a user, staff unless told else, or change the one with the same Telegram id or phone, of whom what is
        None stays as it was; return the role."""
        values = {"name": name, "role": role, "telegram_id": telegram_id, "phone": phone, "language_code": language}
        given = {column: value for column, value in values.items() if value is not None}
        is_own = self._own(User.hotel_id)
        change = update(User).where(is_own, _is_same(telegram_id, phone)).values(**given, is_active=True)
        changed: UserRole | None = (await self._run(change.returning(User.role))).scalar_one_or_none()
        if changed is None:
            await self._run(insert(User).values(hotel_id=self.hotel_id, **{"role": UserRole.staff, **given}))
        return changed or role or UserRole.staff

    async def dismiss(self, user_id: UUID) -> str | None:
        """Let an active user be none any more, recognised by nothing; return the name, None where there is none."""
        return (
            await self._run(
                update(User)
                .where(self._own(User.hotel_id), User.id == user_id, User.is_active)
                .values(is_active=False, telegram_id=None, phone=None)
                .returning(User.name)
            )
        ).scalar_one_or_none()

    def _select(self) -> AnySelect:
        columns = (User.id, User.name, User.role, User.language_code, User.telegram_id, User.phone)
        return select(*columns).where(self._own(User.hotel_id), User.is_active)


_KNOWN_BY = f"""
    SELECT {", ".join(UserRecord.__slots__)} FROM users
    WHERE hotel_id = $1 AND is_active AND (telegram_id = ANY ($2::bigint[]) OR phone = ANY ($3::text[]))
"""


def _is_same(telegram_id: int | None, phone: str | None) -> ColumnElement[bool]:
    """Whether a row is about this person; by the phone only where no other Telegram id is known."""
    if telegram_id is None:
        return User.phone == phone
    is_known = User.telegram_id == telegram_id
    return is_known if phone is None else is_known | (User.telegram_id.is_(None) & (User.phone == phone))
