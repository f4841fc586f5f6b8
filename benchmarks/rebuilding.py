"""A rebuild of all read models in Redis by one process, against decoding the same log.

Both read the log from Postgres: to hold it in memory would be another floor, and no rebuild's.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

from prometheus_client import CollectorRegistry

from benchmarks.lived import Lived
from benchmarks.rows import Reading, Row
from benchmarks.timing import Round
from projections.connect import connect_redis
from sojourn.settings import Settings
from sojourn.wiring import workers_log
from streams.alone import alone_by
from streams.dead_letters.table import DeadLetterTable
from streams.generations import PagesStore
from streams.metrics import WorkerMetrics
from streams.pages import Pages
from streams.parking import Parking
from streams.rebuild import Untold, rebuild


def row(lived: Lived) -> Row:
    """The row of rebuilding."""
    events = len(lived.records)

    def decoding() -> Round:
        with workers_log(lived.platform.settings) as log:
            began = perf_counter()
            for record in log.scan():
                record.decoded()
            return Round(events / (perf_counter() - began))

    def rebuilding() -> Round:
        return Round(events / asyncio.run(rebuilt(lived.platform.settings)))

    return Row(
        "rebuild of all read models in Redis, one process; events",
        "reading and decoding the same log, one process",
        lambda: Reading(rebuilding(), decoding()),
        goal=0.2,
    )


async def rebuilt(settings: Settings) -> float:
    """Build a generation as `sojourn projections rebuild pages` does, and drop it; seconds."""
    url = settings.need("postgres_workers_url")
    redis = connect_redis(settings.need("redis_url"), timeout=30)
    try:
        with workers_log(settings) as log, DeadLetterTable(url, "pages") as letters:
            parking = Parking("pages", log, letters, WorkerMetrics(CollectorRegistry()))
            await parking.look()
            sink = Pages(redis, settings.redis_prefix)
            began = perf_counter()
            building = await rebuild(sink, log, parking, alone_by(url, "pages"), Untold())
            took = perf_counter() - began
            await PagesStore(redis, settings.redis_prefix).drop(building.generation)
            return took
    finally:
        await redis.aclose()
