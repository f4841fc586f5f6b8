"""A worker that gets nothing done says that it is stuck; one that rebuilds for long does not."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from redis import Redis

from domain.listing.decisions import draft
from projections.generation import marker
from tests.domain.facts import HOST, LISTING, offer
from tests.faults.bulk_proxy import refusing
from tests.faults.wrong.newer_shape import PAGE, PAUSE, SHAPE
from tests.sojourn.small_world import apply_log, live
from tests.streams.conftest import Pipeline
from tests.streams.watched import watched

pytestmark = pytest.mark.servers

STUCK_AFTER = 4.0
"""Far longer than any event takes, and far shorter than the rebuild."""


def test_a_worker_that_commits_nothing_is_stuck_until_it_does(pipeline: Pipeline) -> None:
    url = pipeline.platform.settings.need("elasticsearch_url")
    down = True
    kind = "es_rejected_execution_exception"
    with (
        refusing(url, lambda _identity: down, status=429, kind=kind) as proxy,
        watched(pipeline, stuck_after=STUCK_AFTER, elasticsearch_url=proxy.url) as worker,
        pipeline.relaying() as relay,
    ):
        until = worker.processes.until
        worker.processes.start("worker search")
        until(lambda: worker.health() == (200, "ok"), "a worker with nothing to do is not well")
        pipeline.append_season()
        relay.until_done()
        until(lambda: worker.health() == (503, "stuck"), "it does not say that it is stuck")
        assert worker.counted("committed_offset_age_seconds") >= STUCK_AFTER
        assert worker.processes.alive("worker search")
        down = False
        until(lambda: worker.health() == (200, "ok"), "it is not well again")


async def test_a_worker_that_rebuilds_for_long_is_not_stuck(pipeline: Pipeline) -> None:
    await asyncio.to_thread(live, pipeline.platform)
    await apply_log(pipeline.platform)
    while len(pipeline.log()) < 3 * STUCK_AFTER / PAUSE * PAGE:
        for _ in range(50):
            pipeline.append_listing(*draft(LISTING, HOST, offer()))
    settings = pipeline.platform.settings
    redis: Any = cast("Any", Redis).from_url(settings.need("redis_url"))
    saw: set[tuple[int, str]] = set()
    ages = [0.0]

    def shown() -> bool:
        """Whether readers see what is built; takes note of what the worker shows meanwhile."""
        ages.append(worker.counted("committed_offset_age_seconds"))
        saw.add(worker.health())
        return str(redis.get(marker(settings.redis_prefix))).startswith(f"b'{SHAPE}-")

    with watched(pipeline, stuck_after=STUCK_AFTER) as worker, pipeline.relaying() as relay:
        relay.until_done()
        worker.processes.start_module("tests.faults.wrong.newer_shape", "worker pages")
        worker.processes.until(shown, "the new shape is not shown")
        assert worker.counted("rebuilt_events_total") >= len(pipeline.log())
    redis.close()
    assert saw - {(0, "")} == {(200, "ok")}
    # Nothing else than what was built spoke for it.
    assert max(ages) > STUCK_AFTER
