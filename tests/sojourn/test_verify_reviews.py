"""`verify` compares what is gathered from many streams, and names whatever was tampered with."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from commands.add_co_host import AddCoHost, add_co_host
from commands.context import Context
from commands.conversing import About
from commands.open_inquiry import OpenInquiry, open_inquiry
from commands.review_stay import ReviewStay, review_stay
from commands.send_message import SendMessage, send_message
from commands.work import Work
from domain.booking.facts import BookingCheckedIn, BookingCompleted
from domain.review.decisions import Written
from sojourn.wiring import commands
from tests.platforms import Platform
from tests.sojourn.small_world import SmallWorld, apply_log, live
from tests.sojourn.test_verify import Tamper, edited, in_index, in_redis, verified

pytestmark = pytest.mark.servers


@pytest.fixture
async def world(platform: Platform) -> SmallWorld:
    """A stay that both sides reviewed, messages, an inquiry and a co-host."""
    world = live(platform)
    host, guest = (_context(account) for account in (world.host, world.guest))

    def leave(identity: UUID, work: Work) -> None:
        came, left = work.now - timedelta(days=1), work.now
        events = [BookingCheckedIn(at=came), BookingCompleted(at=left)]
        work.record(work.booking(identity), events)

    with commands(platform.settings) as ready:
        ready.execute(leave, world.confirmed, host)
        about = About(kind="booking", id=world.confirmed)
        for person, rating in ((guest, Written(rating=5, text="Quiet.")),
                               (host, Written(rating=4, text="Tidy."))):  # fmt: skip
            reviewing = ReviewStay(booking_id=world.confirmed, review_id=uuid7(), written=rating)
            ready.execute(review_stay, reviewing, person)
            writing = SendMessage(about=about, message_id=uuid7(), text="Hello!")
            ready.execute(send_message, writing, person)
        asking = OpenInquiry(
            listing_id=world.listing, inquiry_id=uuid7(), message_id=uuid7(), text="Quiet?"
        )
        ready.execute(open_inquiry, asking, guest)
        adding = AddCoHost(
            listing_id=world.listing,
            email="guest@example.org",
            account_id=world.guest,
            permissions=frozenset({"calendar"}),
        )
        ready.execute(add_co_host, adding, host)
    await apply_log(platform)
    return world


def _context(actor: UUID) -> Context:
    return Context(actor=actor, correlation_id="small-world")


async def test_a_world_with_reviews_is_clean(world: SmallWorld) -> None:
    result = await verified(world.platform)
    assert (result.first, result.lag) == (None, [])


BREAKS: dict[str, tuple[Tamper, str]] = {
    "a rating that nobody gave": (
        edited("listing_ratings", "listing", "review", b"[0,0,0,0,1]", b"[0,0,0,0,9]"),
        r"listing_ratings \S+ in Redis is not the fold of each review of listing-\S+ up to",
    ),
    "ratings that are gone": (
        in_redis("listing_ratings", "listing", "DEL"),
        r"listing_ratings \S+ in Redis is missing, though version 3 is applied",
    ),
    "ratings of nothing": (
        in_redis("listing_ratings", "guest", "HSET", "review.position", "1"),
        r"listing_ratings \S+ in Redis is not in the log",
    ),
    "a message that nobody wrote": (
        edited("conversation", "confirmed", "conversation", b'"text":"', b'"text":"No '),
        r"conversation \S+ in Redis is not the fold of conversation-\S+ up to version 2",
    ),
    "a co-hosted listing that is not listed": (
        in_redis("co_hosted_listings", "guest", "ZPOPMIN"),
        r"\S+ in the co_hosted_listings of \S+ is missing, though position \d+ is applied",
    ),
    "a review that is not listed": (
        in_redis("listing_reviews", "listing", "ZPOPMIN"),
        r"\S+ in the listing_reviews of \S+ is missing, though position \d+ is applied",
    ),
    "a rating that the index made up": (
        in_index("ctx._source.rating = 1"),
        r"listing \S+ in the search index (has version|is not what its events make: rating)",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
async def test_what_was_tampered_with_is_named(world: SmallWorld, what: str) -> None:
    tamper, says = BREAKS[what]
    await tamper(world)
    found = (await verified(world.platform)).documents.violations
    assert any(re.search(says, violation) for violation in found), found
