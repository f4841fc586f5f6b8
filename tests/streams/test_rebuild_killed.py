"""A rebuild that is killed at any moment, as often as it may be, ends right and is never seen."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, cast

import httpx
import pytest
from elasticsearch import Elasticsearch
from redis import Redis
from uuid_utils.compat import uuid7

from domain.listing.decisions import draft
from domain.streams import listing_stream
from projections.generation import marker
from projections.registry import read_entries, registry_key
from tests.domain.facts import HOST, offer
from tests.faults.wrong.newer_shape import PAGE, SHAPE
from tests.processes import Processes
from tests.sojourn.small_world import SmallWorld, apply_log, live
from tests.streams.conftest import Pipeline
from tests.streams.watched import watched

pytestmark = pytest.mark.servers

KILLS = 3
MOST = 4.9
"""How many pages of events are read at most before a kill; four are saved together."""

PAGES = 16
"""How many pages of events the log has: each kill comes before the end."""

NEWER = "tests.faults.wrong.newer_shape"


class PagesOfRedis:
    """What there is of the pages, and what a reader asks of them."""

    def __init__(self, pipeline: Pipeline, world: SmallWorld) -> None:
        settings = pipeline.platform.settings
        self._redis: Any = cast("Any", Redis).from_url(settings.need("redis_url"))
        self._prefix = settings.redis_prefix
        self.path = f"/v1/listings/{world.listing}"

    def right(self, answer: httpx.Response) -> bool:
        """Whether it is what readers may see."""
        return answer.status_code == 200

    def shown(self) -> str:
        """The generation that readers see."""
        return str(self._redis.get(marker(self._prefix)).decode())

    def all(self) -> set[str]:
        """All of them."""
        return {self.shown(), *read_entries(self._redis.hgetall(registry_key(self._prefix)))}


class SearchOfElasticsearch:
    """The same of the search."""

    def __init__(self, pipeline: Pipeline, world: SmallWorld) -> None:
        settings = pipeline.platform.settings
        self._client: Any = Elasticsearch(settings.need("elasticsearch_url"))
        self._index = f"{settings.index_prefix}-listings"
        self._listing = str(world.listing)
        self.path = "/v1/listings?limit=100"

    def right(self, answer: httpx.Response) -> bool:
        """See :class:`PagesOfRedis`."""
        found: list[dict[str, Any]] = answer.json()["items"] if answer.status_code == 200 else []
        return [each["id"] for each in found] == [self._listing]

    def shown(self) -> str:
        """See :class:`PagesOfRedis`."""
        [name] = self._client.indices.get_alias(name=self._index)
        return str(name.removeprefix(f"{self._index}-"))

    def all(self) -> set[str]:
        """See :class:`PagesOfRedis`."""
        names = self._client.indices.get(index=f"{self._index}-*")
        return {name.removeprefix(f"{self._index}-") for name in names}


STORES: dict[str, Callable[[Pipeline, SmallWorld], PagesOfRedis | SearchOfElasticsearch]] = {
    "pages": PagesOfRedis,
    "search": SearchOfElasticsearch,
}
OTHER = {"pages": "worker search", "search": "worker pages"}


@pytest.mark.parametrize("sink", STORES)
async def test_a_rebuild_killed_at_random_moments_ends_right_and_unseen(
    pipeline: Pipeline, sink: str
) -> None:
    seed = int(os.environ.get("SEED", "1"))
    chance = random.Random(f"{seed} {sink}")  # noqa: S311 - repeatable, not secret
    world = await asyncio.to_thread(live, pipeline.platform)
    await apply_log(pipeline.platform)
    while len(pipeline.log()) < PAGES * PAGE:
        for _ in range(20):
            _append_draft(pipeline)
    store = STORES[sink](pipeline, world)
    old = store.shown()
    worker = f"worker {sink}"
    with watched(pipeline) as watch, pipeline.relaying(), reading(watch.processes, store) as wrong:
        begun: set[str] = set()
        for _ in range(KILLS):
            enough = chance.uniform(0.1, MOST) * PAGE
            watch.processes.start_module(NEWER, worker)
            watch.processes.until(
                lambda enough=enough: (
                    watch.processes.alive(worker)
                    and watch.counted("rebuilt_events_total") >= enough
                ),
                "it does not get on",
            )
            watch.processes.kill(worker)
            begun |= store.all() - {old}
        watch.processes.start_module(NEWER, worker)
        watch.processes.until(lambda: store.shown() != old, "it is not shown")
        shown = store.shown()
        watch.processes.until(lambda: store.all() == {shown}, "the old one is not dropped")
        # Whatever was left half-built was gone on with.
        assert begun <= {shown}
        assert shown.startswith(f"{SHAPE}-")
        _append_draft(pipeline)
        with watched(pipeline) as other:
            other.processes.start_module(NEWER, OTHER[sink])
            await asyncio.to_thread(_verified, pipeline)
    assert wrong == []


def _append_draft(pipeline: Pipeline) -> None:
    identity = uuid7()
    events = draft(identity, HOST, offer())
    pipeline.append(*events, stream=listing_stream(identity), key=identity)


def _verified(pipeline: Pipeline) -> None:
    """`sojourn verify` is clean, asked by code that knows the newer shape."""
    done = subprocess.run(
        [sys.executable, "-m", NEWER, "verify", "--wait", "60"],
        env=pipeline.platform.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def reading(
    processes: Processes, store: PagesOfRedis | SearchOfElasticsearch
) -> Generator[list[str]]:
    """Somebody who reads all along; the answers that nobody may get."""
    processes.start("api queries")
    wrong: list[str] = []
    done = threading.Event()
    with httpx.Client(base_url=processes.url("api queries") or "", timeout=30) as http:
        processes.until(lambda: store.right(http.get(store.path)), "nothing to read")

        def read() -> None:
            while not done.wait(0.01):
                with suppress(httpx.TransportError):
                    answer = http.get(store.path)
                    if not store.right(answer):
                        wrong.append(f"{answer.status_code} {answer.text}")

        thread = threading.Thread(target=read)
        thread.start()
        try:
            yield wrong
        finally:
            done.set()
            thread.join()
