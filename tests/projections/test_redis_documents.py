"""Documents in Redis go forwards only, and are seen whole or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.booking.facts import BookingRequested
from domain.listing.decisions import draft
from domain.listing.facts import ListingPublished
from projections import generation
from projections.account.queries import account
from projections.applied import RedisApplied
from projections.booking.queries import booking
from projections.calendar.queries import calendar
from projections.connect import connect_redis
from projections.documents import PartKey, read_part, read_whole_parts, write_forward
from projections.generation import CURRENT, Generations, Keys, ensure_generation, marker, shape_of
from projections.host_listings.queries import host_listings
from projections.listing_page.projector import LISTING as PAGE
from projections.listing_page.queries import listing_page
from projections.parts import Part
from projections.registry import registry_key
from projections.reservations.queries import reservations
from projections.trips.queries import trips
from projections.unavailable import ReadModelMissing, ReadModelUnavailable
from streams import pages_building
from streams.pages import folded
from tests.domain.facts import (
    BOOKING,
    GUEST,
    HOST,
    LISTING,
    NOW,
    OTHER,
    nights,
    offer,
    published,
    requested,
)
from tests.projections.conftest import RedisStore
from tests.projections.history import History
from tests.projections.stories import a_season

pytestmark = pytest.mark.servers

KEY = PartKey(PAGE, str(LISTING))


async def test_every_query_answers_from_the_fold_of_the_log(pages: RedisStore) -> None:
    season = a_season()
    await pages.pages.apply(season.events)
    parts = folded({}, season.events)
    asked = pages.generations
    assert await listing_page(asked, LISTING) == parts[KEY]
    found = await booking(asked, BOOKING)
    assert found
    assert found.state.status == "confirmed"
    person = await account(asked, GUEST)
    assert person
    assert person.state.email == "gro@example.org"
    shown = await calendar(asked, LISTING, nights(9, 13), NOW)
    assert shown
    assert [night.units_free for night in shown.nights] == [2, 1, 1, 2]
    assert await calendar(asked, OTHER, nights(9, 13), NOW) is None
    assert await booking(asked, OTHER) is None


async def test_applying_everything_again_in_other_batches_changes_nothing(
    pages: RedisStore,
) -> None:
    events = a_season().events
    for event in events:
        await pages.pages.apply([event])
    stored = await everything(pages)
    await pages.pages.apply(events)
    for start in (0, 5, 9):
        await pages.pages.apply(events[start : start + 7])
    assert await everything(pages) == stored


async def test_an_older_write_that_comes_late_is_refused(pages: RedisStore) -> None:
    new, old = Part(30, 3, published(title="New")), Part(20, 2, published(title="Old"))
    keys = pages.generations.keys
    assert await write_forward(pages.redis, keys, {KEY: new}, []) == [True]
    assert await write_forward(pages.redis, keys, {KEY: old}, []) == [False]
    assert await write_forward(pages.redis, keys, {KEY: replace(old, position=30)}, []) == [False]
    assert await read_part(pages.generations, PAGE, str(LISTING)) == new


async def test_several_who_ask_at_once_how_far_it_is_are_told_the_same(pages: RedisStore) -> None:
    await pages.pages.advance({3: 30})
    asked = pages.pages
    assert await asyncio.gather(*(asked.applied() for _ in range(5))) == [{3: 30}] * 5


async def test_scripts_that_the_server_forgot_are_loaded_again(pages: RedisStore) -> None:
    await pages.redis.script_flush()
    part = Part(30, 3, published())
    assert await write_forward(pages.redis, pages.generations.keys, {KEY: part}, []) == [True]
    await pages.redis.script_flush()
    await pages.pages.advance({3: 30})
    assert await pages.pages.applied() == {3: 30}


async def test_lists_are_paged_from_the_latest_and_bear_growing_meanwhile(
    pages: RedisStore,
) -> None:
    history = History()
    made = [uuid4() for _ in range(7)]
    for number in made[:6]:
        history.booking(request(number), of=number)
    await pages.pages.apply(history.events)
    first = await trips(pages.generations, GUEST, limit=4)
    assert [part.state.id for part in first.items] == made[5:1:-1]
    await pages.pages.apply(history.booking(request(made[6]), of=made[6]))
    second = await trips(pages.generations, GUEST, limit=4, cursor=first.next)
    assert [part.state.id for part in second.items] == made[1::-1]
    assert second.next is None
    assert len((await reservations(pages.generations, HOST, limit=100)).items) == 7
    assert (await trips(pages.generations, OTHER)).items == []


async def test_a_page_that_ends_with_the_list_has_no_next(pages: RedisStore) -> None:
    history = History()
    for number in (uuid4(), uuid4()):
        history.booking(request(number), of=number)
    await pages.pages.apply(history.events)
    assert (await trips(pages.generations, GUEST, limit=2)).next is None


async def test_a_hosts_listings_of_one_status_fill_whole_pages(pages: RedisStore) -> None:
    history = History()
    listings = [uuid4() for _ in range(9)]
    for number, listing in enumerate(listings):
        history.listing(*draft(listing, HOST, offer()), of=listing)
        if number % 4 == 0:
            history.listing(ListingPublished(listing_id=listing), of=listing)
    await pages.pages.apply(history.events)
    first = await host_listings(pages.generations, HOST, status="published", limit=2)
    assert [part.state.id for part in first.items] == [listings[8], listings[4]]
    second = await host_listings(
        pages.generations, HOST, status="published", limit=2, cursor=first.next
    )
    assert [part.state.id for part in second.items] == [listings[0]]
    assert second.next is None
    assert len((await host_listings(pages.generations, HOST, limit=100)).items) == 9


async def test_without_a_marker_readers_are_told_that_the_model_is_missing(
    pages: RedisStore,
) -> None:
    await pages.pages.apply(a_season().events)
    asked = pages.generations
    assert await listing_page(asked, LISTING)
    await pages.flush()
    with pytest.raises(ReadModelMissing):
        await listing_page(asked, LISTING)
    with pytest.raises(ReadModelMissing):
        await RedisApplied(pages.redis, pages.prefix).positions()


async def test_a_switch_of_the_marker_switches_every_reader_at_once(pages: RedisStore) -> None:
    asked = pages.generations
    assert await listing_page(asked, LISTING) is None
    beside = Generations(pages.redis, pages.prefix, pinned="99")
    await write_forward(pages.redis, beside.keys, {KEY: Part(30, 3, published())}, [])
    assert await listing_page(asked, LISTING) is None
    await pages.redis.set(marker(pages.prefix), "99")
    assert await listing_page(asked, LISTING) == Part(30, 3, published())


async def test_what_older_code_made_is_read_until_it_is_made_anew_and_then_dropped(
    pages: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pages.flush()
    monkeypatch.setattr(generation, "OLDEST", "1")
    older = Generations(pages.redis, pages.prefix, pinned="1")
    await write_forward(pages.redis, older.keys, {KEY: Part(30, 3, published())}, [])
    await pages.redis.set(marker(pages.prefix), "1")
    registered: Any = pages.redis
    await registered.hset(registry_key(pages.prefix), "1", "ready 30")
    assert await listing_page(pages.generations, LISTING) == Part(30, 3, published())
    with pytest.raises(ReadModelMissing):
        await pages.pages.applied()
    building = await pages.pages.build()
    await building.apply(a_season().events)
    assert await listing_page(pages.generations, LISTING) == Part(30, 3, published())
    await building.save(40, {})
    await building.show()
    with pytest.raises(ReadModelMissing):
        await pages.pages.applied()
    await building.finish()
    await building.show()
    assert await pages.pages.applied() == {}
    found = await listing_page(pages.generations, LISTING)
    assert found is not None
    assert found.position != 30
    assert not await pages.redis.exists(older.keys.document("listing_page", str(LISTING)))


async def test_readers_get_nothing_from_what_is_older_than_they_understand(
    pages: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "OLDEST", str(shape_of(CURRENT) + 1))
    with pytest.raises(ReadModelMissing, match="older than we can read"):
        await listing_page(pages.generations, LISTING)


async def test_code_that_is_older_than_what_readers_see_writes_nothing(pages: RedisStore) -> None:
    await pages.redis.set(marker(pages.prefix), "99-1")
    with pytest.raises(ReadModelUnavailable, match="made by newer code"):
        await pages.pages.applied()


async def test_what_was_lost_while_it_was_built_is_never_shown(pages: RedisStore) -> None:
    building = await pages.pages.build()
    await building.apply(a_season().events)
    await building.save(40, {})
    await pages.flush()
    with pytest.raises(ReadModelMissing, match="was lost while it was built"):
        await building.save(50, {})
    with pytest.raises(ReadModelMissing):
        await building.finish()


async def test_a_build_that_was_killed_is_gone_on_with_from_where_it_was_saved(
    pages: RedisStore,
) -> None:
    season = a_season().events
    killed = await pages.pages.build()
    await killed.apply(season[:20])
    await killed.save(season[19].position, {3: 30})
    await killed.apply(season[20:30])
    resumed = await pages.pages.build()
    assert (resumed.generation, resumed.position) == (killed.generation, season[19].position)
    await resumed.apply(season[20:])
    await resumed.save(season[-1].position, {})
    keys = Keys(pages.prefix, resumed.generation)
    whole = folded({}, season)
    assert await read_whole_parts(pages.redis, keys, list(whole)) == whole


async def test_memory_of_a_build_is_bounded_and_what_was_let_go_is_read_again(
    pages: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_building, "HELD", 2)
    monkeypatch.setattr(pages_building, "WRITTEN", 1)
    season = a_season().events
    building = await pages.pages.build()
    for event in season:
        await building.apply([event])
    await building.save(season[-1].position, {})
    keys = Keys(pages.prefix, building.generation)
    whole = folded({}, season)
    assert await read_whole_parts(pages.redis, keys, list(whole)) == whole


async def test_an_empty_store_is_shown_only_while_the_log_is_empty(pages: RedisStore) -> None:
    await pages.flush()
    assert not await ensure_generation(pages.redis, pages.prefix, head=7)
    assert await ensure_generation(pages.redis, pages.prefix, head=0)
    assert await ensure_generation(pages.redis, pages.prefix, head=7)


async def test_redis_that_does_not_answer_is_unavailable() -> None:
    nobody = connect_redis("redis://127.0.0.1:1/0", timeout=0.2)
    with pytest.raises(ReadModelUnavailable):
        await listing_page(Generations(nobody, "test"), LISTING)
    await nobody.aclose()


async def test_applied_positions_only_grow_and_waiting_ends_when_they_suffice(
    pages: RedisStore,
) -> None:
    await pages.pages.advance({1: 20, 2: 5})
    await pages.pages.advance({1: 10, 2: 6})
    applied = RedisApplied(pages.redis, pages.prefix)
    assert await applied.positions() == {1: 20, 2: 6}
    assert await applied.wait({1: 20}, timeout=0)
    assert await applied.wait({}, timeout=0)
    assert not await applied.wait({1: 20, 3: 1}, timeout=0.02)


def request(booking_id: UUID) -> BookingRequested:
    later = NOW + timedelta(minutes=15)
    return replace(requested(), booking_id=booking_id, hold_expires_at=later)


async def everything(pages: RedisStore) -> dict[bytes, object]:
    redis: Any = pages.redis
    found: dict[bytes, object] = {}
    async for key in redis.scan_iter(match=f"{pages.prefix}:{CURRENT}:*"):
        is_list = await redis.type(key) == b"zset"
        reading = redis.zrange(key, 0, -1, withscores=True) if is_list else redis.hgetall(key)
        found[key] = await reading
    return found
