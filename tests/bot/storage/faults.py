"""Faults to plant in a migrated database, each with a part of what the checks must say then."""

from __future__ import annotations

_LOOSE_KEY = (
    "CREATE UNIQUE INDEX u ON public.guests (id);"
    "ALTER TABLE public.stays ADD CONSTRAINT loose FOREIGN KEY (guest_id) REFERENCES public.guests (id)"
)
_LATE_KEY = (
    "ALTER TABLE public.stays ADD CONSTRAINT late"
    " FOREIGN KEY (hotel_id, guest_id) REFERENCES public.guests (hotel_id, id) NOT VALID"
)
FAULTS = {
    "CREATE TABLE public.notes (hotel_id uuid PRIMARY KEY)": "public.notes has no row level security",
    "ALTER TABLE public.guests DISABLE ROW LEVEL SECURITY": "public.guests has no row level security",
    "ALTER TABLE public.stays NO FORCE ROW LEVEL SECURITY": "public.stays does not bind its owner",
    "ALTER TABLE public.messages_2026_11 NO FORCE ROW LEVEL SECURITY": "public.messages_2026_11 does not bind",
    "CREATE TABLE dashboard.charts (id int)": "dashboard.charts has no hotel_id that is always filled in",
    "ALTER TABLE public.guest_memories DROP CONSTRAINT pk_guest_memories, ALTER hotel_id DROP NOT NULL": (
        "public.guest_memories has no hotel_id that is always filled in"
    ),
    "DROP POLICY hotel_isolation ON public.consents": "public.consents has no policy that divides the hotels",
    "DROP POLICY hotel_isolation ON public.messages_default": "public.messages_default has no policy",
    "CREATE POLICY everyone ON public.guests USING (true)": "policy everyone of public.guests is not on the list",
    "ALTER POLICY hotel_isolation ON public.guests USING (hotel_id = current_setting('app.hotel_id')::uuid)": (
        "policy hotel_isolation of public.guests says"
    ),
    "ALTER POLICY hotel_isolation ON public.guests WITH CHECK (true)": "policy hotel_isolation of public.guests says",
    "ALTER POLICY queue_heads ON public.chats TO bellhop_app": "policy queue_heads of public.chats is for SELECT by",
    "ALTER POLICY own_company ON public.companies USING (true)": "policy own_company of public.companies says",
    _LOOSE_KEY: "loose of public.stays points to public.guests without the hotel",
    "ALTER TABLE public.outbox ADD CONSTRAINT u UNIQUE (correlation_id)": (
        "public.u makes correlation_id unique over all hotels"
    ),
    "CREATE UNIQUE INDEX u ON public.users (lower(email))": "public.u makes lower((email)::text) unique",
    "ALTER TABLE public.guests ADD CONSTRAINT u EXCLUDE USING btree (name WITH =)": "public.u makes name unique",
    "ALTER TABLE public.stays DISABLE TRIGGER ALL": "fk_stays_hotel_id_guest_id of public.stays is not enforced",
    _LATE_KEY: "late of public.stays is not enforced",
    "CREATE RULE r AS ON INSERT TO public.guests DO ALSO DELETE FROM public.stays": "rule r of public.guests runs",
    "DROP INDEX public.ix_outbox_hotel_id_firing_id": "fk_outbox_hotel_id_firing_id of public.outbox has no index",
    "CREATE VIEW public.talks AS SELECT * FROM public.messages": "public.talks is a view with its owner's rights",
    "CREATE VIEW public.talks WITH (security_invoker = false) AS SELECT * FROM public.messages": "public.talks is a",
    "CREATE MATERIALIZED VIEW dashboard.sums AS SELECT count(*) FROM public.messages": (
        "dashboard.sums is a materialised view"
    ),
    "CREATE FUNCTION public.peek() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'": (
        "function public.peek() runs with its owner's rights and is not on the list"
    ),
    "CREATE FUNCTION dashboard.peek() RETURNS int LANGUAGE sql AS 'SELECT 1'": "PUBLIC may EXECUTE on function",
    "ALTER FUNCTION public.ensure_message_partitions RESET search_path": "looks names up wherever its caller says",
    "ALTER FUNCTION public.ensure_message_partitions SET search_path = public": "looks names up wherever",
    "GRANT EXECUTE ON FUNCTION public.ensure_message_partitions TO PUBLIC": "PUBLIC may EXECUTE on function",
    "GRANT TRUNCATE ON public.guests TO bellhop_app": "bellhop_app may TRUNCATE on table public.guests",
    "GRANT REFERENCES (id) ON public.guests TO bellhop_app": "bellhop_app may REFERENCES (id) on table public.guests",
    "GRANT TRIGGER ON public.hotels TO bellhop_app": "bellhop_app may TRIGGER on table public.hotels",
    "GRANT UPDATE ON public.consents TO bellhop_app": "bellhop_app may UPDATE on table public.consents",
    "GRANT SELECT ON public.messages_2026_11 TO bellhop_app": "may SELECT on table public.messages_2026_11",
    "GRANT USAGE ON SEQUENCE public.outbox_id_seq TO bellhop_app": "bellhop_app may USAGE on sequence",
    "GRANT SELECT (payload) ON public.inbox_events TO bellhop_runtime": "bellhop_runtime may SELECT (payload)",
    "GRANT INSERT ON public.chats TO bellhop_runtime": "bellhop_runtime may INSERT on table public.chats",
    "GRANT UPDATE (state) ON public.outbox TO bellhop_runtime": "bellhop_runtime may UPDATE (state)",
    "GRANT UPDATE ON public.guests TO bellhop_dashboard": "bellhop_dashboard may UPDATE on table public.guests",
    "GRANT SELECT (password_hash) ON public.users TO bellhop_dashboard": "may SELECT (password_hash) on table",
    "GRANT SELECT ON public.guests TO bellhop_dashboard WITH GRANT OPTION": "may SELECT and pass it on on table",
    "GRANT SELECT ON public.alembic_version TO PUBLIC": "PUBLIC may SELECT on table public.alembic_version",
    "GRANT TEMPORARY ON DATABASE migrated TO PUBLIC": "PUBLIC may TEMPORARY on database",
    "GRANT CREATE ON SCHEMA public TO bellhop_app": "bellhop_app may CREATE on schema public",
    "GRANT USAGE ON SCHEMA public TO PUBLIC": "PUBLIC may USAGE on schema public",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO bellhop_app": "on future objects public",
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO bellhop_app": "bellhop_app may EXECUTE on function pg_read_file",
    "GRANT EXECUTE ON FUNCTION lo_import(text) TO PUBLIC": "PUBLIC may EXECUTE on function lo_import(text)",
    "GRANT SELECT ON pg_statistic TO bellhop_app": "bellhop_app may SELECT on table pg_catalog.pg_statistic",
    "GRANT SELECT (rolpassword) ON pg_authid TO PUBLIC": "PUBLIC may SELECT (rolpassword) on table",
    "GRANT SET ON PARAMETER session_replication_role TO bellhop_app": "bellhop_app may SET on parameter session_repl",
    "GRANT CREATE ON TABLESPACE pg_default TO bellhop_app": "bellhop_app may CREATE on tablespace pg_default",
    "SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO bellhop_app": "may SELECT on large object 4711",
    "SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO bellhop_app": "bellhop_app owns large object 4711",
    "ALTER DATABASE migrated OWNER TO bellhop_app": "bellhop_app owns database",
    "ALTER ROLE bellhop_app SET app.hotel_id = 'x'": "bellhop_app begins with app.hotel_id=x",
    "ALTER DATABASE migrated SET app.hotel_id = 'x'": "PUBLIC begins with app.hotel_id=x",
    "REVOKE INSERT ON public.messages FROM bellhop_app": "missing: bellhop_app may INSERT on table public.messages",
    "ALTER ROLE bellhop_app BYPASSRLS": "bellhop_app: bypasses policies",
    "ALTER ROLE bellhop_runtime SUPERUSER": "bellhop_runtime: superuser",
    "ALTER ROLE bellhop_dashboard CREATEDB": "bellhop_dashboard: creates databases",
    "ALTER ROLE bellhop_app CREATEROLE": "bellhop_app: creates roles",
    "ALTER ROLE bellhop_app INHERIT": "bellhop_app: inherits",
    "GRANT bellhop_runtime TO bellhop_app": "bellhop_app is a member of bellhop_runtime",
    "GRANT CREATE ON SCHEMA dashboard TO bellhop_dashboard; "
    "ALTER TABLE dashboard.audits OWNER TO bellhop_dashboard": ("bellhop_dashboard owns"),
    "ALTER TABLE public.stays ADD arrived timestamp": "public.stays.arrived is timestamp without time zone",
    "ALTER TABLE public.stays ADD mood varchar CHECK (mood IN ('good', 'BAD'))": "of public.stays allows BAD",
}
