"""Holds in one process, against the library, against pgbench, and against one hot listing."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

from benchmarks.library import LibraryDefault
from benchmarks.market import AT_ONCE, Market
from benchmarks.pgbench import Pgbench
from benchmarks.rows import Reading, Row, RowsMade, World
from benchmarks.timing import Round, in_a_loop, in_threads
from eventlog.application import EventLog
from eventlog.reader import LogReader

HOLDS = 640
"""A round's holds; on one listing this is nearly two years of nights."""


@contextmanager
def rows(world: World) -> RowsMade:
    """The rows of holds in this process."""
    settings = world.platform.settings
    owner = settings.need("postgres_url")
    with ExitStack() as closing:
        log = closing.enter_context(EventLog(settings.need("postgres_commands_url")))
        market = Market(log)
        library = LibraryDefault(owner, AT_ONCE)
        closing.callback(library.close)
        pgbench = Pgbench(owner, world.folder, _rows_of_a_hold(market, world))
        closing.callback(pgbench.close)

        def spread() -> Round:
            wanted = market.quoted(market.wishes(market.listings(AT_ONCE), HOLDS))
            return in_a_loop(market.hold, wanted, AT_ONCE)

        def hot() -> Round:
            wanted = market.quoted(market.wishes(market.listings(1), HOLDS))
            return in_a_loop(market.hold, wanted, AT_ONCE)

        def saved() -> Round:
            return in_threads(library.save_two, range(HOLDS), AT_ONCE)

        yield [
            Row(
                "holds in process: two events, receipt, claim; 32 at once",
                "the library's default save of two aggregates, 32 threads",
                lambda: Reading(spread(), saved()),
                goal=6,
            ),
            Row(
                "the same",
                "pgbench commits the same rows in one statement, 32 clients",
                lambda: Reading(spread(), pgbench.round(AT_ONCE)),
                goal=0.6,
            ),
            Row(
                "32 at once on one hot listing, distinct free nights",
                "32 at once on 32 listings",
                lambda: Reading(hot(), spread()),
                goal=0.5,
            ),
        ]


def _rows_of_a_hold(market: Market, world: World) -> tuple[bytes, bytes, bytes]:
    [wanted] = market.quoted(market.wishes(market.listings(1), 1))
    in_a_loop(market.hold, [wanted], 1)
    with LogReader(world.platform.settings.need("postgres_queries_url")) as reader:
        held, requested = reader.read(reader.head() - 2, 2)
    return held.data, requested.data, str(wanted.quote_id).encode() * 20
