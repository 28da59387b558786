"""Let the months go: what was written is kept for as many months as the operator says.

The process owns nothing and has no right to delete it, so it goes by functions of the owner's, which take what is old
and never what was written in this month or the one before. What is old, this server's clock says, whatever the
machines' own.
"""

from __future__ import annotations

from alembic import op

revision = "0015_retention"
down_revision = "0014_one_way"
branch_labels = None
depends_on = None

FIRST_DAY_KEPT = """
CREATE FUNCTION first_day_kept(kept_months integer) RETURNS date
LANGUAGE plpgsql STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF kept_months < 1 THEN
        RAISE EXCEPTION 'the month before this one is always kept';
    END IF;
    RETURN date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => kept_months);
END $$
"""

# Whoever writes a message waits behind this lock while it is waited for: the process rather comes again. Making a
# month also locks what messages refer to, crosswise to a step that has written there already: given up in time, it is
# no deadlock of a second.
GIVE_WAY = "lock_timeout = '300ms'"

DROP_OLDEST_MONTH = f"""
CREATE FUNCTION drop_oldest_month(kept_months integer) RETURNS date
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET {GIVE_WAY} AS $$
DECLARE
    first_day date := public.first_day_kept(kept_months);
    oldest date;
BEGIN
    PERFORM pg_advisory_xact_lock(7230412);
    SELECT min(to_date(relname, '"messages_"YYYY_MM')) INTO oldest
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.messages'::regclass AND relname ~ '^messages_[0-9]{{4}}_[0-9]{{2}}$';
    IF oldest IS NULL OR oldest >= first_day THEN
        RETURN NULL;
    END IF;
    EXECUTE format('DROP TABLE public.%I', 'messages_' || to_char(oldest, 'YYYY_MM'));
    RETURN oldest;
END $$
"""

# The policies bind the owner, too, so one hotel is entered at a time. Ids grow with time: the oldest come first, and
# what isn't done stands in nobody's way. Of several processes that come at once, one is enough.
FORGET_OLD = f"""
CREATE FUNCTION forget_old(hotel uuid, kept_months integer, most integer) RETURNS integer
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET {GIVE_WAY} AS $$
DECLARE
    first_day timestamptz := public.first_day_kept(kept_months)::timestamp AT TIME ZONE 'UTC';
    forgotten integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7230414) THEN
        RETURN 0;
    END IF;
    PERFORM set_config('app.hotel_id', hotel::text, true);
    WITH events AS (
        SELECT id FROM public.inbox_events WHERE hotel_id = hotel AND state = 'done' ORDER BY id LIMIT most
    ), letters AS (
        SELECT id FROM public.outbox
        WHERE hotel_id = hotel AND state NOT IN ('queued', 'sending')
          AND (state <> 'in_doubt' OR doubt_reported_at IS NOT NULL)
        ORDER BY id LIMIT most
    ), strays AS (
        SELECT id FROM public.messages_default WHERE hotel_id = hotel AND created_at < first_day LIMIT most
    ), old_events AS (
        DELETE FROM public.inbox_events AS gone USING events
        WHERE gone.hotel_id = hotel AND gone.id = events.id AND gone.received_at < first_day AND gone.state = 'done'
        RETURNING 1
    ), old_letters AS (
        DELETE FROM public.outbox AS gone USING letters
        WHERE gone.hotel_id = hotel AND gone.id = letters.id AND gone.created_at < first_day
        RETURNING 1
    ), old_strays AS (
        DELETE FROM public.messages_default AS gone USING strays
        WHERE gone.hotel_id = hotel AND gone.id = strays.id AND gone.created_at < first_day
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM old_events) + (SELECT count(*) FROM old_letters) + (SELECT count(*) FROM old_strays)
    INTO forgotten;
    RETURN forgotten;
END $$
"""

CALLED_BY_THE_PROCESS = ("drop_oldest_month(integer)", "forget_old(uuid, integer, integer)")
FUNCTIONS = (*CALLED_BY_THE_PROCESS, "first_day_kept(integer)")


def upgrade() -> None:
    for function in (FIRST_DAY_KEPT, DROP_OLDEST_MONTH, FORGET_OLD):
        op.execute(function)
    op.execute(f"ALTER FUNCTION ensure_message_partitions(date, date) SET {GIVE_WAY}")
    for signature in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    for signature in CALLED_BY_THE_PROCESS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO bellhop_runtime")


def downgrade() -> None:
    op.execute("ALTER FUNCTION ensure_message_partitions(date, date) RESET lock_timeout")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
