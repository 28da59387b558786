"""Count how often the remote model is asked, a hotel and day, so that no restart and no second process forgets it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_model_usage"
down_revision = "0012_corrections"
branch_labels = None
depends_on = None

TABLE = "model_usage"
BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{TABLE}_hotel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("hotel_id", "day", name=op.f(f"uq_{TABLE}_hotel_id_day")),
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    bound = f"(hotel_id = {BOUND_HOTEL})"
    op.execute(f"CREATE POLICY hotel_isolation ON {TABLE} USING {bound} WITH CHECK {bound}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO bellhop_app")
    op.execute(f"GRANT SELECT ON {TABLE} TO bellhop_dashboard")


def downgrade() -> None:
    op.drop_table(TABLE)
