"""Whether a rebuild takes more memory for a longer log: a million events against 100 thousand.

Off by default, since filling the logs takes minutes. They are copies of one that was lived through,
in each of which everything has another id, so that there are as many more documents.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from time import perf_counter

import psycopg

from benchmarks.growth import without_indexes
from benchmarks.lived import Lived, lived
from benchmarks.rows import Reading, Row, RowsMade, World
from benchmarks.timing import Round
from tests.platforms import Platform

FEW, MANY = 100_000, 1_000_000

# A process that is started by a big one counts as being as big itself: so by a small one.
PEAK = """
import os, sys
pid = os.posix_spawn(sys.executable, sys.argv[1:], os.environ)
_, status, used = os.wait4(pid, 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""

READ = "COPY stored_events TO STDOUT (FORMAT BINARY)"
KEEP = "CREATE TEMPORARY TABLE once (LIKE stored_events)"
WRITE = "COPY once FROM STDIN (FORMAT BINARY)"
# A copy's ids begin with its number, wherever they stand.
OWN = r"""
CREATE FUNCTION pg_temp.own(text, integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace($1,
        '[0-9a-f]{4}([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})',
        lpad(to_hex($2), 4, '0') || '\1', 'g')
$$
"""
COPY = """
INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,
    recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)
SELECT notification_id + %(copy)s::bigint * (SELECT max(notification_id) FROM once),
    pg_temp.own(originator_id, %(copy)s), originator_version, topic, pg_temp.own(key, %(copy)s),
    recorded_at, occurred_at, pg_temp.own(actor, %(copy)s), correlation_id, causation_id,
    convert_to(pg_temp.own(convert_from(state, 'UTF8'), %(copy)s), 'UTF8'), hash
FROM once
"""


@contextmanager
def rows(world: World) -> RowsMade:
    """The row of memory, measured once: it takes minutes, and hardly varies."""
    with (
        lived(world) as history,
        _filled(world, history, FEW) as few,
        _filled(world, history, MANY) as many,
    ):
        peaks: list[int] = []

        @cache
        def once() -> Reading:
            of_many, of_few = _rebuilt(many, MANY), _rebuilt(few, FEW)
            peaks[:] = [of_many[1], of_few[1]]
            return Reading(of_many[0], of_few[0])

        yield [
            Row(
                f"peak memory of a rebuild of Redis from {MANY:,} events",
                f"from {FEW:,}",
                once,
                goal=1.1,
                sense="at most",
                figure=lambda _: peaks[0] / peaks[1],
            )
        ]


def _rebuilt(platform: Platform, events: int) -> tuple[Round, int]:
    """How fast the command rebuilds, its start included, and its peak memory in KiB."""
    rebuild = [sys.executable, "-m", "sojourn", "projections", "rebuild", "pages"]
    began = perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", PEAK, *rebuild],
        env=platform.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Round(events / (perf_counter() - began)), int(done.stdout.splitlines()[-1])


@contextmanager
def _filled(world: World, history: Lived, events: int) -> Generator[Platform]:
    """A platform whose log has so many events, or a few more."""
    with world.another(f"log-of-{events}") as platform:
        source, target = (
            psycopg.connect(each.settings.need("postgres_url"), autocommit=True)
            for each in (history.platform, platform)
        )
        with source, target, without_indexes(target):
            target.execute(KEEP)
            with source.cursor().copy(READ) as read, target.cursor().copy(WRITE) as write:
                for data in read:
                    write.write(data)
            target.execute(OWN)
            for copy in range(-(-events // len(history.records))):
                target.execute(COPY, {"copy": copy})
        yield platform
