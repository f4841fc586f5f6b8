"""`sojourn projections` builds, compares and switches read models that are in use all the while."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.listing.decisions import draft
from domain.listing.facts import ListingDescribed
from domain.streams import listing_stream
from projections.applied import RedisApplied
from projections.connect import connect_elasticsearch, connect_redis
from projections.ending import end
from projections.generation import Generations
from projections.listing_page.queries import listing_page
from projections.listing_search.applied import SearchApplied
from projections.listing_search.names import listings
from streams.alone import alone_by
from streams.pages import Pages
from streams.search import Search
from tests.domain.facts import HOST, LISTING, offer
from tests.platforms import Platform
from tests.processes import sojourn
from tests.sojourn.small_world import live, untyped
from tests.sojourn.test_verify import verified
from tests.streams.conftest import Pipeline
from tests.streams.conftest import pipeline as pipeline  # noqa: PLC0414 - a fixture
from tests.streams.working import Working

pytestmark = pytest.mark.servers


async def command(platform: Platform, *arguments: str) -> tuple[int, str]:
    """Exit code and all that it says."""
    done = await asyncio.to_thread(sojourn, platform, "projections", *arguments)
    return done.returncode, done.stdout + done.stderr


async def generations(platform: Platform, store: str) -> list[dict[str, Any]]:
    _, told = await command(platform, "list")
    rows = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return [row for row in rows if row["store"] == store]


async def shown(platform: Platform, store: str) -> str:
    [name] = [row["name"] for row in await generations(platform, store) if row["shown"]]
    return name


@dataclass
class Readers:
    """Whoever writes, and at once reads what was written, again and again, from both stores."""

    pipeline: Pipeline
    writes: int = 0
    searches: int = 0
    wrong: list[str] = field(default_factory=list[str])

    async def on_pages(self, redis: Any, prefix: str) -> None:
        asked = Generations(redis, prefix)
        applied = RedisApplied(redis, prefix, asked)
        identity = await asyncio.to_thread(
            self.pipeline.append_listing, *draft(LISTING, HOST, offer())
        )
        version = self.pipeline.versions[listing_stream(identity)]
        while True:
            event = ListingDescribed(title=f"Boat {self.writes}", description="", room_type=None)
            await asyncio.to_thread(
                self.pipeline.append, event, stream=listing_stream(identity), key=identity
            )
            version += 1
            [position] = (await asyncio.to_thread(self._last, str(identity))).items()
            if not await applied.wait(dict([position]), 10):
                self.wrong.append(f"version {version} was never applied")
            page = await listing_page(asked, identity)
            if page is None or page.version != version:
                self.wrong.append(f"{page and page.version} instead of version {version}")
            self.writes += 1

    async def on_search(self, client: Any, prefix: str) -> None:
        applied = SearchApplied(client, prefix)
        least = 0
        while True:
            await applied.positions()
            found = await client.count(index=listings(prefix))
            if found["count"] < least:
                self.wrong.append(f"{found['count']} listings, where there were {least}")
            least = found["count"]
            self.searches += 1

    def _last(self, key: str) -> dict[int, int]:
        record = self.pipeline.reading.read_key(key)[-1]
        return {record.partition: record.position}


@asynccontextmanager
async def in_use(pipeline: Pipeline) -> AsyncGenerator[Readers]:
    """Both workers at work, and readers who never rest."""
    settings = pipeline.platform.settings
    redis = connect_redis(settings.need("redis_url"))
    client = connect_elasticsearch(settings.need("elasticsearch_url"))
    readers = Readers(pipeline)
    pages = Working(pipeline, Pages(redis, settings.redis_prefix))
    search = Working(pipeline, Search(client, settings.index_prefix))
    async with AsyncExitStack() as stack:
        stack.enter_context(pipeline.relaying())
        await stack.enter_async_context(pages.running())
        await stack.enter_async_context(search.running())
        reading = [
            asyncio.create_task(readers.on_pages(redis, settings.redis_prefix)),
            asyncio.create_task(readers.on_search(client, settings.index_prefix)),
        ]
        try:
            yield readers
        finally:
            await end(*reading)
        failed = [task.exception() for task in reading if not task.cancelled()]
        assert not failed, failed
        await pages.until_done()
        await search.until_done()
    await client.close()
    await redis.aclose()


@pytest.mark.parametrize("store", ["pages", "search"])
async def test_readers_notice_nothing_of_a_rebuild_a_switch_and_the_way_back(
    pipeline: Pipeline, store: str
) -> None:
    platform = pipeline.platform
    await asyncio.to_thread(live, platform)
    async with in_use(pipeline) as readers:
        old = await shown(platform, store)
        code, told = await command(platform, "rebuild", store)
        assert code == 0, told
        code, told = await command(platform, "compare", store)
        assert (code, "compare: equal" in told) == (0, True), told
        before = readers.writes, readers.searches
        code, told = await command(platform, "switch", store)
        assert code == 0, told
        new = await shown(platform, store)
        assert new != old
        code, told = await command(platform, "rollback", store)
        assert code == 0, told
        assert await shown(platform, store) == old
        code, told = await command(platform, "switch", store, new)
        assert code == 0, told
        assert readers.writes > before[0]
        assert readers.searches > before[1]
    assert readers.wrong == []
    result = await verified(platform, wait=10)
    assert result.first is None
    code, told = await command(platform, "compare", store, old)
    assert (code, "compare: equal" in told) == (0, True), told
    code, told = await command(platform, "drop", store, new)
    assert code == 1
    assert "switch first" in told
    code, told = await command(platform, "drop", store, old)
    assert code == 0, told
    assert [row["name"] for row in await generations(platform, store)] == [new]


async def test_compare_names_the_first_difference(platform: Platform) -> None:
    world = await asyncio.to_thread(live, platform)
    redis = connect_redis(platform.settings.need("redis_url"))
    for store in ("pages", "search"):
        code, told = await command(platform, "rebuild", store)
        assert code == 0, told
    [new] = [row["name"] for row in await generations(platform, "pages") if not row["shown"]]
    key = f"{platform.name}:{new}:account:{world.guest}"
    stored: bytes = await untyped(redis).hget(key, "account")
    await untyped(redis).hset(key, "account", stored.replace(b'"name":"', b'"name":"No '))
    code, told = await command(platform, "compare", "pages")
    await redis.aclose()
    assert code == 1
    assert f"generation {new}: account {world.guest} in Redis is not the fold of" in told


async def test_two_rebuilds_at_once_are_one_too_many(platform: Platform) -> None:
    with alone_by(platform.settings.need("postgres_workers_url"), "pages")() as mine:
        assert mine
        code, told = await command(platform, "rebuild", "pages")
    assert code == 1
    assert "another process builds pages" in told


async def test_what_is_not_whole_is_never_shown(platform: Platform) -> None:
    redis = connect_redis(platform.settings.need("redis_url"))
    building = await Pages(redis, platform.settings.redis_prefix).build()
    await redis.aclose()
    code, told = await command(platform, "switch", "pages", building.generation)
    assert code == 1
    assert f"pages {building.generation} is not whole: it is building" in told
    code, told = await command(platform, "rollback", "pages")
    assert (code, "readers saw no other generation" in told) == (1, True)
