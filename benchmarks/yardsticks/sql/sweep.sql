-- What is due becomes messages, and nothing is asked: no conditions, no quiet hours, no template.
WITH due AS (
    SELECT hotel_id, id, guest_id, correlation_id FROM trigger_firings
    WHERE status IN ('scheduled', 'postponed') AND due_at <= now()
    ORDER BY due_at LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
), settled AS (
    UPDATE trigger_firings SET status = 'fired', reason = 'fired', decided_at = now()
    FROM due WHERE trigger_firings.hotel_id = due.hotel_id AND trigger_firings.id = due.id
)
INSERT INTO outbox (hotel_id, account_id, chat_id, conversation_id, firing_id, purpose, content, correlation_id,
                    created_at, not_before, not_after)
SELECT due.hotel_id, chats.account_id, chats.id, conversations.id, due.id, 'trigger',
       '{"text": "Dear guest, is everything all right in your room?"}', due.correlation_id,
       now(), now(), now() + interval '12 hours'
FROM due
JOIN conversations ON conversations.hotel_id = due.hotel_id AND conversations.guest_id = due.guest_id
JOIN chats ON chats.hotel_id = due.hotel_id AND chats.id = conversations.chat_id
