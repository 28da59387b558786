-- Spreads the stays over the last 90 days, as a hotel has that has used the product for longer than that.
UPDATE stays SET check_in = moved.at, check_out = moved.at + interval '3 days', checked_in_at = moved.at,
                 checked_out_at = moved.at + interval '3 days', booking_status = 'checked_out'
FROM (SELECT hotel_id, id, now() - interval '1 day' * (3 + row_number() OVER (ORDER BY id) % 87) AS at FROM stays) AS moved
WHERE stays.hotel_id = moved.hotel_id AND stays.id = moved.id;
DELETE FROM stay_changes;
UPDATE stays SET created_at = now() - interval '1 year', known_since = now() - interval '1 year';
UPDATE guests SET created_at = now() - interval '1 year', known_since = now() - interval '1 year';
UPDATE conversations SET created_at = now() - interval '1 year';
-- Until it ended each guest was in house.
INSERT INTO stay_changes (hotel_id, stay_id, at, old, new)
SELECT hotel_id, id, check_out, '{"booking_status": "checked_in"}', '{"booking_status": "checked_out"}' FROM stays;
-- Every third stay was moved into another room on its second day.
INSERT INTO stay_changes (hotel_id, stay_id, at, old, new)
SELECT hotel_id, id, check_in + interval '1 day', '{"room_number": "7"}', jsonb_build_object('room_number', room_number)
FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM stays) AS placed WHERE place % 3 = 0;
