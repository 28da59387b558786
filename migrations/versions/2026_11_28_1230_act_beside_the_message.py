"""Act beside the message: what a trigger does with it, what was done, and what the hotel's people are asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009_actions"
down_revision = "0008_history"
branch_labels = None
depends_on = None

BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"
TABLE = "service_requests"
KINDS = ("request", "offer", "flow")
DEPARTMENTS = ("reception", "housekeeping", "maintenance", "restaurant")
# What a request refers to, and what becomes of it when that is erased.
REFERENCES = {
    "guest_id": ("guests", "CASCADE"),
    "stay_id": ("stays", "SET NULL (stay_id)"),
    "firing_id": ("trigger_firings", "SET NULL (firing_id)"),
}


def upgrade() -> None:
    op.add_column("triggers", _list("actions"))
    op.add_column("trigger_firings", _list("done"))
    _add_table()
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    bound = f"(hotel_id = {BOUND_HOTEL})"
    op.execute(f"CREATE POLICY hotel_isolation ON {TABLE} USING {bound} WITH CHECK {bound}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO bellhop_app")
    op.execute(f"GRANT SELECT ON {TABLE} TO bellhop_dashboard")


def _list(name: str) -> sa.Column[list[object]]:
    return sa.Column(name, JSONB(), server_default=sa.text("'[]'"), nullable=False)


def _add_table() -> None:
    op.create_table(
        TABLE,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid()),
        sa.Column("firing_id", sa.Uuid()),
        sa.Column("kind", _words(KINDS, "requestkind"), nullable=False),
        sa.Column("department", _words(DEPARTMENTS, "department"), server_default="reception", nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{TABLE}_hotel_id"), ondelete="CASCADE"),
        *(
            sa.ForeignKeyConstraint(
                ["hotel_id", column],
                [f"{target}.hotel_id", f"{target}.id"],
                name=op.f(f"fk_{TABLE}_hotel_id_{column}"),
                ondelete=action,
            )
            for column, (target, action) in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    for column in REFERENCES:
        op.create_index(f"ix_{TABLE}_hotel_id_{column}", TABLE, ["hotel_id", column])


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("trigger_firings", "done")
    op.drop_column("triggers", "actions")
