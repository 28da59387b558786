"""Let staff put right how a guest's message was judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_corrections"
down_revision = "0011_priority"
branch_labels = None
depends_on = None

TABLE = "message_corrections"
BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"
MOODS = "'positive', 'negative', 'neutral', 'requires_attention'"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("sentiment_type", sa.String(length=32), nullable=True),
        sa.Column("intent", sa.String(length=100), nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"sentiment_type IN ({MOODS})", name=op.f(f"ck_{TABLE}_sentimenttype")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{TABLE}_hotel_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["hotel_id", "corrected_by"],
            ["users.hotel_id", "users.id"],
            name=op.f(f"fk_{TABLE}_hotel_id_corrected_by"),
            ondelete="SET NULL (corrected_by)",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("hotel_id", "message_id", name=op.f(f"uq_{TABLE}_hotel_id_message_id")),
    )
    op.create_index(f"ix_{TABLE}_hotel_id_corrected_by", TABLE, ["hotel_id", "corrected_by"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    bound = f"(hotel_id = {BOUND_HOTEL})"
    op.execute(f"CREATE POLICY hotel_isolation ON {TABLE} USING {bound} WITH CHECK {bound}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO bellhop_app")
    op.execute(f"GRANT SELECT ON {TABLE} TO bellhop_dashboard")


def downgrade() -> None:
    op.drop_table(TABLE)
