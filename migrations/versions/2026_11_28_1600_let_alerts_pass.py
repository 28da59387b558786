"""Let alerts pass: a chat's messages leave by priority, and in order within each; conversations have one only.

What a group got counts for every process that writes to it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_priority"
down_revision = "0010_questions"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('queued', 'sending')")
QUEUED = sa.text("state = 'queued'")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("priority", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.create_check_constraint(op.f("ck_outbox_priority"), "outbox", "priority BETWEEN 0 AND 2")
    op.create_check_constraint(
        op.f("ck_outbox_conversation_in_order"), "outbox", "priority = 1 OR conversation_id IS NULL"
    )
    op.drop_index("ix_outbox_unfinished", "outbox")
    lanes = ["hotel_id", "chat_id", "priority", "id"]
    op.create_index("ix_outbox_unfinished", "outbox", lanes, postgresql_where=UNFINISHED)
    op.drop_index("ix_outbox_waiting", "outbox")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["hotel_id", "account_id", sa.text("(priority > 0)"), sa.text("(purpose = 'trigger')"), "id"],
        postgresql_where=QUEUED,
    )
    op.execute("GRANT SELECT (priority) ON outbox TO bellhop_runtime")
    op.add_column("chats", sa.Column("paced_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("chats", "paced_until")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_index("ix_outbox_unfinished", "outbox")
    op.drop_column("outbox", "priority")
    op.create_index("ix_outbox_unfinished", "outbox", ["hotel_id", "chat_id", "id"], postgresql_where=UNFINISHED)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["hotel_id", "account_id", sa.text("(purpose = 'trigger')"), "id"],
        postgresql_where=QUEUED,
    )
