"""What the database may contain, written down from the specification and not from the migrations."""

from __future__ import annotations

from tests.bot.storage.catalogue import Grant

APP, RUNTIME, DASHBOARD = "bellhop_app", "bellhop_runtime", "bellhop_dashboard"

# The policy that divides the hotels. An unset setting is NULL at first and '' later; both mean no rows.
BOUND = "(NULLIF(current_setting('app.hotel_id'::text, true), ''::text))::uuid"

NO_TENANT = {
    "public.hotels": "is the tenant: its id is the key that the policy compares",
    "public.companies": "a group stands above its hotels; a hotel sees its own only",
    "public.platforms": "the catalogue of what can be connected, the same for everybody",
    "public.alembic_version": "one word about the schema",
}
NO_POLICY = {
    "public.platforms": "holds nothing of a hotel and is only read",
    "public.alembic_version": "nobody but the owner may look at it",
}
# Existence oracles: who inserts a taken value learns that it is taken, and nothing else.
UNIQUE_WITHOUT_TENANT = {
    "public.pk_hotels": "is the tenant",
    "public.pk_companies": "random, or derived from the group's name",
    "public.pk_platforms": "the catalogue",
    "public.alembic_version_pkc": "the schema's revision",
    "public.uq_companies_name": "two groups of one name could not be told apart; the operator names them",
    "public.uq_hotels_slug": "the operator's name for a hotel, and part of addresses",
    "public.uq_channel_accounts_platform_address": "a bot answers for one house: two would share guests",
    "public.uq_channel_accounts_webhook_key_hash": "finds the hotel of an incoming call; a hash of 32 random bytes",
}
# Further policies beside the one that divides the hotels: table, name → roles, command, expression.
QUEUES = ("hotels", "channel_accounts", "integrations", "chats", "inbox_events", "outbox", "trigger_firings")
EXTRA_POLICIES = {
    **{(f"public.{table}", "queue_heads"): (RUNTIME, "SELECT", "true") for table in QUEUES},
    ("public.chats", "leases"): (RUNTIME, "UPDATE", "true"),
    ("public.outbox", "leases"): (RUNTIME, "UPDATE", "true"),
    ("public.companies", "own_company"): (
        "public",
        "SELECT",
        "(EXISTS ( SELECT\n   FROM public.hotels\n  WHERE (hotels.company_id = companies.id)))",
    ),
    ("public.companies", "new_company"): (APP, "INSERT", "true"),
}
DEFINER_FUNCTIONS = {
    "public.ensure_message_partitions(date,date)": "the process makes next month's partition without being the owner",
    "public.drop_oldest_month(integer)": "what is old leaves by retention, and by nobody's DELETE",
    "public.forget_old(uuid,integer,integer)": "the same in a hotel's queues",
}
FUNCTIONS = {
    **DEFINER_FUNCTIONS,
    "public.isolate_partition(text)": "a step of the first",
    "public.first_day_kept(integer)": "a step of the others",
    "public.keep_stay_change()": "a trigger's: writes down what a stay was",
    "public.keep_guest_change()": "a trigger's: writes down what a guest was",
}

_CHANGED = "SELECT INSERT UPDATE"
_ERASED = f"{_CHANGED} DELETE"
_ADDED_TO = "SELECT INSERT"
_APP_TABLES = {
    "public.platforms": "SELECT",
    "public.companies": _ADDED_TO,
    # Ledgers are never rewritten.
    "public.consents": _ADDED_TO,
    "dashboard.audits": _ADDED_TO,
    "public.stay_changes": _ADDED_TO,
    "public.guest_changes": _ADDED_TO,
    # What was said, queued, planned or raised only changes its state; it leaves by retention, as the owner.
    "public.hotels": _CHANGED,
    "public.chats": _CHANGED,
    "public.conversations": _CHANGED,
    "public.messages": _CHANGED,
    "public.inbox_events": _CHANGED,
    "public.outbox": _CHANGED,
    "public.triggers": _CHANGED,
    "public.trigger_firings": _CHANGED,
    "public.staff_notifications": _CHANGED,
    "public.service_requests": _CHANGED,
    "public.message_corrections": _CHANGED,
    "public.api_keys": _CHANGED,
    "public.model_usage": _CHANGED,
    # What a person or a hotel may have forgotten.
    "public.users": _ERASED,
    "public.integrations": _ERASED,
    "public.channel_accounts": _ERASED,
    "public.guests": _ERASED,
    "public.guest_identities": _ERASED,
    "public.guest_memories": _ERASED,
    "public.stays": _ERASED,
    "public.knowledge_items": _ERASED,
    "public.unanswered_questions": _ERASED,
    # Known again for some days only.
    "public.api_requests": _ERASED,
}
# Ids, states and times, and the slug by which the operator names a hotel.
RUNTIME_READS = {
    "public.hotels": "id slug is_active",
    "public.channel_accounts": "hotel_id id platform status webhook_key_hash rests_until",
    "public.integrations": "hotel_id id encryption_key_id",
    "public.chats": "hotel_id id ready_at claim_token leased_until",
    "public.inbox_events": "hotel_id id received_at state",
    "public.outbox": (
        "hotel_id id account_id chat_id purpose priority state not_before lease_token leased_until doubt_reported_at"
    ),
    "public.trigger_firings": "hotel_id id due_at status",
}
RUNTIME_LEASES = {
    "public.chats": "claim_token leased_until",
    "public.outbox": "lease_token leased_until",
}
_DASHBOARD_HIDDEN = {
    "public.integrations",
    "public.users",
    "public.inbox_events",
    "public.outbox",
    "public.api_keys",
    "public.api_requests",
}
_DASHBOARD_READS = sorted(_APP_TABLES.keys() - _DASHBOARD_HIDDEN)
_DASHBOARD_COLUMNS = {
    "public.api_keys": "hotel_id id name created_at revoked_at",
    "public.integrations": "hotel_id id platform_id settings status status_message last_sync_at next_sync_at",
    "public.users": "hotel_id id name role email phone language_code timezone is_active created_at",
}


def expected_grants() -> frozenset[Grant]:
    """Return every privilege that somebody other than an owner has. Everybody may connect, and then do nothing."""
    grants = {Grant("PUBLIC", "database", "", "", "CONNECT")}
    grants |= {Grant(role, "schema", "public", "", "USAGE") for role in (APP, RUNTIME, DASHBOARD)}
    grants |= {Grant(role, "schema", "dashboard", "", "USAGE") for role in (APP, DASHBOARD)}
    grants |= {Grant(APP, "table", table, "", word) for table, words in _APP_TABLES.items() for word in words.split()}
    grants |= _by_column(RUNTIME, RUNTIME_READS, "SELECT") | _by_column(RUNTIME, RUNTIME_LEASES, "UPDATE")
    grants |= {Grant(DASHBOARD, "table", table, "", "SELECT") for table in _DASHBOARD_READS}
    grants |= _by_column(DASHBOARD, _DASHBOARD_COLUMNS, "SELECT")
    grants.add(Grant(DASHBOARD, "table", "dashboard.audits", "", "INSERT"))
    grants |= {Grant(RUNTIME, "function", signature, "", "EXECUTE") for signature in DEFINER_FUNCTIONS}
    return frozenset(grants)


def _by_column(role: str, columns: dict[str, str], privilege: str) -> set[Grant]:
    return {
        Grant(role, "table", table, column, privilege) for table, names in columns.items() for column in names.split()
    }
