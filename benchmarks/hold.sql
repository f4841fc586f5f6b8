-- A hold's rows in one statement: what pgbench commits. {held}, {requested}, {body} and {hash}
-- stand for bytes as long as those that the platform stores.
\set listing random(1, 100000)
WITH made AS MATERIALIZED (
    SELECT gen_random_uuid() AS booking, gen_random_uuid() AS guest,
        md5('listing' || :listing)::uuid AS listing, nextval('bench_position') AS first,
        nextval('bench_position') AS second, now() AS at
), claimed AS (
    INSERT INTO claims (claim_id, listing_id, unit, during, expires_at, booking_id, guest_id)
    SELECT booking, listing, 0, tsrange('2027-01-01'::timestamp + first * interval '1 day',
        '2027-01-02'::timestamp + first * interval '1 day'), at + interval '15 minutes', booking,
        guest FROM made
), answered AS (
    INSERT INTO receipts (account_id, key, fingerprint, status, headers, body, positions,
        causation_id, events, recorded_at)
    SELECT guest, booking::text, '\x66'::bytea, 201, '{}', '{body}'::bytea,
        jsonb_build_object('3', second), 'keyed-command:' || booking, 2, at FROM made
)
INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,
    recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)
SELECT first, 'calendar-' || listing, first, 'calendar.nights_held.v1', listing::text, at, at,
    guest::text, 'bench', 'keyed-command:' || booking, '{held}'::bytea, '{hash}'::bytea
FROM made
UNION ALL
SELECT second, 'booking-' || booking, 1, 'booking.requested.v1', listing::text, at, at,
    guest::text, 'bench', 'keyed-command:' || booking, '{requested}'::bytea, '{hash}'::bytea
FROM made;
