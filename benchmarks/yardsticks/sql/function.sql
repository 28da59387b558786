\set guest random(1, :conversations)
\set event random(1, 9000000000000000)
\set alert random(1, 20)
SELECT receive(:event::text, :guest::text, 'When is breakfast, and where?', :alert = 1);
