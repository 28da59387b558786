"""Who may call the hotel's API, and what was asked already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant


class ApiKey(Base, Tenant):
    """A key of the hotel's other systems, known only by its SHA-256."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("hotel_id", "key_hash"),)

    name: Mapped[str] = mapped_column(String(64))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    revoked_at: Mapped[datetime | None]


class ApiRequest(Base, Tenant):
    """A request that named an idempotency key, kept for some days: asked again, it is answered and not done."""

    __tablename__ = "api_requests"
    __table_args__ = (
        UniqueConstraint("hotel_id", "idempotency_key"),
        Index("ix_api_requests_hotel_id_created_at", "hotel_id", "created_at"),
    )

    idempotency_key: Mapped[str] = mapped_column(String(255))
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    correlation_id: Mapped[str] = mapped_column(String(64))
    planned: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
