-- What a big hotel has behind it: guests who stayed, wrote, were answered and complained, and what is planned for them.
-- None of it waits, so what is served now must be found among many. Ids follow from what they name and its number, and
-- fit together: foreign keys are not checked row by row.
SET session_replication_role = replica;
SELECT ensure_message_partitions(
    current_setting('crowd.now')::date, (current_setting('crowd.now')::timestamptz + interval '60 days')::date
);
CREATE TEMP TABLE crowd AS
SELECT n, account.hotel_id, account.id AS account_id,
       md5('guest' || n)::uuid AS guest_id, md5('chat' || n)::uuid AS chat_id, md5('conversation' || n)::uuid AS conversation_id,
       md5('stay' || n)::uuid AS stay_id,
       current_setting('crowd.now')::timestamptz - n * interval '30 seconds' AS moment
FROM channel_accounts AS account CROSS JOIN generate_series(1, current_setting('crowd.size')::int) AS n
WHERE account.platform = 'telegram';

INSERT INTO chats (hotel_id, id, account_id, address) SELECT hotel_id, chat_id, account_id, 'crowd ' || n FROM crowd;
INSERT INTO guests (hotel_id, id, name, language, last_interaction)
SELECT hotel_id, guest_id, 'Guest ' || n, 'en', moment FROM crowd;
INSERT INTO guest_identities (hotel_id, id, guest_id, kind, value)
SELECT hotel_id, md5('identity' || n)::uuid, guest_id, 'telegram', 'crowd ' || n FROM crowd;
INSERT INTO consents (hotel_id, id, guest_id, purpose, state, source, at)
SELECT hotel_id, md5('consent' || n)::uuid, guest_id, 'promotional', 'granted', 'crowd', moment FROM crowd;
INSERT INTO conversations (hotel_id, id, guest_id, chat_id, session_id, last_message_at)
SELECT hotel_id, conversation_id, guest_id, chat_id, md5('session' || n)::uuid, moment FROM crowd;
INSERT INTO stays (hotel_id, id, guest_id, external_id, source, booking_status, check_in, check_out)
SELECT hotel_id, stay_id, guest_id, 'C' || n, 'crowd', 'checked_out', moment - interval '30 days',
       moment - interval '20 days' FROM crowd;
INSERT INTO messages (hotel_id, id, created_at, conversation_id, guest_id, message_type, role, content, platform)
SELECT hotel_id, md5('message' || n)::uuid, moment, conversation_id, guest_id, 'incoming', 'guest', 'Hello', 'telegram'
FROM crowd;
INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id, received_at, state,
                          attempts, handled_at)
SELECT hotel_id, account_id, chat_id, 'message', 'crowd ' || n, '\x', 'crowd', moment, 'done', 1, moment FROM crowd;
INSERT INTO staff_notifications (hotel_id, id, guest_id, conversation_id, notification_type, title, content, status,
                                 created_at)
SELECT hotel_id, md5('notification' || n)::uuid, guest_id, conversation_id, 'urgent_request', 'A question', 'Hello',
       'acknowledged', moment FROM crowd;
INSERT INTO trigger_firings (hotel_id, id, trigger_id, subject, occurrence, guest_id, stay_id, due_at, useful_until,
                             status, correlation_id, planned_at, decided_at)
SELECT hotel_id, md5(kind.status || n)::uuid, triggers.id, stay_id, kind.status, guest_id, stay_id,
       moment + kind.later, moment + kind.later, kind.status, 'crowd', moment,
       CASE kind.status WHEN 'fired' THEN moment END
FROM crowd JOIN triggers USING (hotel_id)
CROSS JOIN (VALUES ('fired', interval '0'), ('scheduled', interval '90 days')) AS kind (status, later)
WHERE triggers.trigger_type = 'event_based';
INSERT INTO outbox (hotel_id, account_id, chat_id, conversation_id, message_id, purpose, content, correlation_id,
                    created_at, not_before, not_after, state, attempts, sent_at, provider_message_id)
SELECT hotel_id, account_id, chat_id, conversation_id, md5('message' || n)::uuid, 'reply', '{"text": "Hello"}', 'crowd',
       moment, moment, moment, 'sent', 1, moment, 'crowd ' || n FROM crowd;
DROP TABLE crowd;
ANALYZE;
