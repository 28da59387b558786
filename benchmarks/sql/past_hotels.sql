-- Hotels of the past with a disabled account each, and guests with a chat and a conversation, numbered in `past`. The
-- hotels plan still: each guest has a firing that is due in thirty to sixty days.
CREATE FUNCTION pg_temp.id_at(moment timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM moment) * 1000)::bigint) FROM 3) FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid
$$;
CREATE TEMP TABLE past (
    n integer PRIMARY KEY, hotel_id uuid, account_id uuid, chat_id uuid, guest_id uuid, conversation_id uuid
);
CREATE FUNCTION pg_temp.fill_hotels(hotels_ integer, guests_ integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE houses ON COMMIT DROP AS
    SELECT n, pg_temp.id_at(now()) AS hotel_id, pg_temp.id_at(now()) AS integration_id,
           pg_temp.id_at(now()) AS account_id, pg_temp.id_at(now()) AS trigger_id
    FROM generate_series(0, hotels_ - 1) AS n;
    INSERT INTO hotels (id, name, slug, timezone, default_language)
    SELECT hotel_id, 'Past ' || n, 'past-' || n, 'Europe/Berlin', 'en' FROM houses;
    INSERT INTO integrations (hotel_id, id, platform_id, status)
    SELECT hotel_id, integration_id, 'telegram', 'disconnected' FROM houses;
    INSERT INTO channel_accounts (hotel_id, id, integration_id, platform, address, status, webhook_key_hash)
    SELECT hotel_id, account_id, integration_id, 'telegram', '@past_' || n || '_bot', 'disabled',
           sha256(convert_to('past ' || n, 'UTF8')) FROM houses;
    INSERT INTO triggers (hotel_id, id, number, name, trigger_type, conditions, message_template)
    SELECT hotel_id, trigger_id, 1, 'come back', 'event_based', '{"event": "booking_created"}', 'Come again!' FROM houses;
    INSERT INTO past
    SELECT g, houses.hotel_id, account_id, pg_temp.id_at(now()), pg_temp.id_at(now()), pg_temp.id_at(now())
    FROM generate_series(0, guests_ - 1) AS g JOIN houses ON houses.n = g % hotels_;
    INSERT INTO chats (hotel_id, id, account_id, address) SELECT hotel_id, chat_id, account_id, 'past ' || n FROM past;
    INSERT INTO guests (hotel_id, id, name, language, last_interaction)
    SELECT hotel_id, guest_id, 'Past guest ' || n, 'en', now() - interval '20 days' FROM past;
    INSERT INTO guest_identities (hotel_id, id, guest_id, kind, value)
    SELECT hotel_id, pg_temp.id_at(now()), guest_id, 'telegram', 'past ' || n FROM past;
    INSERT INTO conversations (hotel_id, id, guest_id, chat_id, session_id, last_message_at)
    SELECT hotel_id, conversation_id, guest_id, chat_id, pg_temp.id_at(now()), now() - interval '20 days' FROM past;
    INSERT INTO stays (hotel_id, id, guest_id, external_id, source, booking_status, check_in, check_out)
    SELECT hotel_id, pg_temp.id_at(now()), guest_id, 'P' || n, 'benchmark', 'checked_out',
           now() - interval '24 days', now() - interval '20 days' FROM past;
    INSERT INTO trigger_firings (hotel_id, id, trigger_id, subject, occurrence, guest_id, stay_id, due_at,
                                 useful_until, correlation_id, planned_at)
    SELECT hotel_id, pg_temp.id_at(now()), trigger_id, stays.id, 'once', guest_id, stays.id,
           now() + interval '30 days' + past.n % 43200 * interval '1 minute', now() + interval '90 days',
           'benchmark', now()
    FROM past JOIN houses USING (hotel_id) JOIN stays USING (hotel_id, guest_id);
    ANALYZE past;
END $$;
