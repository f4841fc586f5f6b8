"""One pages worker with a backlog in the topic, against the same worker with an empty sink."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import Any

from benchmarks.bare import connected
from benchmarks.lived import Lived, relay_all, show_nothing_yet
from benchmarks.rows import Reading, Row
from benchmarks.timing import Round
from projections.generation import CURRENT, Keys
from tests.processes import Processes

STARTING = 0.1
"""The share of the backlog that is not timed: the worker starts, joins its group and warms up."""


def row(lived: Lived) -> Row:
    """The row of catching up; has the log relayed first."""
    relay_all(lived.platform, lived.records[-1].position)
    numbers = count(1)

    def caught_up(module: str) -> Round:
        return _caught_up(lived, module, f"{lived.platform.name}.{next(numbers)}")

    return Row(
        "one `worker pages` behind a backlog, all read models in Redis; events",
        "the same worker with an empty sink",
        lambda: Reading(caught_up("sojourn"), caught_up("benchmarks.worker")),
        goal=0.6,
    )


def _caught_up(lived: Lived, module: str, prefix: str) -> Round:
    """From the topic's beginning to its end, with documents and offsets under ``prefix``."""
    settings = lived.platform.settings.model_copy(
        update={"redis_prefix": prefix, "group_prefix": prefix}
    )
    asyncio.run(show_nothing_yet(settings))
    with (
        Processes(replace(lived.platform, settings=settings)) as processes,
        closing(connected(settings.need("redis_url"))) as redis,
    ):
        reached = _Reached(lived, redis, prefix)
        processes.start_module(module, "worker pages")
        processes.until(lambda: reached.share() >= STARTING, "nothing was applied")
        first, began = reached.events(), perf_counter()
        processes.until(lambda: reached.share() == 1, "the backlog was not applied")
        rate = (len(lived.records) - first) / (perf_counter() - began)
        processes.stop("worker pages")
        for key in redis.scan_iter(match=f"{prefix}:*", count=1_000):
            redis.unlink(key)
    return Round(rate)


class _Reached:
    """How many events of the log a worker has applied, from its positions in Redis."""

    def __init__(self, lived: Lived, redis: Any, prefix: str) -> None:
        self._redis = redis
        self._key = Keys(prefix, CURRENT).applied
        self._of = len(lived.records)
        self._positions: dict[int, list[int]] = defaultdict(list)
        for record in lived.records:
            self._positions[record.partition].append(record.position)

    def events(self) -> int:
        """So many."""
        stored: dict[bytes, bytes] = self._redis.hgetall(self._key)
        return sum(
            bisect_right(self._positions[int(partition)], int(position))
            for partition, position in stored.items()
        )

    def share(self) -> float:
        """The same, of all."""
        return self.events() / self._of
