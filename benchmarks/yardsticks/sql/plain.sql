\set guest random(1, :conversations)
\set event random(1, 9000000000000000)
\set alert random(1, 20)
BEGIN;
INSERT INTO inbox (event_id, payload) VALUES (:event::text, 'When is breakfast, and where?') ON CONFLICT DO NOTHING;
INSERT INTO guests (address, name, last_interaction) VALUES (:guest::text, 'Guest', now())
    ON CONFLICT (address) DO UPDATE SET last_interaction = excluded.last_interaction RETURNING id AS guest_id \gset
INSERT INTO conversations (guest_id, messages_count, last_message_at) VALUES (:guest_id, 1, now())
    ON CONFLICT (guest_id) DO UPDATE
    SET messages_count = conversations.messages_count + 1, last_message_at = now() RETURNING id AS conversation_id \gset
INSERT INTO messages (conversation_id, guest_id, content, sentiment)
    VALUES (:conversation_id, :guest_id, 'When is breakfast, and where?', 0);
INSERT INTO outbox (conversation_id, content) VALUES (:conversation_id, '{"text": "From 7:00 to 10:30, downstairs."}');
\if :alert = 1
INSERT INTO notifications (guest_id, content) VALUES (:guest_id, 'When is breakfast, and where?');
\endif
COMMIT;
