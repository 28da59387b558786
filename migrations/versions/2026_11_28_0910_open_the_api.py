"""Open the API: keys of the hotels' other systems, and what these asked already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_api"
down_revision = "0006_limits"
branch_labels = None
depends_on = None

APP_GRANTS = {"api_keys": "SELECT, INSERT, UPDATE", "api_requests": "SELECT, INSERT, UPDATE, DELETE"}
BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        *_tenant("api_keys"),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("hotel_id", "key_hash", name=op.f("uq_api_keys_hotel_id_key_hash")),
    )
    op.create_table(
        "api_requests",
        *_tenant("api_requests"),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("planned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("hotel_id", "idempotency_key", name=op.f("uq_api_requests_hotel_id_idempotency_key")),
    )
    op.create_index("ix_api_requests_hotel_id_created_at", "api_requests", ["hotel_id", "created_at"])
    for table, rights in APP_GRANTS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        bound = f"(hotel_id = {BOUND_HOTEL})"
        op.execute(f"CREATE POLICY hotel_isolation ON {table} USING {bound} WITH CHECK {bound}")
        op.execute(f"GRANT {rights} ON {table} TO bellhop_app")
    op.execute("GRANT SELECT (hotel_id, id, name, created_at, revoked_at) ON api_keys TO bellhop_dashboard")


def _tenant(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{table}_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.drop_table("api_requests")
    op.drop_table("api_keys")
