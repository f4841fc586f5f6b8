"""From a command's commit to its effect being readable in Redis, at a steady pace.

It counts from `recorded_at`, which Postgres sets just before it commits: an answer may come late.

Real processes: the command app, the relay, and `worker pages` with all its read models. The other
workers of `make up` are off, as are the query app and the gateway.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from time import perf_counter, time
from uuid import UUID

import uvloop

from api.conventions.bearer import TokenIssuer
from api.positions import decode_positions
from benchmarks.bare import KafkaAndRedis, connected
from benchmarks.client import Pool, paced
from benchmarks.market import Market
from benchmarks.over_http import Asking
from benchmarks.rows import Reading, Row, RowsMade, World
from benchmarks.timing import Round
from benchmarks.watching import Watching
from eventlog.reader import LogReader
from projections.generation import CURRENT, Keys
from sojourn.wiring import event_log, workers_log
from tests.processes import Processes

RATE = 300
COMMANDS = 6 * RATE
BARE = 3 * RATE


@contextmanager
def rows(world: World) -> RowsMade:
    """The rows of what Redis shows."""
    with world.another("visible") as platform:
        settings = platform.settings
        applied = Keys(settings.redis_prefix, CURRENT).applied
        with (
            event_log(settings, sealed=True) as log,
            workers_log(settings) as reader,
            Processes(platform) as processes,
            closing(KafkaAndRedis(settings)) as bare,
            closing(connected(settings.need("redis_url"))) as redis,
        ):
            processes.start("api commands")
            issuer = TokenIssuer(settings.key("signing_key_file"))
            asking = Asking(Market(log), issuer, settings.commands_port)

            def look() -> dict[str, int]:
                return {key.decode(): int(value) for key, value in redis.hgetall(applied).items()}

            def once() -> Reading:
                floor = bare.round(2 * BARE, 2 * RATE)
                processes.start("relay", "worker pages")
                with Watching(look, every=0.002) as watching:
                    measured = _seen(asking, watching, reader, asking.bodies(COMMANDS))
                processes.stop("worker pages")
                processes.stop("relay")
                return Reading(measured, floor)

            median = Row(
                f"p50 from a hold's commit to Redis showing it, {RATE} commands/s over HTTP",
                "as many records as events through Kafka into Redis, nothing else",
                once,
                goal=30,
                sense="at most",
                figure=lambda each: each.measured.quantile(0.5),
                unit=" ms",
            )
            yield [
                median,
                Row(
                    "p99 of the same",
                    "p99 of the same",
                    lambda: median.readings[-1],
                    goal=100,
                    sense="at most",
                    figure=lambda each: each.measured.quantile(0.99),
                    unit=" ms",
                ),
            ]


def _seen(
    asking: Asking, watching: Watching, log: LogReader, bodies: list[tuple[UUID, bytes]]
) -> Round:
    """Offer the holds, and time each from its commit until ``watching`` has seen it."""
    answered: list[str] = []

    async def everyone() -> None:
        async with Pool(asking.port) as pool:

            async def one(request: bytes, _due: float) -> None:
                async with pool.one() as connection:
                    await connection.ask(request, 201)
                    answered.append(connection.position)

            requests = [asking.request("/v1/bookings", guest, body) for guest, body in bodies]
            await paced(one, requests, RATE)

    # The quotes have warmed everybody up; first all that they wrote is to be through.
    watching.when({str(record.partition): record.position for record in log.scan()})
    uvloop.run(everyone())
    committed = {
        (str(record.partition), record.position): record.recorded_at.timestamp()
        for record in log.scan()
    }
    epoch = time() - perf_counter()
    waits = [
        epoch + watching.when(named) - max(committed[each] for each in named.items())
        for named in map(_named, answered)
    ]
    return Round(RATE, tuple(each * 1_000 for each in waits))


def _named(token: str) -> dict[str, int]:
    return {str(partition): position for partition, position in decode_positions(token).items()}
