"""Keep the past: what stays and guests were before each change, written by triggers that nobody can forget.

A row trigger with a WHEN costs an update nothing where no watched column differs, as when a guest only writes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_history"
down_revision = "0007_api"
branch_labels = None
depends_on = None

BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"

# What a trigger may ask of the past, by the table that it is watched in.
WATCHED = {
    "stay": (
        "guest_id",
        "external_id",
        "source",
        "booking_status",
        "room_type",
        "room_number",
        "booked_at",
        "check_in",
        "check_out",
        "checked_in_at",
        "checked_out_at",
        "adults",
        "children",
        "amount",
        "currency",
    ),
    "guest": ("language", "preferences", "tags"),
}

KEEP_CHANGE = """
CREATE FUNCTION keep_{one}_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.{one}_changes (hotel_id, {one}_id, actor, old, new)
    SELECT NEW.hotel_id, NEW.id, nullif(current_setting('app.actor', true), ''),
           jsonb_object_agg(before.key, before.value), jsonb_object_agg(before.key, latest.value)
    FROM jsonb_each(to_jsonb(OLD)) AS before
    JOIN jsonb_each(to_jsonb(NEW)) AS latest ON latest.key = before.key
    WHERE before.key = ANY (TG_ARGV) AND latest.value IS DISTINCT FROM before.value;
    RETURN NULL;
END $$
"""
WATCH = """
CREATE TRIGGER keep_change AFTER UPDATE ON {one}s FOR EACH ROW
WHEN (({old}) IS DISTINCT FROM ({new}))
EXECUTE FUNCTION keep_{one}_change({names})
"""


def upgrade() -> None:
    for one, names in WATCHED.items():
        # Of rows that are older than this the past begins now.
        since = sa.Column("known_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
        op.add_column(f"{one}s", since)
        _add_table(one)
        op.execute(KEEP_CHANGE.format(one=one))
        op.execute(f"REVOKE ALL ON FUNCTION keep_{one}_change() FROM PUBLIC")
        old, new = (", ".join(f"{side}.{name}" for name in names) for side in ("OLD", "NEW"))
        op.execute(WATCH.format(one=one, old=old, new=new, names=", ".join(f"'{name}'" for name in names)))


def _add_table(one: str) -> None:
    table = f"{one}_changes"
    op.create_table(
        table,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.String(length=64)),
        sa.Column("old", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("new", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column(f"{one}_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{table}_hotel_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["hotel_id", f"{one}_id"],
            [f"{one}s.hotel_id", f"{one}s.id"],
            name=op.f(f"fk_{table}_hotel_id_{one}_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
    )
    for column in (f"{one}_id", "at"):
        op.create_index(f"ix_{table}_hotel_id_{column}", table, ["hotel_id", column])
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    bound = f"(hotel_id = {BOUND_HOTEL})"
    op.execute(f"CREATE POLICY hotel_isolation ON {table} USING {bound} WITH CHECK {bound}")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO bellhop_app")
    op.execute(f"GRANT SELECT ON {table} TO bellhop_dashboard")


def downgrade() -> None:
    for one in WATCHED:
        op.execute(f"DROP TRIGGER keep_change ON {one}s")
        op.execute(f"DROP FUNCTION keep_{one}_change()")
        op.drop_table(f"{one}_changes")
        op.drop_column(f"{one}s", "known_since")
