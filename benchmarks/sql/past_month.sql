-- The messages of the month that began $1 months ago ($2 of them), question and answer in turn, over $3 guests.
-- In the order of time, as they would have come: each index of a partition grows at its end.
INSERT INTO messages (hotel_id, id, created_at, conversation_id, guest_id, message_type, role, content, platform,
                      sentiment_score, sentiment_type)
SELECT past.hotel_id, pg_temp.id_at(said.moment), said.moment, past.conversation_id, past.guest_id,
       CASE k % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END, CASE k % 2 WHEN 0 THEN 'guest' ELSE 'bot' END,
       CASE k % 2 WHEN 0 THEN 'When is breakfast, and where?' ELSE 'From 7:00 to 10:30, downstairs.' END, 'telegram',
       CASE k % 2 WHEN 0 THEN 0 END, CASE k % 2 WHEN 0 THEN 'neutral' END
FROM generate_series(0, $2::int - 1) AS k
CROSS JOIN LATERAL (
    SELECT now() - make_interval(months => $1::int) + k * interval '30 days' / $2::int AS moment
) AS said
JOIN past ON past.n = ((k / 2)::bigint * 7919 + $1::int * 104729) % $3::int
