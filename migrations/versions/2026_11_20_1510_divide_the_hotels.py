"""Divide the hotels: roles, grants and row level security.

Every table of a tenant is isolated by the hotel bound to the transaction. An unset setting is NULL on a new
connection and '' after a transaction that set it, hence the nullif; both mean no rows.
"""

from __future__ import annotations

from alembic import op

revision = "0002_isolation"
down_revision = "0001_tables"
branch_labels = None
depends_on = None

BOUND_HOTEL = "nullif(current_setting('app.hotel_id', true), '')::uuid"

ROLES = ("bellhop_app", "bellhop_runtime", "bellhop_dashboard")

# What the application may do with each table of a hotel. Ledgers are only added to; TRUNCATE, which row level
# security does not govern, is granted nowhere.
APP_GRANTS = {
    "users": "SELECT, INSERT, UPDATE, DELETE",
    "integrations": "SELECT, INSERT, UPDATE, DELETE",
    "channel_accounts": "SELECT, INSERT, UPDATE, DELETE",
    "chats": "SELECT, INSERT, UPDATE",
    "guests": "SELECT, INSERT, UPDATE, DELETE",
    "guest_identities": "SELECT, INSERT, UPDATE, DELETE",
    "guest_memories": "SELECT, INSERT, UPDATE, DELETE",
    "consents": "SELECT, INSERT",
    "stays": "SELECT, INSERT, UPDATE, DELETE",
    "conversations": "SELECT, INSERT, UPDATE",
    "messages": "SELECT, INSERT, UPDATE",
    "inbox_events": "SELECT, INSERT, UPDATE",
    "outbox": "SELECT, INSERT, UPDATE",
    "triggers": "SELECT, INSERT, UPDATE",
    "trigger_firings": "SELECT, INSERT, UPDATE",
    "staff_notifications": "SELECT, INSERT, UPDATE",
    "knowledge_items": "SELECT, INSERT, UPDATE, DELETE",
    "dashboard.audits": "SELECT, INSERT",
}

# What the runtime role sees of all hotels: ids, states and times of the queues, never a word of content.
RUNTIME_COLUMNS = {
    "hotels": "id, slug, is_active",
    "channel_accounts": "hotel_id, id, platform, status, webhook_key_hash",
    "integrations": "hotel_id, id, encryption_key_id",
    "chats": "hotel_id, id, ready_at, claim_token, leased_until",
    "inbox_events": "hotel_id, id, received_at, state",
    "outbox": "hotel_id, id, account_id, chat_id, state, not_before, lease_token, leased_until, doubt_reported_at",
    "trigger_firings": "hotel_id, id, due_at, status",
}
RUNTIME_LEASES = {"chats": "claim_token, leased_until", "outbox": "lease_token, leased_until"}

# The dashboard reads everything of its hotel except sealed credentials, password hashes and raw payloads.
DASHBOARD_HIDDEN = {"integrations", "users", "inbox_events", "outbox"}
DASHBOARD_COLUMNS = {
    "integrations": "hotel_id, id, platform_id, settings, status, status_message, last_sync_at, next_sync_at",
    "users": "hotel_id, id, name, role, email, phone, language_code, timezone, is_active, created_at",
}


def upgrade() -> None:
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT;"
            " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    op.execute(_on_this_database("REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC"))
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}")
    op.execute("GRANT USAGE ON SCHEMA dashboard TO bellhop_app, bellhop_dashboard")

    for table, privileges in APP_GRANTS.items():
        _isolate(table, "hotel_id")
        op.execute(f"GRANT {privileges} ON {table} TO bellhop_app")
    # A partition answers by its own policies when it is named, and the default one is granted to nobody.
    _isolate("messages_default", "hotel_id")
    _isolate("hotels", "id")
    op.execute("GRANT SELECT, INSERT, UPDATE ON hotels TO bellhop_app")
    op.execute("GRANT SELECT ON platforms TO bellhop_app, bellhop_dashboard")
    _open_the_companies()

    for table, columns in RUNTIME_COLUMNS.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO bellhop_runtime")
        op.execute(f"CREATE POLICY queue_heads ON {table} FOR SELECT TO bellhop_runtime USING (true)")
    for table, columns in RUNTIME_LEASES.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO bellhop_runtime")
        op.execute(f"CREATE POLICY leases ON {table} FOR UPDATE TO bellhop_runtime USING (true)")

    for table in (*APP_GRANTS, "hotels", "companies"):
        if table in DASHBOARD_COLUMNS:
            op.execute(f"GRANT SELECT ({DASHBOARD_COLUMNS[table]}) ON {table} TO bellhop_dashboard")
        elif table not in DASHBOARD_HIDDEN:
            op.execute(f"GRANT SELECT ON {table} TO bellhop_dashboard")
    op.execute("GRANT INSERT ON dashboard.audits TO bellhop_dashboard")


def _isolate(table: str, key: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY hotel_isolation ON {table} USING ({key} = {BOUND_HOTEL}) WITH CHECK ({key} = {BOUND_HOTEL})"
    )


def _open_the_companies() -> None:
    """A hotel sees the group that it belongs to, and no other; new groups may be named by the operator."""
    op.execute("ALTER TABLE companies ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE companies FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_company ON companies FOR SELECT"
        " USING (EXISTS (SELECT FROM hotels WHERE hotels.company_id = companies.id))"
    )
    op.execute("CREATE POLICY new_company ON companies FOR INSERT TO bellhop_app WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT ON companies TO bellhop_app")


def downgrade() -> None:
    for table in (*APP_GRANTS, "messages_default", "hotels", "companies"):
        for policy in ("hotel_isolation", "own_company", "new_company", "queue_heads", "leases"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    op.execute(_on_this_database("GRANT TEMPORARY ON DATABASE %I TO PUBLIC"))
    for role in ROLES:
        _forget(role)


def _on_this_database(statement: str) -> str:
    return f"DO $$ BEGIN EXECUTE format('{statement}', current_database()); END $$"


def _forget(role: str) -> None:
    """Take the role's rights in this database; the role itself stays where another database still uses it."""
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public, dashboard FROM {role}")
    op.execute(f"REVOKE ALL ON SCHEMA public, dashboard FROM {role}")
    op.execute(
        f"DO $$ BEGIN DROP ROLE {role};"
        " EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege OR object_in_use THEN NULL; END $$"
    )
