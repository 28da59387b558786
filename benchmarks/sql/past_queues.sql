-- What the queues still keep of the past: the events and the sent messages of the last thirty days.
INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id, received_at, state,
                          attempts, handled_at)
SELECT past.hotel_id, past.account_id, past.chat_id, 'message', messages.id::text, convert_to(messages.content, 'UTF8'),
       'benchmark', messages.created_at, 'done', 1, messages.created_at
FROM messages JOIN past USING (hotel_id, conversation_id)
WHERE messages.created_at > now() - interval '30 days' AND messages.message_type = 'incoming'
ORDER BY messages.created_at;
INSERT INTO outbox (hotel_id, account_id, chat_id, conversation_id, message_id, purpose, content, correlation_id,
                    created_at, not_before, not_after, state, attempts, sent_at)
SELECT past.hotel_id, past.account_id, past.chat_id, past.conversation_id, messages.id, 'reply',
       jsonb_build_object('text', messages.content), 'benchmark', messages.created_at, messages.created_at,
       messages.created_at + interval '1 day', 'sent', 1, messages.created_at
FROM messages JOIN past USING (hotel_id, conversation_id)
WHERE messages.created_at > now() - interval '30 days' AND messages.message_type = 'outgoing'
ORDER BY messages.created_at;
