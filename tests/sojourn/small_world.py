"""A small history on a real platform, and its read models built without Kafka in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from elasticsearch import AsyncElasticsearch
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from commands.block_dates import BlockDates, block_dates
from commands.book import Book, book
from commands.cancel_booking import CancelBooking, cancel_booking
from commands.confirm_booking import ConfirmBooking, confirm_booking
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Commands
from commands.make_quote import MakeQuote, make_quote
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from domain.stay import Stay
from eventlog.reader import LogReader
from projections.connect import connect_elasticsearch, connect_redis
from sojourn.wiring import commands
from streams.pages import Pages
from streams.search import Search
from streams.sink import Sink
from streams.timers.following import TimerFollower
from streams.timers.table import TimerTable
from tests.domain.facts import offer
from tests.platforms import Platform


@dataclass(frozen=True)
class SmallWorld:
    """A published listing with a confirmed booking, a cancelled one and a block."""

    platform: Platform
    host: UUID
    guest: UUID
    listing: UUID
    confirmed: UUID
    cancelled: UUID
    arrive: date


def live(platform: Platform) -> SmallWorld:
    """Let it happen."""
    host, guest, listing = (uuid7() for _ in range(3))
    arrive = date.today() + timedelta(days=40)  # noqa: DTZ011 - any day far enough ahead will do
    with commands(platform.settings) as ready:
        for account in (host, guest):
            message = RegisterAccount(account_id=account, name="Somebody")
            ready.execute(register_account, message, _context(account))
        creating = CreateListing(listing_id=listing, host_id=host, offer=offer())
        ready.execute(create_listing, creating, _context(host))
        ready.execute(publish_listing, PublishListing(listing_id=listing), _context(host))
        confirmed = _booked(ready, listing, guest, Stay(arrive, arrive + timedelta(days=3)))
        cancelled = _booked(
            ready, listing, guest, Stay(arrive + timedelta(days=10), arrive + timedelta(days=12))
        )
        cancelling = CancelBooking(booking_id=cancelled, refund_id=uuid7())
        ready.execute(cancel_booking, cancelling, _context(guest))
        blocking = BlockDates(
            block_id=uuid7(),
            listing_id=listing,
            stay=Stay(arrive + timedelta(days=20), arrive + timedelta(days=22)),
        )
        ready.execute(block_dates, blocking, _context(host))
    return SmallWorld(platform, host, guest, listing, confirmed, cancelled, arrive)


def _booked(ready: Commands, listing: UUID, guest: UUID, stay: Stay) -> UUID:
    """A booking asked for with a key, and confirmed."""
    quoting = MakeQuote(quote_id=uuid7(), listing_id=listing, guest_id=guest, stay=stay, guests=2)
    made = ready.execute(make_quote, quoting, _context(guest)).result
    assert made is not None
    booking = uuid7()
    receipt = ReceiptRequest(account_id=guest, key=f"book:{booking}", fingerprint=b"booked")
    ready.execute(
        book,
        Book(booking_id=booking, quote_id=made.quote.state.quote_id),
        Context(actor=guest, correlation_id="small-world", receipt=receipt),
        lambda _result: StoredResponse(status=201, body=b"{}", headers={}),
    )
    confirming = ConfirmBooking(booking_id=booking, payment_id=uuid7())
    ready.execute(confirm_booking, confirming, _context(guest))
    return booking


def _context(actor: UUID) -> Context:
    return Context(actor=actor, correlation_id="small-world")


@asynccontextmanager
async def read_models(platform: Platform) -> AsyncGenerator[tuple[Redis, AsyncElasticsearch]]:
    """The two stores of ``platform``."""
    redis = connect_redis(platform.settings.need("redis_url"))
    client = connect_elasticsearch(platform.settings.need("elasticsearch_url"))
    try:
        yield redis, client
    finally:
        await client.close()
        await redis.aclose()


async def apply_log(platform: Platform) -> None:
    """Bring the read models and the timers up to date, as the processes would."""
    with (
        LogReader(platform.settings.need("postgres_queries_url")) as log,
        TimerTable(platform.settings.need("postgres_commands_url")) as timers,
    ):
        records = await asyncio.to_thread(log.read, 0, 1_000)
        await asyncio.to_thread(TimerFollower(log, timers).reach_end)
    async with read_models(platform) as (redis, client):
        sinks: list[Sink] = [
            Pages(redis, platform.settings.redis_prefix),
            Search(client, platform.settings.index_prefix),
        ]
        for sink in sinks:
            await sink.apply([record.decoded() for record in records])
            await sink.advance({record.partition: record.position for record in records})


def untyped(value: Any) -> Any:
    """``value`` where a library's types stop."""
    return value
