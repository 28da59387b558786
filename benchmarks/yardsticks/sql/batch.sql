SELECT receive_batch(
    array_agg(gen_random_uuid()::text),
    array_agg((1 + floor(random() * :conversations))::text),
    array_agg('When is breakfast, and where?'::text)
) FROM generate_series(1, :batch);
