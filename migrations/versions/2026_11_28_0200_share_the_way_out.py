"""Share the way out: an account's rest is known to every process, and claims tell people's messages from triggers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_way_out"
down_revision = "0003_months"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_accounts", sa.Column("rests_until", sa.DateTime(timezone=True)))
    op.execute("GRANT SELECT (rests_until) ON channel_accounts TO bellhop_runtime")
    op.execute("GRANT SELECT (purpose) ON outbox TO bellhop_runtime")


def downgrade() -> None:
    op.execute("REVOKE SELECT (purpose) ON outbox FROM bellhop_runtime")
    op.drop_column("channel_accounts", "rests_until")
