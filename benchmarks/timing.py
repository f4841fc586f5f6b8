"""Runs work with so many at once, or at so many a second, and says how fast it went."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

import uvloop

T = TypeVar("T")


@dataclass(frozen=True)
class Round:
    """Operations a second, and the latencies in milliseconds, if each was timed."""

    rate: float
    latencies: tuple[float, ...] = ()

    def quantile(self, share: float) -> float:
        """The latency that ``share`` of the operations stay below, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def in_threads(work: Callable[[T], object], items: Sequence[T], at_once: int) -> Round:
    """Do ``work`` for every item, in ``at_once`` threads."""

    def one(item: T) -> float:
        began = perf_counter()
        work(item)
        return (perf_counter() - began) * 1_000

    with ThreadPoolExecutor(at_once) as threads:
        began = perf_counter()
        latencies = tuple(threads.map(one, items))
        return Round(len(items) / (perf_counter() - began), latencies)


def in_a_loop(work: Callable[[T], Awaitable[object]], items: Sequence[T], at_once: int) -> Round:
    """Do ``work`` for every item, ``at_once`` at a time, in an event loop as a server has one."""
    latencies: list[float] = []
    left = iter(items)

    async def client() -> None:
        for item in left:
            began = perf_counter()
            await work(item)
            latencies.append((perf_counter() - began) * 1_000)

    async def everyone() -> float:
        began = perf_counter()
        await asyncio.gather(*(client() for _ in range(at_once)))
        return perf_counter() - began

    return Round(len(items) / uvloop.run(everyone()), tuple(latencies))


def median_rate(rounds: Sequence[Round]) -> float:
    """The median of the rounds' rates."""
    return statistics.median(each.rate for each in rounds)


def merged(rounds: Sequence[Round]) -> Round:
    """The rounds as one: the median of the rates, and every latency."""
    return Round(median_rate(rounds), tuple(ms for each in rounds for ms in each.latencies))
