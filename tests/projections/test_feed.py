"""The live feed in Redis: each entry once and in order, and it knows from where on it has all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from domain.booking.facts import BookingConfirmed, BookingDeclined
from domain.recorded import Recorded
from eventlog.partitioner import PARTITIONS
from projections.connect import connect_redis
from projections.feed.entry import Entry, FeedKeys
from projections.feed.queries import FeedReader
from projections.feed.recording import begin
from projections.unavailable import ReadModelMissing, ReadModelUnavailable
from stack.addresses import Addresses
from streams.feed import Feed
from streams.metrics import FeedMetrics
from tests.domain.facts import BOOKING, LISTING, NOW, requested
from tests.projections.stories import a_season
from tests.streams.fakes import FakeLog, log_record

pytestmark = pytest.mark.servers

KEPT = 3


class StreamedLog(FakeLog):
    """A log that is asked for streams, too."""

    def read_stream(self, stream: str) -> list[Any]:
        self.reads += 1
        return [record for record in self.records if record.stream == stream]


@pytest.fixture
async def redis(servers: Addresses) -> AsyncIterator[Redis]:
    redis = connect_redis(servers.redis_url)
    yield redis
    await redis.aclose()


@pytest.fixture
async def prefix(redis: Redis) -> AsyncIterator[str]:
    prefix = f"test-{uuid4().hex[:10]}"
    yield prefix
    untyped: Any = redis
    if keys := [key async for key in untyped.scan_iter(match=f"{prefix}-feed:*")]:
        await redis.delete(*keys)


def told(version: int, event: Any, position: int) -> Recorded:
    return Recorded(
        position=position,
        stream=f"booking-{BOOKING}",
        version=version,
        key=str(LISTING),
        partition=5,
        recorded_at=NOW,
        occurred_at=NOW,
        actor="tester",
        correlation_id="test",
        causation_id="test",
        event=event,
    )


def booking_of(events: int, first: int = 10) -> list[Recorded]:
    """A booking that is asked for and then, unlike any real one, confirmed again and again."""
    later = [BookingConfirmed(booking_id=BOOKING)] * (events - 1)
    return [told(n + 1, event, first + n) for n, event in enumerate([requested(), *later])]


async def entries(reader: FeedReader, after: int = 0) -> list[Entry]:
    return [entry async for entry in reader.behind(5, after)]


def counting() -> FeedMetrics:
    return FeedMetrics(CollectorRegistry())


async def begun(redis: Redis, prefix: str, log: StreamedLog | None = None) -> Feed:
    feed = Feed(redis, prefix, log or StreamedLog(), counting(), kept=KEPT)
    await feed.applied()
    return feed


async def test_what_is_delivered_twice_is_recorded_once(redis: Redis, prefix: str) -> None:
    events, reader = booking_of(3), FeedReader(redis, prefix)
    log = StreamedLog([log_record(event) for event in events])
    feed = Feed(redis, prefix, log, counting())
    await begin(redis, FeedKeys(prefix), partitions=PARTITIONS, position=0)
    await feed.apply(events[:2])
    await feed.apply(events)
    # Somebody who was slower, and sees things for the first time.
    registry = CollectorRegistry()
    await Feed(redis, prefix, log, FeedMetrics(registry)).apply(events)
    assert registry.get_sample_value("sojourn_feed_entries_total") == 0
    found = await entries(reader)
    assert [entry.position for entry in found] == [10, 11, 12]
    assert [entry.event for entry in found] == ["booking.requested", *["booking.confirmed"] * 2]
    assert [entry.status for entry in found] == ["held", "confirmed", "confirmed"]
    assert [entry.version for entry in found] == [1, 2, 3]


async def test_a_booking_nobody_remembers_is_read_from_the_log(redis: Redis, prefix: str) -> None:
    events = booking_of(2)
    log = StreamedLog([log_record(event) for event in events])
    feed = await begun(redis, prefix, log)
    await feed.apply([told(2, BookingDeclined(reason=None), 11)])
    [entry] = await entries(FeedReader(redis, prefix))
    # As the log has it, which was confirmed: it is the log that counts.
    assert (entry.listing_id, entry.status) == (LISTING, "confirmed")
    assert log.reads == 1


async def test_a_partition_keeps_its_last_entries_and_knows_what_it_forgot(
    redis: Redis, prefix: str
) -> None:
    feed, reader = await begun(redis, prefix), FeedReader(redis, prefix)
    events = booking_of(KEPT + 2)
    await feed.apply(events[:KEPT])
    reach = await reader.reach()
    assert reach.floor[5] == 0
    assert reach.holds({5: 0, 6: 0})
    await feed.apply(events[KEPT:])
    reach = await reader.reach()
    assert [entry.position for entry in await entries(reader)] == [12, 13, 14]
    assert reach.floor[5] == 11
    assert reach.holds({5: 11})
    assert not reach.holds({5: 10})


async def test_a_lost_feed_begins_anew_at_the_end_of_the_log(redis: Redis, prefix: str) -> None:
    reader = FeedReader(redis, prefix)
    with pytest.raises(ReadModelMissing):
        await reader.reach()
    log = StreamedLog([log_record(event) for event in booking_of(4)])
    feed = await begun(redis, prefix, log)
    first = await reader.reach()
    assert first.applied == first.floor == dict.fromkeys(range(PARTITIONS), 13)
    assert not first.holds({5: 12})
    # Those who come later find it begun.
    await begun(redis, prefix, StreamedLog())
    assert await reader.reach() == first
    await redis.delete(f"{prefix}-feed:state")
    await feed.applied()
    assert (await reader.reach()).epoch != first.epoch


async def test_what_outsiders_are_not_told_is_no_entry(redis: Redis, prefix: str) -> None:
    season = a_season().events
    feed = Feed(redis, prefix, StreamedLog(), counting())
    await feed.applied()
    await feed.apply(season)
    await feed.advance({event.partition: event.position for event in season})
    reader = FeedReader(redis, prefix)
    public = [event.position for event in season if event.stream.startswith("booking-")]
    found = [e.position for n in range(PARTITIONS) async for e in reader.behind(n, 0)]
    assert sorted(found) == public
    applied = (await reader.reach()).applied
    assert {p: at for p, at in applied.items() if at} == {e.partition: e.position for e in season}


async def test_who_waits_is_told_of_news_and_of_nothing_else(redis: Redis, prefix: str) -> None:
    feed, reader = await begun(redis, prefix), FeedReader(redis, prefix)
    assert await reader.following({5: 0}, 0.01) == []
    waiting = asyncio.create_task(reader.following({5: 0, 6: 0}, 1.5))
    await feed.apply(booking_of(1))
    assert [entry.position for entry in await waiting] == [10]
    assert await reader.following({5: 10}, 0.01) == []


async def test_a_ticket_is_used_once(redis: Redis, prefix: str) -> None:
    reader = FeedReader(redis, prefix)
    used = await asyncio.gather(*(reader.use("one", 60) for _ in range(5)))
    assert sorted(used) == [False, False, False, False, True]
    assert 0 < await redis.ttl(f"{prefix}-feed:ticket:one") <= timedelta(minutes=1).seconds


async def test_a_feed_that_cannot_be_asked_says_so() -> None:
    nobody = connect_redis("redis://127.0.0.1:1/0", timeout=0.2)
    reader = FeedReader(nobody, "nobody")
    for question in (reader.reach(), reader.following({0: 0}, 0.01), reader.use("one", 1)):
        with pytest.raises(ReadModelUnavailable):
            await question
    with pytest.raises(ReadModelUnavailable):
        await entries(reader)
    await nobody.aclose()
