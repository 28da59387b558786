"""How a hotel is reached: platforms, integrations with their credentials, accounts and chats."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant, Timestamps, enum_type, tenant_key
from models.enums import AccountStatus, IntegrationStatus, PlatformRegion, PlatformType


class PlatformEntry(Base):
    """A line of the catalogue of what Bellhop can be connected to; the same for every hotel."""

    __tablename__ = "platforms"

    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[PlatformType] = mapped_column(enum_type(PlatformType))
    region: Mapped[PlatformRegion] = mapped_column(enum_type(PlatformRegion))
    capabilities: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    required_credentials: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    configuration: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class Integration(Base, Tenant, Timestamps):
    """A hotel's connection to a platform; the credentials are sealed by `bot.security.encryption`."""

    __tablename__ = "integrations"
    __table_args__ = (
        Index("ix_integrations_next_sync_at", "next_sync_at", postgresql_where=text("status = 'connected'")),
    )

    platform_id: Mapped[str] = mapped_column(ForeignKey("platforms.id"), index=True)
    credentials_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    encryption_key_id: Mapped[str | None] = mapped_column(String(64), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    status: Mapped[IntegrationStatus] = mapped_column(enum_type(IntegrationStatus), server_default="pending")
    status_message: Mapped[str | None]
    last_sync_at: Mapped[datetime | None]
    next_sync_at: Mapped[datetime | None]
    sync_interval_minutes: Mapped[int] = mapped_column(server_default=text("60"))


class ChannelAccount(Base, Tenant, Timestamps):
    """One bot or number of a hotel.

    `address` is unique over all hotels: a bot answers for one house, and two owners of one token would take
    each other's guests. `webhook_key_hash` is the SHA-256 of the opaque part of the webhook's path. Until
    `rests_until`, by the database's clock, nothing is sent, since the provider asked for quiet.
    """

    __tablename__ = "channel_accounts"
    __table_args__ = (
        tenant_key("integration_id", "integrations"),
        Index("ix_channel_accounts_hotel_id_integration_id", "hotel_id", "integration_id"),
        UniqueConstraint("platform", "address"),
    )

    integration_id: Mapped[UUID]
    platform: Mapped[str] = mapped_column(ForeignKey("platforms.id"), index=True)
    address: Mapped[str] = mapped_column(String(255))
    status: Mapped[AccountStatus] = mapped_column(enum_type(AccountStatus), server_default="new")
    status_reason: Mapped[str | None]
    is_available: Mapped[bool] = mapped_column(server_default=text("true"))
    webhook_key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    messages_sent: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    daily_messages: Mapped[int] = mapped_column(server_default=text("0"))
    daily_limit: Mapped[int | None]
    last_used_at: Mapped[datetime | None]
    last_inbound_at: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]


class Chat(Base, Tenant):
    """One chat of an account, and the lane of its events: what arrives there is handled in order.

    `ready_at` says since when something waits (none: nothing does). A worker that holds the lane has its
    `claim_token` here until `leased_until`, by the database's clock; only the holder's save succeeds.
    `paced_until` is when all that a group got would have gone out at its gap, by that clock.
    """

    __tablename__ = "chats"
    __table_args__ = (
        tenant_key("account_id", "channel_accounts"),
        UniqueConstraint("hotel_id", "account_id", "address"),
        Index("ix_chats_ready_at", "ready_at", postgresql_where=text("ready_at IS NOT NULL")),
    )

    account_id: Mapped[UUID]
    address: Mapped[str] = mapped_column(String(255))
    is_reachable: Mapped[bool] = mapped_column(server_default=text("true"))
    ready_at: Mapped[datetime | None]
    claim_token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    paced_until: Mapped[datetime | None]
