"""`sojourn verify --follow`: live equals replay, key by key and round by round, gently."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from sojourn.verify.comparing import check_generation, shown_generations
from sojourn.verify.log_rows import keys_behind, of_keys
from sojourn.verify.parked import of_sink, parked, without
from sojourn.verify.sources import Sources
from sojourn.verify.stores import Stores
from sojourn.verify.told import Told

KEYS_AT_ONCE: Final = 20
"""How many listings and accounts are compared at once."""

IDLE: Final = 1.0
"""Seconds between two rounds, and before a log without events is looked at again."""


class FollowMetrics:
    """What operators watch."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.documents = Counter(
            "sojourn_verify_documents",
            "Documents compared with the fold of the log",
            registry=registry,
        )
        self.differences = Counter(
            "sojourn_verify_differences",
            "Documents that were not what the log makes of them",
            registry=registry,
        )
        self.rounds = Counter(
            "sojourn_verify_rounds", "Times that every key was looked at", registry=registry
        )
        self.parked = Gauge(
            "sojourn_verify_parked_streams",
            "Streams, of all sinks, that wait for `sojourn dead-letters retry`",
            registry=registry,
        )


@dataclass(frozen=True)
class Checked:
    """What came of some keys."""

    documents: int
    violations: Sequence[str]


async def follow(
    stores: Stores,
    *,
    rate: float,
    metrics: FollowMetrics,
    told: Told,
    found: Callable[[str], object],
    rounds: int | None = None,
) -> int:
    """Compare for ever, or for so many ``rounds``, about ``rate`` documents a second.

    ``found`` is told of each difference. Returns how many there were.
    """
    last, differences, done = "", 0, 0
    told.begin("Comparing, round 1")
    while rounds is None or done < rounds:
        began = time.monotonic()
        keys = keys_behind(stores.fresh, last, KEYS_AT_ONCE)
        if not keys:
            last, done = "", done + 1
            metrics.rounds.inc()
            told.begin(f"Comparing, round {done + 1}")
            await asyncio.sleep(IDLE if rounds is None else 0)
            continue
        checked = await _check(stores, keys, metrics)
        if checked.violations:
            # What was parked, switched or deleted meanwhile is right the second time.
            checked = await _check(stores, keys, metrics)
        for violation in checked.violations:
            found(violation)
        differences += len(checked.violations)
        metrics.differences.inc(len(checked.violations))
        metrics.documents.inc(checked.documents)
        told.advance(checked.documents)
        last = keys[-1]
        await asyncio.sleep(max(checked.documents / rate - (time.monotonic() - began), 0))
    return differences


async def _check(stores: Stores, keys: Sequence[str], metrics: FollowMetrics) -> Checked:
    apart = parked(stores.fresh)
    metrics.parked.set(len(apart))
    shown = await shown_generations(stores)
    documents, violations = 0, list[str]()
    whole = Sources.of(of_keys(stores.fresh, keys))
    for store, name in shown.items():
        result = await check_generation(stores, store, name, without(whole, of_sink(apart, store)))
        documents += sum(n for what, n in result.counts.items() if what.startswith("documents"))
        violations += result.violations
    return Checked(documents, violations)
