"""Build the tables, and fill in the catalogue of platforms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_tables"
down_revision = None
branch_labels = None
depends_on = None


PLATFORMS = [
    {
        "id": "telegram",
        "name": "Telegram",
        "type": "messaging",
        "region": "global",
        "capabilities": ["text", "buttons", "media", "location", "contact_request"],
        "required_credentials": ["bot_token"],
    },
    {
        "id": "whatsapp_green",
        "name": "WhatsApp (Green API)",
        "type": "messaging",
        "region": "global",
        "capabilities": ["text", "buttons", "media", "location", "contact"],
        "required_credentials": ["id_instance", "api_token"],
    },
]


def upgrade() -> None:
    op.execute("CREATE SCHEMA dashboard")
    op.create_table(
        "companies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "descriptions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("name", name=op.f("uq_companies_name")),
    )
    op.create_table(
        "platforms",
        sa.Column("id", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "messaging",
                "pms",
                "calendar",
                "analytics",
                name="platformtype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "region",
            sa.Enum(
                "russia",
                "international",
                "global",
                name="platformregion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("capabilities", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("required_credentials", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "configuration", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms")),
    )
    op.create_table(
        "hotels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("default_language", sa.String(length=10), nullable=False),
        sa.Column(
            "settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_hotels_company_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotels")),
        sa.UniqueConstraint("slug", name=op.f("uq_hotels_slug")),
    )
    op.create_index(op.f("ix_hotels_company_id"), "hotels", ["company_id"], unique=False)
    op.create_table(
        "guests",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column(
            "preferences", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("last_interaction", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "merged_into"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_guests_hotel_id_merged_into"),
            ondelete="SET NULL (merged_into)",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_guests_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_guests")),
    )
    op.create_index("ix_guests_hotel_id_last_interaction", "guests", ["hotel_id", "last_interaction"], unique=False)
    op.create_index("ix_guests_hotel_id_merged_into", "guests", ["hotel_id", "merged_into"], unique=False)
    op.create_index("ix_guests_hotel_id_name", "guests", ["hotel_id", sa.literal_column("lower(name)")], unique=False)
    op.create_index("ix_guests_tags", "guests", ["tags"], unique=False, postgresql_using="gin")
    op.create_table(
        "integrations",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("platform_id", sa.String(length=50), nullable=False),
        sa.Column("credentials_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("encryption_key_id", sa.String(length=64), nullable=True),
        sa.Column(
            "settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "connected",
                "error",
                "disconnected",
                name="integrationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("status_message", sa.Text(), nullable=True),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sync_interval_minutes", sa.Integer(), server_default=sa.text("60"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_integrations_hotel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_integrations_platform_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_integrations")),
    )
    op.create_index(op.f("ix_integrations_encryption_key_id"), "integrations", ["encryption_key_id"], unique=False)
    op.create_index(
        "ix_integrations_next_sync_at",
        "integrations",
        ["next_sync_at"],
        unique=False,
        postgresql_where=sa.text("status = 'connected'"),
    )
    op.create_index(op.f("ix_integrations_platform_id"), "integrations", ["platform_id"], unique=False)
    op.create_table(
        "knowledge_items",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent", sa.String(length=100), nullable=False),
        sa.Column(
            "questions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_knowledge_items_hotel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_items")),
        sa.UniqueConstraint("hotel_id", "intent", name=op.f("uq_knowledge_items_hotel_id_intent")),
    )
    op.create_table(
        "triggers",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "trigger_type",
            sa.Enum(
                "time_based",
                "condition_based",
                "event_based",
                name="triggertype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "conditions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("message_template", sa.Text(), nullable=False),
        sa.Column(
            "translations", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "once_per",
            sa.Enum(
                "stay", "guest", "room", "day", name="onceper", native_enum=False, create_constraint=True, length=32
            ),
            server_default="stay",
            nullable=False,
        ),
        sa.Column(
            "purpose",
            sa.Enum(
                "service", "promotional", name="consentpurpose", native_enum=False, create_constraint=True, length=32
            ),
            server_default="service",
            nullable=False,
        ),
        sa.Column("useful_for", sa.Interval(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_triggers_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_triggers")),
        sa.UniqueConstraint("hotel_id", "number", name=op.f("uq_triggers_hotel_id_number")),
    )
    op.create_index("ix_triggers_conditions", "triggers", ["conditions"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_triggers_hotel_id_name",
        "triggers",
        ["hotel_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "users",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "super_admin", "admin", "staff", name="userrole", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("language_code", sa.String(length=10), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_users_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("hotel_id", "phone", name=op.f("uq_users_hotel_id_phone")),
        sa.UniqueConstraint("hotel_id", "telegram_id", name=op.f("uq_users_hotel_id_telegram_id")),
    )
    op.create_index("uq_users_hotel_id_email", "users", ["hotel_id", sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "channel_accounts",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(length=50), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "new",
                "active",
                "limited",
                "disconnected",
                "blocked",
                "disabled",
                name="accountstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="new",
            nullable=False,
        ),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("is_available", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("webhook_key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("messages_sent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("daily_messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "integration_id"],
            ["integrations.hotel_id", "integrations.id"],
            name=op.f("fk_channel_accounts_hotel_id_integration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_channel_accounts_hotel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["platform"], ["platforms.id"], name=op.f("fk_channel_accounts_platform")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_channel_accounts")),
        sa.UniqueConstraint("platform", "address", name=op.f("uq_channel_accounts_platform_address")),
        sa.UniqueConstraint("webhook_key_hash", name=op.f("uq_channel_accounts_webhook_key_hash")),
    )
    op.create_index(
        "ix_channel_accounts_hotel_id_integration_id",
        "channel_accounts",
        ["hotel_id", "integration_id"],
        unique=False,
    )
    op.create_index(op.f("ix_channel_accounts_platform"), "channel_accounts", ["platform"], unique=False)
    op.create_table(
        "consents",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "service", "promotional", name="consentpurpose", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("channel", sa.String(length=50), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "granted", "withdrawn", name="consentstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_consents_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_consents_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_consents")),
    )
    op.create_index(
        "ix_consents_hotel_id_guest_id_purpose_at",
        "consents",
        ["hotel_id", "guest_id", "purpose", "at"],
        unique=False,
    )
    op.create_table(
        "audits",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("correlation_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "user_id"],
            ["users.hotel_id", "users.id"],
            name=op.f("fk_audits_hotel_id_user_id"),
            ondelete="SET NULL (user_id)",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_audits_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_audits")),
        schema="dashboard",
    )
    op.create_index(
        "ix_audits_hotel_id_created_at", "audits", ["hotel_id", "created_at"], unique=False, schema="dashboard"
    )
    op.create_index("ix_audits_hotel_id_user_id", "audits", ["hotel_id", "user_id"], unique=False, schema="dashboard")
    op.create_table(
        "guest_identities",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "phone",
                "telegram",
                "whatsapp",
                "whatsapp_bsuid",
                name="identitykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column(
            "evidence", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_guest_identities_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_guest_identities_hotel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_guest_identities")),
        sa.UniqueConstraint("hotel_id", "kind", "value", name=op.f("uq_guest_identities_hotel_id_kind_value")),
    )
    op.create_index(
        "ix_guest_identities_hotel_id_guest_id", "guest_identities", ["hotel_id", "guest_id"], unique=False
    )
    op.create_table(
        "guest_memories",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("preferred_room", sa.Text(), nullable=True),
        sa.Column("preferred_staff", sa.Text(), nullable=True),
        sa.Column("preferred_time", sa.Text(), nullable=True),
        sa.Column("preferred_service", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("allow_notifications", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "ltm_data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_guest_memories_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "guest_id", name=op.f("pk_guest_memories")),
    )
    op.create_table(
        "stays",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column(
            "booking_status",
            sa.Enum(
                "pending",
                "confirmed",
                "checked_in",
                "checked_out",
                "cancelled",
                "no_show",
                name="bookingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("room_type", sa.String(length=64), nullable=True),
        sa.Column("room_number", sa.String(length=32), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_in", sa.DateTime(timezone=True), nullable=False),
        sa.Column("check_out", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adults", sa.Integer(), nullable=True),
        sa.Column("children", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verification_data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_stays_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_stays_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_stays")),
        sa.UniqueConstraint("hotel_id", "source", "external_id", name=op.f("uq_stays_hotel_id_source_external_id")),
    )
    op.create_index("ix_stays_hotel_id_check_in", "stays", ["hotel_id", "check_in"], unique=False)
    op.create_index("ix_stays_hotel_id_check_out", "stays", ["hotel_id", "check_out"], unique=False)
    op.create_index(
        "ix_stays_hotel_id_external_id", "stays", ["hotel_id", sa.literal_column("lower(external_id)")], unique=False
    )
    op.create_index("ix_stays_hotel_id_guest_id", "stays", ["hotel_id", "guest_id"], unique=False)
    op.create_table(
        "chats",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("is_reachable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hotel_id", "account_id"],
            ["channel_accounts.hotel_id", "channel_accounts.id"],
            name=op.f("fk_chats_hotel_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_chats_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_chats")),
        sa.UniqueConstraint("hotel_id", "account_id", "address", name=op.f("uq_chats_hotel_id_account_id_address")),
    )
    op.create_index(
        "ix_chats_ready_at", "chats", ["ready_at"], unique=False, postgresql_where=sa.text("ready_at IS NOT NULL")
    )
    op.create_table(
        "trigger_firings",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trigger_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("occurrence", sa.String(length=128), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useful_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "scheduled",
                "fired",
                "skipped",
                "postponed",
                "cancelled",
                "expired",
                "failed",
                name="firingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="scheduled",
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_trigger_firings_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "stay_id"],
            ["stays.hotel_id", "stays.id"],
            name=op.f("fk_trigger_firings_hotel_id_stay_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "trigger_id"],
            ["triggers.hotel_id", "triggers.id"],
            name=op.f("fk_trigger_firings_hotel_id_trigger_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_trigger_firings_hotel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_trigger_firings")),
        sa.UniqueConstraint(
            "hotel_id",
            "trigger_id",
            "subject",
            "occurrence",
            name=op.f("uq_trigger_firings_hotel_id_trigger_id_subject_occurrence"),
        ),
    )
    op.create_index(
        "ix_trigger_firings_due",
        "trigger_firings",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('scheduled', 'postponed')"),
    )
    op.create_index("ix_trigger_firings_hotel_id_guest_id", "trigger_firings", ["hotel_id", "guest_id"], unique=False)
    op.create_index("ix_trigger_firings_hotel_id_stay_id", "trigger_firings", ["hotel_id", "stay_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=True),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "paused",
                "closed",
                "escalated",
                name="conversationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="active",
            nullable=False,
        ),
        sa.Column("current_state", sa.String(length=100), server_default="initial", nullable=False),
        sa.Column(
            "context_data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("messages_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("guest_messages_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("final_intent", sa.String(length=100), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("drop_off_stage", sa.String(length=100), nullable=True),
        sa.Column("staff_topic_id", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "chat_id"],
            ["chats.hotel_id", "chats.id"],
            name=op.f("fk_conversations_hotel_id_chat_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_conversations_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_conversations_hotel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_conversations")),
    )
    op.create_index("ix_conversations_hotel_id_chat_id", "conversations", ["hotel_id", "chat_id"], unique=False)
    op.create_index("ix_conversations_hotel_id_guest_id", "conversations", ["hotel_id", "guest_id"], unique=False)
    op.create_index(
        "ix_conversations_hotel_id_last_message_at", "conversations", ["hotel_id", "last_message_at"], unique=False
    )
    op.create_index(
        "uq_conversations_open",
        "conversations",
        ["hotel_id", "chat_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_table(
        "inbox_events",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "done",
                "quarantined",
                name="inboxstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="queued",
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hotel_id", "account_id"],
            ["channel_accounts.hotel_id", "channel_accounts.id"],
            name=op.f("fk_inbox_events_hotel_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "chat_id"],
            ["chats.hotel_id", "chats.id"],
            name=op.f("fk_inbox_events_hotel_id_chat_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_inbox_events_hotel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_inbox_events")),
        sa.UniqueConstraint(
            "hotel_id",
            "account_id",
            "kind",
            "event_id",
            name=op.f("uq_inbox_events_hotel_id_account_id_kind_event_id"),
        ),
    )
    op.create_index("ix_inbox_events_hotel_id_chat_id", "inbox_events", ["hotel_id", "chat_id"], unique=False)
    op.create_index(
        "ix_inbox_events_quarantined",
        "inbox_events",
        ["hotel_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_index(
        "ix_inbox_events_queued",
        "inbox_events",
        ["hotel_id", "chat_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "messages",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=True),
        sa.Column(
            "message_type",
            sa.Enum(
                "incoming",
                "outgoing",
                "system",
                name="messagetype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "guest", "bot", "staff", name="messagerole", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "attachments", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("platform", sa.String(length=50), nullable=False),
        sa.Column("platform_message_id", sa.String(length=255), nullable=True),
        sa.Column("sentiment_score", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column(
            "sentiment_type",
            sa.Enum(
                "positive",
                "negative",
                "neutral",
                "requires_attention",
                name="sentimenttype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("sentiment_words", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("intent", sa.String(length=100), nullable=True),
        sa.Column(
            "entities", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("confidence", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_messages_hotel_id_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_messages_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_messages_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", "created_at", name=op.f("pk_messages")),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(
        "ix_messages_hotel_id_conversation_id_created_at",
        "messages",
        ["hotel_id", "conversation_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_messages_hotel_id_guest_id_created_at", "messages", ["hotel_id", "guest_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_messages_hotel_id_platform_message_id", "messages", ["hotel_id", "platform_message_id"], unique=False
    )
    op.create_table(
        "staff_notifications",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column(
            "notification_type",
            sa.Enum(
                "negative_sentiment",
                "urgent_request",
                "system_alert",
                name="notificationtype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "info", "warning", "critical", name="severity", native_enum=False, create_constraint=True, length=32
            ),
            server_default="warning",
            nullable=False,
        ),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "sent",
                "failed",
                "acknowledged",
                name="notificationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("escalation_level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hotel_id", "acknowledged_by"],
            ["users.hotel_id", "users.id"],
            name=op.f("fk_staff_notifications_hotel_id_acknowledged_by"),
            ondelete="SET NULL (acknowledged_by)",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_staff_notifications_hotel_id_conversation_id"),
            ondelete="SET NULL (conversation_id)",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_staff_notifications_hotel_id_guest_id"),
            ondelete="SET NULL (guest_id)",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_staff_notifications_hotel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_staff_notifications")),
    )
    op.create_index(
        "ix_staff_notifications_hotel_id_acknowledged_by",
        "staff_notifications",
        ["hotel_id", "acknowledged_by"],
        unique=False,
    )
    op.create_index(
        "ix_staff_notifications_hotel_id_conversation_id",
        "staff_notifications",
        ["hotel_id", "conversation_id"],
        unique=False,
    )
    op.create_index(
        "ix_staff_notifications_hotel_id_guest_id", "staff_notifications", ["hotel_id", "guest_id"], unique=False
    )
    op.create_index(
        "ix_staff_notifications_open",
        "staff_notifications",
        ["hotel_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'sent', 'failed')"),
    )
    op.create_table(
        "outbox",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("notification_id", sa.Uuid(), nullable=True),
        sa.Column("firing_id", sa.Uuid(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "reply",
                "trigger",
                "notification",
                name="outboxpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "delivered",
                "read",
                "failed",
                "expired",
                "in_doubt",
                name="outboxstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="queued",
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_message_id", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("doubt_reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hotel_id", "account_id"],
            ["channel_accounts.hotel_id", "channel_accounts.id"],
            name=op.f("fk_outbox_hotel_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "chat_id"],
            ["chats.hotel_id", "chats.id"],
            name=op.f("fk_outbox_hotel_id_chat_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_outbox_hotel_id_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "firing_id"],
            ["trigger_firings.hotel_id", "trigger_firings.id"],
            name=op.f("fk_outbox_hotel_id_firing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "notification_id"],
            ["staff_notifications.hotel_id", "staff_notifications.id"],
            name=op.f("fk_outbox_hotel_id_notification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_outbox_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["not_before"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index("ix_outbox_hotel_id_chat_id", "outbox", ["hotel_id", "chat_id"], unique=False)
    op.create_index("ix_outbox_hotel_id_conversation_id", "outbox", ["hotel_id", "conversation_id"], unique=False)
    op.create_index("ix_outbox_hotel_id_firing_id", "outbox", ["hotel_id", "firing_id"], unique=False)
    op.create_index("ix_outbox_hotel_id_notification_id", "outbox", ["hotel_id", "notification_id"], unique=False)
    op.create_index(
        "ix_outbox_open_doubts",
        "outbox",
        ["hotel_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'in_doubt' AND doubt_reported_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_provider_message_id", "outbox", ["hotel_id", "account_id", "provider_message_id"], unique=False
    )
    op.create_index(
        "ix_outbox_sending", "outbox", ["leased_until"], unique=False, postgresql_where=sa.text("state = 'sending'")
    )
    op.create_index(
        "ix_outbox_unfinished",
        "outbox",
        ["hotel_id", "chat_id", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    # Rows of a month that nobody made a partition for are kept here rather than refused.
    op.execute("CREATE TABLE messages_default PARTITION OF messages DEFAULT")
    op.bulk_insert(
        sa.table(
            "platforms",
            sa.column("id", sa.String),
            sa.column("name", sa.String),
            sa.column("type", sa.String),
            sa.column("region", sa.String),
            sa.column("capabilities", sa.ARRAY(sa.Text)),
            sa.column("required_credentials", sa.ARRAY(sa.Text)),
        ),
        PLATFORMS,
    )


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("staff_notifications")
    op.drop_table("messages")
    op.drop_table("inbox_events")
    op.drop_table("conversations")
    op.drop_table("trigger_firings")
    op.drop_table("chats")
    op.drop_table("stays")
    op.drop_table("guest_memories")
    op.drop_table("guest_identities")
    op.drop_table("audits", schema="dashboard")
    op.drop_table("consents")
    op.drop_table("channel_accounts")
    op.drop_table("users")
    op.drop_table("triggers")
    op.drop_table("knowledge_items")
    op.drop_table("integrations")
    op.drop_table("guests")
    op.drop_table("hotels")
    op.drop_table("platforms")
    op.drop_table("companies")
    op.execute("DROP SCHEMA dashboard")
