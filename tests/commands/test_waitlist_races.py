"""Whatever is decided at the same moment, nights go to one, and one offer is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from commands.block_dates import BlockDates, block_dates
from commands.book import Book, book
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Commands
from commands.join_waitlist import JoinWaitlist, join_waitlist
from commands.lift_block import LiftBlock, lift_block
from commands.make_quote import MakeQuote, make_quote
from commands.offer_dates import OfferDates, offer_dates
from commands.publish_listing import PublishListing, publish_listing
from commands.register_account import RegisterAccount, register_account
from domain.refusals import NightsTaken
from domain.stay import Stay
from eventlog.application import EventLog
from eventlog.reader import LogReader
from sojourn.wiring import sealing
from tests.domain.facts import offer
from tests.platforms import Platform

pytestmark = pytest.mark.servers

ARRIVE = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day far enough ahead will do
STAY = Stay(ARRIVE, ARRIVE + timedelta(days=2))
TIMERS = Context(process="timers", correlation_id="races")


@pytest.fixture
def several(platform: Platform) -> Iterator[list[Commands]]:
    """As many command processes would have them: each with a log, a cache and turns of its own."""
    logs = [
        EventLog(
            platform.settings.need("postgres_commands_url"), sealing=sealing(platform.settings)
        )
        for _ in range(6)
    ]
    yield [Commands(log) for log in logs]
    for log in logs:
        log.close()


def by(actor: UUID) -> Context:
    return Context(actor=actor, correlation_id="races")


def line_of_two(ready: Commands) -> tuple[UUID, UUID, list[UUID]]:
    """A blocked listing of one unit with two in line; the block, and the two guests."""
    host, listing, blocked = uuid7(), uuid7(), uuid7()
    ready.execute(register_account, RegisterAccount(account_id=host, name="Host"), by(host))
    creating = CreateListing(listing_id=listing, host_id=host, offer=offer())
    ready.execute(create_listing, creating, by(host))
    ready.execute(publish_listing, PublishListing(listing_id=listing), by(host))
    ready.execute(
        block_dates, BlockDates(listing_id=listing, block_id=blocked, stay=STAY), by(host)
    )
    guests = [uuid7(), uuid7()]
    for guest in guests:
        joining = JoinWaitlist(
            entry_id=uuid7(), listing_id=listing, guest_id=guest, stay=STAY, guests=2
        )
        ready.execute(join_waitlist, joining, by(guest))
    ready.execute(lift_block, LiftBlock(listing_id=listing, block_id=blocked), by(host))
    return listing, blocked, guests


def quoted(ready: Commands, listing: UUID, guest: UUID) -> UUID:
    quoting = MakeQuote(quote_id=uuid7(), listing_id=listing, guest_id=guest, stay=STAY, guests=2)
    made = ready.execute(make_quote, quoting, by(guest)).result
    assert made is not None
    return made.quote.state.quote_id


def facts_of(platform: Platform, *streams: str) -> Counter[str]:
    with LogReader(platform.settings.need("postgres_queries_url")) as log:
        return Counter(r.type for stream in streams for r in log.read_stream(stream))


def test_timers_that_offer_at_once_make_one_offer(
    platform: Platform, several: list[Commands]
) -> None:
    listing, _, _ = line_of_two(several[0])
    together = Barrier(len(several))

    def go(ready: Commands) -> None:
        together.wait()
        ready.execute(offer_dates, OfferDates(listing_id=listing), TIMERS)

    with ThreadPoolExecutor(len(several)) as threads:
        list(threads.map(go, several))
    facts = facts_of(platform, f"waitlist-{listing}", f"calendar-{listing}")
    assert (facts["waitlist.offered.v1"], facts["calendar.offer_held.v1"]) == (1, 1)


def test_of_those_who_book_while_an_offer_is_made_nobody_shares_its_nights(
    platform: Platform, several: list[Commands]
) -> None:
    listing, _, _ = line_of_two(several[0])
    strangers = [(ready, uuid7()) for ready in several[1:]]
    quotes = {guest: quoted(ready, listing, guest) for ready, guest in strangers}
    together = Barrier(len(several))

    def timer(ready: Commands) -> bool:
        together.wait()
        ready.execute(offer_dates, OfferDates(listing_id=listing), TIMERS)
        return False

    def stranger(ready: Commands, guest: UUID) -> bool:
        together.wait()
        try:
            ready.execute(book, Book(booking_id=uuid7(), quote_id=quotes[guest]), by(guest))
        except NightsTaken:
            return False
        return True

    with ThreadPoolExecutor(len(several)) as threads:
        offering = threads.submit(timer, several[0])
        booking = [threads.submit(stranger, *each) for each in strangers]
        booked = sum(each.result() for each in (offering, *booking))
    facts = facts_of(platform, f"waitlist-{listing}", f"calendar-{listing}")
    assert booked + facts["waitlist.offered.v1"] == 1
    assert facts["calendar.offer_held.v1"] == facts["waitlist.offered.v1"]
    assert facts["calendar.nights_held.v1"] == booked


def test_the_offered_guest_who_books_twice_at_once_books_once(
    platform: Platform, several: list[Commands]
) -> None:
    listing, _, [first, _] = line_of_two(several[0])
    several[0].execute(offer_dates, OfferDates(listing_id=listing), TIMERS)
    quotes = [quoted(ready, listing, first) for ready in several]
    together = Barrier(len(several))

    def go(ready: Commands, quote: UUID) -> bool:
        together.wait()
        try:
            ready.execute(book, Book(booking_id=uuid7(), quote_id=quote), by(first))
        except NightsTaken:
            return False
        return True

    with ThreadPoolExecutor(len(several)) as threads:
        assert sum(threads.map(go, several, quotes)) == 1
    facts = facts_of(platform, f"waitlist-{listing}", f"calendar-{listing}")
    assert (facts["waitlist.offer_taken.v1"], facts["calendar.nights_held.v1"]) == (1, 1)
    assert facts["calendar.hold_released.v1"] == 1
