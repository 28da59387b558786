"""Shorten the queue: a claim finds each account's next messages, and what it has on its way, without the backlog."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_queue"
down_revision = "0004_way_out"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["hotel_id", "account_id", sa.text("(purpose = 'trigger')"), "id"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["hotel_id", "account_id"],
        postgresql_where=sa.text("lease_token IS NOT NULL AND state IN ('queued', 'sending')"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_leased", "outbox")
    op.drop_index("ix_outbox_waiting", "outbox")
