"""Turn the months: partitions of messages made ahead by the process.

The process never connects as the owner, so it makes partitions through a function of the owner's that can do
nothing else. A partition has row level security of its own and no grants: it is reached through its parent.
"""

from __future__ import annotations

from alembic import op

revision = "0003_months"
down_revision = "0002_isolation"
branch_labels = None
depends_on = None

ENSURE_PARTITIONS = """
CREATE FUNCTION ensure_message_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first_day);
    partition_name text;
    made integer := 0;
BEGIN
    IF last_day > first_day + 1000 THEN
        RAISE EXCEPTION 'at most 1000 days of partitions at once';
    END IF;
    PERFORM pg_advisory_xact_lock(7230412);
    WHILE month <= last_day LOOP
        partition_name := 'messages_' || to_char(month, 'YYYY_MM');
        IF to_regclass('public.' || partition_name) IS NULL THEN
            BEGIN
                EXECUTE format(
                    'CREATE TABLE public.%I PARTITION OF public.messages FOR VALUES FROM (%L) TO (%L)',
                    partition_name, month::timestamp AT TIME ZONE 'UTC',
                    (month + interval '1 month') AT TIME ZONE 'UTC'
                );
                PERFORM public.isolate_partition(partition_name);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                -- The month began without a partition; its rows stay in the default one, the others' months go on.
                RAISE WARNING 'messages of % are kept in messages_default', to_char(month, 'YYYY-MM');
            END;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$
"""

ISOLATE_PARTITION = """
CREATE FUNCTION isolate_partition(partition_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition_name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition_name);
    EXECUTE format(
        'CREATE POLICY hotel_isolation ON public.%I USING'
        ' (hotel_id = nullif(current_setting(''app.hotel_id'', true), '''')::uuid)', partition_name
    );
END $$
"""


def upgrade() -> None:
    op.execute(ISOLATE_PARTITION)
    op.execute(ENSURE_PARTITIONS)
    op.execute("REVOKE ALL ON FUNCTION ensure_message_partitions(date, date) FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION isolate_partition(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION ensure_message_partitions(date, date) TO bellhop_runtime")


def downgrade() -> None:
    op.execute("DROP FUNCTION ensure_message_partitions(date, date)")
    op.execute("DROP FUNCTION isolate_partition(text)")
