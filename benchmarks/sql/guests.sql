-- For every chat of the temporary table `lanes`: the chat, a guest who is known there, a stay, an open conversation.
-- Ids are of version 7 like the product's own, so that its indexes grow as they do in use.
CREATE FUNCTION pg_temp.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid
$$;
CREATE TEMP TABLE seats AS
SELECT hotel_id, account_id, (first_chat + n)::text AS address, n,
       pg_temp.new_id() AS chat_id, pg_temp.new_id() AS guest_id, pg_temp.new_id() AS conversation_id
FROM lanes CROSS JOIN LATERAL generate_series(0, chats - 1) AS n;
INSERT INTO chats (hotel_id, id, account_id, address) SELECT hotel_id, chat_id, account_id, address FROM seats;
INSERT INTO guests (hotel_id, id, name, language, last_interaction)
SELECT hotel_id, guest_id, 'Guest ' || address, 'en', now() - interval '1 day' FROM seats;
INSERT INTO guest_identities (hotel_id, id, guest_id, kind, value)
SELECT hotel_id, pg_temp.new_id(), guest_id, 'telegram', address FROM seats;
INSERT INTO conversations (hotel_id, id, guest_id, chat_id, session_id, last_message_at)
SELECT hotel_id, conversation_id, guest_id, chat_id, pg_temp.new_id(), now() - interval '1 day' FROM seats;
INSERT INTO stays (hotel_id, id, guest_id, external_id, source, booking_status, room_type, room_number, check_in,
                   check_out, checked_in_at, adults, amount, currency)
SELECT hotel_id, pg_temp.new_id(), guest_id, 'B' || address, 'benchmark', 'checked_in', 'double', (100 + n % 400)::text,
       now() - interval '1 day', now() + interval '3 days', now() - interval '1 day', 2, 360, 'EUR' FROM seats;
DROP TABLE seats;
DROP TABLE lanes;
