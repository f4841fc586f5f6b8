"""`sojourn dead-letters` shows what workers could not apply, and lets it go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from domain.booking.facts import BookingConfirmed
from projections.booking.projector import BOOKING
from projections.connect import connect_elasticsearch, connect_redis
from projections.listing_search import projector
from streams import search_generation as searching
from streams.dead_letters.letter import Letter
from streams.dead_letters.table import DeadLetterTable
from streams.pages import Pages
from streams.search import Search
from tests.platforms import Platform
from tests.processes import sojourn
from tests.sojourn.small_world import SmallWorld, apply_log, live
from tests.sojourn.test_verify import verified
from tests.streams.conftest import Pipeline
from tests.streams.conftest import pipeline as pipeline  # noqa: PLC0414 - a fixture
from tests.streams.working import Working

pytestmark = pytest.mark.servers


@pytest.fixture
async def world(platform: Platform) -> SmallWorld:
    made = live(platform)
    await apply_log(platform)
    return made


async def command(platform: Platform, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, JSON lines and all that it says."""
    done = await asyncio.to_thread(sojourn, platform, "dead-letters", *arguments)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, rows, done.stdout + done.stderr


@asynccontextmanager
async def on_pages(pipeline: Pipeline) -> AsyncGenerator[Working]:
    """A worker of pages that begins with an empty Redis."""
    settings = pipeline.platform.settings
    redis: Any = connect_redis(settings.need("redis_url"))
    keys = [key async for key in redis.scan_iter(match=f"{settings.redis_prefix}:*")]
    if keys:
        await redis.delete(*keys)
    with pipeline.relaying():
        yield Working(pipeline, Pages(redis, settings.redis_prefix))
    await redis.aclose()


async def test_an_event_that_a_projector_fails_on_waits_for_the_mended_one(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await asyncio.to_thread(live, pipeline.platform)
    await apply_log(pipeline.platform)
    sound = BOOKING._evolve  # pyright: ignore[reportPrivateUsage] - taken apart

    def broken(state: object, event: object) -> object:
        if isinstance(event, BookingConfirmed):
            raise KeyError("Ada Lovelace")
        return sound(state, event)  # type: ignore[arg-type]

    monkeypatch.setattr(BOOKING, "_evolve", broken)
    async with on_pages(pipeline) as working, working.running():
        await working.until_done()
        code, [letter, *others], _ = await command(pipeline.platform, "list")
        assert (code, letter["sink"], letter["kind"]) == (0, "pages", "poison")
        assert letter["because"].startswith("KeyError in test_dead_letters.py")
        assert len(others) == 1, "the cancelled booking had been confirmed, too"
        monkeypatch.setattr(BOOKING, "_evolve", sound)
        result = await verified(pipeline.platform, wait=10)
        assert result.first is None
        assert [each.stream for each in result.parked] == sorted(
            f"booking-{booking}" for booking in (world.confirmed, world.cancelled)
        )
        assert result.verdict.endswith(", 2 parked")

        monkeypatch.setattr(BOOKING, "_evolve", broken)
        code, _, told = await command(pipeline.platform, "retry", str(letter["id"]))
        assert code == 1
        assert "still fails at version" in told
        monkeypatch.setattr(BOOKING, "_evolve", sound)
        code, _, told = await command(pipeline.platform, "retry", "--all")
        assert (code, told.count("applied")) == (0, 2)
        result = await verified(pipeline.platform, wait=10)
        assert (result.first, result.parked) == (None, [])
        _, shown, _ = await command(pipeline.platform, "show", str(letter["id"]))
        assert (shown[0]["state"], bool(shown[0]["data"])) == ("applied", True)


async def test_a_document_that_elasticsearch_refuses_stalls_nobody(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await asyncio.to_thread(live, pipeline.platform)
    other = await asyncio.to_thread(live, pipeline.platform)
    settings = pipeline.platform.settings

    def surprising(made: projector.Document) -> bytes:
        data = projector.encode(made)
        if made.id == str(world.listing) and made.status == "published":
            data = data.replace(b"{", b'{"surprise":1,', 1)
        return data

    monkeypatch.setattr(searching, "encode", surprising)
    client = connect_elasticsearch(settings.need("elasticsearch_url"))
    working = Working(pipeline, Search(client, settings.index_prefix))
    with pipeline.relaying():
        async with working.running():
            await working.until_done()
            _, [letter], _ = await command(pipeline.platform, "list", "--sink", "search")
            assert (letter["kind"], letter["key"]) == ("refused", str(world.listing))
            assert letter["stream"] == f"listing-{world.listing}"
            found = await client.mget(
                index=f"{settings.index_prefix}-listings",
                ids=[str(world.listing), str(other.listing)],
            )
            assert [item["_source"]["status"] for item in found["docs"]] == ["draft", "published"]
            monkeypatch.setattr(searching, "encode", projector.encode)
            code, _, told = await command(pipeline.platform, "retry", str(letter["id"]))
            assert code == 0, told
    await client.close()
    await apply_log(pipeline.platform)
    result = await verified(pipeline.platform)
    assert (result.first, result.parked) == (None, [])


async def test_a_retry_takes_along_what_had_to_stop_for_want_of_it(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await asyncio.to_thread(live, pipeline.platform)
    settings = pipeline.platform.settings

    def surprising(made: projector.Document) -> bytes:
        return projector.encode(made).replace(b"{", b'{"surprise":1,', 1)

    monkeypatch.setattr(searching, "encode", surprising)
    client = connect_elasticsearch(settings.need("elasticsearch_url"))
    working = Working(pipeline, Search(client, settings.index_prefix))
    with pipeline.relaying():
        async with working.running():
            await working.until_done()
            _, [first, second], _ = await command(pipeline.platform, "list", "--sink", "search")
            assert (first["kind"], first["stream"]) == ("refused", f"listing-{world.listing}")
            assert (second["kind"], second["stream"]) == ("poison", f"calendar-{world.listing}")
            assert "what it lacks is parked" in second["because"]
            monkeypatch.setattr(searching, "encode", projector.encode)
            code, _, told = await command(pipeline.platform, "retry", str(first["id"]))
            assert code == 0, told
            _, left, _ = await command(pipeline.platform, "list", "--sink", "search")
            assert left == []
    await client.close()
    await apply_log(pipeline.platform)
    result = await verified(pipeline.platform)
    assert (result.first, result.parked) == (None, [])


async def test_what_is_discarded_is_listed_no_more_and_stays_parked(world: SmallWorld) -> None:
    platform = world.platform
    with DeadLetterTable(platform.settings.need("postgres_workers_url"), "pages") as table:
        await table.keep(
            [
                Letter(
                    kind="poison",
                    because="KeyError",
                    partition=0,
                    position=3,
                    stream=f"listing-{world.listing}",
                    version=1,
                    key=str(world.listing),
                )
            ]
        )
        _, [letter], _ = await command(platform, "list")
        code, _, told = await command(platform, "discard", str(letter["id"]))
        assert (code, told) == (
            0,
            "1 discarded; what is parked stays so, and `retry` still works.\n",
        )
        assert (await command(platform, "list"))[1] == []
        [again] = (await command(platform, "list", "--all"))[1]
        assert again["state"] == "discarded"
        assert await table.parked() == {f"listing-{world.listing}": 1}
        code, _, told = await command(platform, "retry", str(letter["id"]), "--wait", "0")
        assert code == 1
        assert "waits for `sojourn worker pages`" in told
