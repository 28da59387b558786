"""Who owns the house: companies, hotels and the people who work there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant, Timestamps, enum_type, new_id
from models.enums import UserRole


class Company(Base, Timestamps):
    """A hotel group."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    descriptions: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class Hotel(Base, Timestamps):
    """A tenant. `settings` is checked by `bot.hotel_settings`."""

    __tablename__ = "hotels"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(63), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    default_language: Mapped[str] = mapped_column(String(10))
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class User(Base, Tenant, Timestamps):
    """Someone who works for the hotel. Telegram id or phone is how a channel's sender is recognised."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("hotel_id", "telegram_id"),
        UniqueConstraint("hotel_id", "phone"),
        Index("uq_users_hotel_id_email", "hotel_id", text("lower(email)"), unique=True),
    )

    name: Mapped[str] = mapped_column(String(255))
    role: Mapped[UserRole] = mapped_column(enum_type(UserRole))
    email: Mapped[str | None] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(32))
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    language_code: Mapped[str | None] = mapped_column(String(10))
    timezone: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
