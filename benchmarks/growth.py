"""Whether appending stays as fast: holds with ten million events in the log, against ten thousand.

Off by default, since filling the log takes minutes. The rows are made by Postgres itself.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.market import AT_ONCE, Market
from benchmarks.rows import Reading, Row, RowsMade, World
from benchmarks.timing import Round, in_a_loop
from eventlog.application import EventLog
from migrations.run import upgrade
from sojourn.wiring import sealing

FEW, MANY = 10_000, int(os.environ.get("SOJOURN_BENCH_EVENTS", "10000000"))
HOLDS = 640
PER_LISTING = 100
"""How many bookings a listing of the past has; each is two events."""

# A booking's two events are neighbours, as when they were stored; calendars grow in turn.
FILL = """
INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,
    recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)
SELECT p, CASE WHEN mod(p, 2) = 1 THEN 'calendar-' || l ELSE 'booking-' || b END,
    CASE WHEN mod(p, 2) = 1 THEN n / listings + 1 ELSE 1 END,
    CASE WHEN mod(p, 2) = 1 THEN 'calendar.nights_held.v1' ELSE 'booking.requested.v1' END,
    l::text, at, at, g::text, c, 'keyed-command:' || b,
    convert_to(rpad('{"booking_id":"' || b || '","listing_id":"' || l || '","more":"',
        CASE WHEN mod(p, 2) = 1 THEN 330 ELSE 1000 END, b::text) || '"}', 'UTF8'),
    sha256(convert_to(p || l::text, 'UTF8'))
FROM (
    SELECT p, n, listings, md5('l' || mod(n, listings))::uuid AS l, md5('b' || n)::uuid AS b,
        md5('g' || n / 7)::uuid AS g, md5('c' || n) AS c,
        now() - interval '1 year' + p * interval '1 second' AS at
    FROM (SELECT p, (p - 1) / 2 AS n, greatest(%(events)s / 2 / %(each)s, 1) AS listings
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS p) AS counted
) AS made
"""
AT_A_TIME = 500_000
OTHER_INDEXES = (
    " FROM pg_indexes WHERE tablename = 'stored_events' AND indexname <> 'stored_events_pkey'"
)
INDEXES = "SELECT indexdef" + OTHER_INDEXES
INDEX_NAMES = "SELECT indexname" + OTHER_INDEXES


@contextmanager
def rows(world: World) -> RowsMade:
    """The row of growth."""
    with ExitStack() as closing:
        owner = world.platform.settings.need("postgres_url")
        seals = sealing(world.platform.settings)
        closing.callback(seals.close)

        def filled(events: int) -> Market:
            url = closing.enter_context(_filled(owner, events))
            return Market(closing.enter_context(EventLog(url, sealing=seals)))

        few, many = filled(FEW), filled(MANY)

        def holds(market: Market) -> Round:
            wanted = market.quoted(market.wishes(market.listings(AT_ONCE), HOLDS))
            return in_a_loop(market.hold, wanted, AT_ONCE)

        yield [
            Row(
                f"time of a hold with {MANY:,} events in the log, 32 at once",
                f"with {FEW:,}",
                lambda: Reading(holds(many), holds(few)),
                goal=1.2,
                sense="at most",
                figure=_time_against_floor,
            )
        ]


def _time_against_floor(reading: Reading) -> float:
    assert reading.floor is not None, "it has one"
    return reading.floor.rate / reading.measured.rate


def _fill(owner: psycopg.Connection, events: int) -> None:
    """So many events."""
    with without_indexes(owner):
        for first in range(1, events + 1, AT_A_TIME):
            last = min(first + AT_A_TIME - 1, events)
            told = {"events": events, "each": PER_LISTING, "first": first, "last": last}
            owner.execute(FILL, told)


@contextmanager
def without_indexes(owner: psycopg.Connection) -> Generator[None]:
    """For filling a log: its indexes are made anew afterwards, in a fraction of the time."""
    definitions = [str(row[0]) for row in owner.execute(INDEXES)]
    for name in owner.execute(INDEX_NAMES).fetchall():
        owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(*name)))
    owner.execute("ALTER TABLE stored_events DROP CONSTRAINT stored_events_pkey")
    owner.execute("SET maintenance_work_mem = '512MB'")
    yield
    owner.execute(
        "ALTER TABLE stored_events ADD CONSTRAINT stored_events_pkey"
        " PRIMARY KEY (originator_id, originator_version)"
    )
    for definition in definitions:
        owner.execute(definition.encode())
    owner.execute("VACUUM (FREEZE, ANALYZE) stored_events")
    owner.execute("CHECKPOINT")


@contextmanager
def _filled(owner_url: str, events: int) -> Generator[str]:
    """A migrated database with so many events; where the commands' role finds it."""
    parts = conninfo_to_dict(owner_url)
    name = f"g{uuid4().hex[:10]}"
    place = f"{parts['host']}:{parts['port']}/{name}"
    new = f"postgresql://{parts['user']}:{parts['password']}@{place}"
    commands = f"postgresql://{name}_commands:bench@{place}"
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            others = [f"{name}_{role}" for role in ("queries", "workers")]
            upgrade(new, commands, *(f"postgresql://{role}:bench@{place}" for role in others))
            with psycopg.connect(new, autocommit=True) as filling:
                _fill(filling, events)
            yield commands
        finally:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in ("commands", "queries", "workers"):
                made = sql.Identifier(f"{name}_{role}")
                owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(made))
