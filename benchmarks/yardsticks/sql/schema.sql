-- The least that keeps one hotel's messages: what an application without tenants would have, with its keys and
-- the indexes that its queries need.
CREATE TABLE guests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address text NOT NULL UNIQUE,
    name text,
    last_interaction timestamptz
);
CREATE TABLE conversations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guest_id bigint NOT NULL UNIQUE REFERENCES guests,
    context jsonb NOT NULL DEFAULT '{}',
    messages_count integer NOT NULL DEFAULT 0,
    last_message_at timestamptz
);
CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL UNIQUE,
    payload bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES conversations,
    guest_id bigint NOT NULL REFERENCES guests,
    content text NOT NULL,
    sentiment numeric(3, 2),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON messages (conversation_id, created_at);
CREATE INDEX ON messages (guest_id, created_at);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES conversations,
    content jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    not_before timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON outbox (not_before) WHERE state = 'queued';
CREATE INDEX ON outbox (conversation_id, id);
CREATE TABLE notifications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guest_id bigint NOT NULL REFERENCES guests,
    content text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON notifications (created_at) WHERE status = 'pending';

-- One message, as one function.
CREATE FUNCTION receive(event text, address_ text, body text, with_alert boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    guest bigint;
    conversation bigint;
BEGIN
    INSERT INTO inbox (event_id, payload) VALUES (event, convert_to(body, 'UTF8')) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO guests (address, name, last_interaction) VALUES (address_, 'Guest', now())
        ON CONFLICT (address) DO UPDATE SET last_interaction = excluded.last_interaction RETURNING id INTO guest;
    INSERT INTO conversations (guest_id, messages_count, last_message_at) VALUES (guest, 1, now())
        ON CONFLICT (guest_id) DO UPDATE
        SET messages_count = conversations.messages_count + 1, last_message_at = now() RETURNING id INTO conversation;
    INSERT INTO messages (conversation_id, guest_id, content, sentiment) VALUES (conversation, guest, body, 0);
    INSERT INTO outbox (conversation_id, content) VALUES (conversation, jsonb_build_object('text', body));
    IF with_alert THEN
        INSERT INTO notifications (guest_id, content) VALUES (guest, body);
    END IF;
END $$;

-- Many messages, set-based: each table is written once. Guests in one order, so that batches can't deadlock.
CREATE FUNCTION receive_batch(events text[], addresses text[], bodies text[]) RETURNS void LANGUAGE sql AS $$
    WITH arrived AS (
        SELECT * FROM unnest(events, addresses, bodies) AS one (event, address, body)
    ), fresh AS (
        INSERT INTO inbox (event_id, payload) SELECT event, convert_to(body, 'UTF8') FROM arrived
        ON CONFLICT DO NOTHING RETURNING event_id
    ), news AS (
        SELECT * FROM arrived WHERE event IN (SELECT event_id FROM fresh)
    ), known AS (
        INSERT INTO guests (address, name, last_interaction)
        SELECT DISTINCT address, 'Guest', now() FROM news ORDER BY address
        ON CONFLICT (address) DO UPDATE SET last_interaction = excluded.last_interaction RETURNING id, address
    ), talks AS (
        INSERT INTO conversations (guest_id, messages_count, last_message_at)
        SELECT known.id, count(*), now() FROM known JOIN news USING (address) GROUP BY known.id ORDER BY known.id
        ON CONFLICT (guest_id) DO UPDATE
        SET messages_count = conversations.messages_count + excluded.messages_count, last_message_at = now()
        RETURNING id, guest_id
    ), said AS (
        INSERT INTO messages (conversation_id, guest_id, content, sentiment)
        SELECT talks.id, known.id, news.body, 0
        FROM news JOIN known USING (address) JOIN talks ON talks.guest_id = known.id
    ), alerted AS (
        INSERT INTO notifications (guest_id, content)
        SELECT known.id, news.body FROM news JOIN known USING (address) WHERE random() < 0.05
    )
    INSERT INTO outbox (conversation_id, content)
    SELECT talks.id, jsonb_build_object('text', news.body)
    FROM news JOIN known USING (address) JOIN talks ON talks.guest_id = known.id
$$;

INSERT INTO guests (address, name) SELECT n::text, 'Guest ' || n FROM generate_series(1, 200) AS n;
INSERT INTO conversations (guest_id) SELECT id FROM guests;
