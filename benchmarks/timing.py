"""Runs work on many threads at once and says how fast it went."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Round:
    """Operations a second, and the latencies in milliseconds."""

    rate: float
    latencies: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """The latency that ``share`` of the operations stay below, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timed(work: Callable[[T], None], items: Sequence[T], at_once: int) -> Round:
    """Do ``work`` for every item, ``at_once`` at a time."""

    def one(item: T) -> float:
        began = perf_counter()
        work(item)
        return (perf_counter() - began) * 1_000

    with ThreadPoolExecutor(at_once) as threads:
        began = perf_counter()
        latencies = tuple(threads.map(one, items))
        return Round(len(items) / (perf_counter() - began), latencies)


def median_rate(rounds: Sequence[Round]) -> float:
    """The median of the rounds' rates."""
    return statistics.median(each.rate for each in rounds)
