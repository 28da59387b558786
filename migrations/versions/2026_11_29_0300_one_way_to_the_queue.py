"""Leave the claim of the outbox one index to go by: what others ask for says so in a way that its question doesn't.

A queue is nearly empty whenever the planner counts it, so that all its indexes seem equally good, and one that lacks
the account made each claim read the whole queue and what vacuum had not swept up yet, once an account.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_one_way"
down_revision = "0013_model_usage"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_outbox_due": (["not_before"], "state = 'queued'", "not_before > '-infinity'"),
    "ix_outbox_unfinished": (
        ["hotel_id", "chat_id", "priority", "id"],
        "state IN ('queued', 'sending')",
        "priority >= 0",
    ),
}


def upgrade() -> None:
    for name, (columns, which, mark) in INDEXES.items():
        op.drop_index(name, "outbox")
        op.create_index(name, "outbox", columns, postgresql_where=sa.text(f"{which} AND {mark}"))


def downgrade() -> None:
    for name, (columns, which, _) in INDEXES.items():
        op.drop_index(name, "outbox")
        op.create_index(name, "outbox", columns, postgresql_where=sa.text(which))
