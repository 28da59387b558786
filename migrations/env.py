"""How a migration enters a house where people live: one at a time, and never waiting long for a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

import models

# Only one process migrates at a time; the number means nothing beyond being ours.
ADVISORY_LOCK = 7_230_411


def run(connection: Connection) -> None:
    """Run the migrations on the given connection, each in its own transaction."""
    # Whoever comes second waits until the first one is done, however long; only then locks are not waited for.
    connection.execute(text("SET lock_timeout = 0"))
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text("SET lock_timeout = '2s'"))
    connection.commit()
    try:
        context.configure(
            connection=connection,
            target_metadata=models.Base.metadata,
            transaction_per_migration=True,
            include_schemas=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()


run(context.config.attributes["connection"])
