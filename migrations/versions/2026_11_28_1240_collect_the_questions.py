"""Collect the questions that the hotel's own facts did not answer, until somebody answers or dismisses them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_questions"
down_revision = "0009_actions"
branch_labels = None
depends_on = None

TABLE = "unanswered_questions"
BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("topic", sa.String(length=500), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{TABLE}_hotel_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f(f"fk_{TABLE}_hotel_id_guest_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "hotel_id", "guest_id", "language", "topic", name=op.f(f"uq_{TABLE}_hotel_id_guest_id_language_topic")
        ),
    )
    op.create_index(f"ix_{TABLE}_hotel_id_asked_at", TABLE, ["hotel_id", "asked_at"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    bound = f"(hotel_id = {BOUND_HOTEL})"
    op.execute(f"CREATE POLICY hotel_isolation ON {TABLE} USING {bound} WITH CHECK {bound}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO bellhop_app")
    op.execute(f"GRANT SELECT ON {TABLE} TO bellhop_dashboard")


def downgrade() -> None:
    op.drop_table(TABLE)
