\set guest random(1, :conversations)
\set event random(1, 9000000000000000)
\set alert random(1, 20)
BEGIN;
SELECT set_config('app.hotel_id', :hotel::text, true);
SELECT c.id AS chat_id, v.id AS conversation_id, v.guest_id AS guest_id
    FROM chats c JOIN conversations v ON v.hotel_id = c.hotel_id AND v.chat_id = c.id
    WHERE c.hotel_id = :hotel::uuid AND c.account_id = :account::uuid AND c.address = (1000000000 + :guest)::text
    LIMIT 1 \gset
INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id, received_at)
    VALUES (:hotel::uuid, :account::uuid, :chat_id::uuid, 'message', :event::text,
            'When is breakfast, and where?', 'benchmark', now()) ON CONFLICT DO NOTHING;
UPDATE guests SET last_interaction = now() WHERE hotel_id = :hotel::uuid AND id = :guest_id::uuid;
UPDATE conversations SET messages_count = messages_count + 1, last_message_at = now()
    WHERE hotel_id = :hotel::uuid AND id = :conversation_id::uuid;
INSERT INTO messages (hotel_id, id, created_at, conversation_id, guest_id, message_type, role, content, platform,
                      sentiment_score, sentiment_type)
    VALUES (:hotel::uuid, gen_random_uuid(), now(), :conversation_id::uuid, :guest_id::uuid, 'incoming', 'guest',
            'When is breakfast, and where?', 'telegram', 0, 'neutral');
INSERT INTO outbox (hotel_id, account_id, chat_id, conversation_id, purpose, content, correlation_id, created_at,
                    not_before, not_after)
    VALUES (:hotel::uuid, :account::uuid, :chat_id::uuid, :conversation_id::uuid, 'reply',
            '{"text": "From 7:00 to 10:30, downstairs."}', 'benchmark', now(), now(), now() + interval '1 hour');
\if :alert = 1
INSERT INTO staff_notifications (hotel_id, id, guest_id, conversation_id, notification_type, severity, title, content,
                                 created_at)
    VALUES (:hotel::uuid, gen_random_uuid(), :guest_id::uuid, :conversation_id::uuid, 'urgent_request', 'info',
            'A question', 'When is breakfast, and where?', now());
\endif
COMMIT;
