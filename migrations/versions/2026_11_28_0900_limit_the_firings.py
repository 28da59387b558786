"""Limit the firings: what is late, how soon a rule speaks again, and by which channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_limits"
down_revision = "0005_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("triggers", sa.Column("cooldown", sa.Interval()))
    catch_up = sa.Enum("send", "skip", name="catchup", native_enum=False, create_constraint=True, length=32)
    op.add_column("triggers", sa.Column("catch_up", catch_up, server_default="send", nullable=False))
    channels = sa.ARRAY(sa.Text())
    op.add_column("triggers", sa.Column("channels", channels, server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    for name in ("channels", "catch_up", "cooldown"):
        op.drop_column("triggers", name)
