"""A listing's rating is gathered from many streams, and comes out the same however it comes in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.listing.decisions import draft
from domain.listing.facts import CoHostAdded, CoHostPermissionsSet, ListingPublished
from domain.recorded import Recorded
from domain.review.decisions import REVIEW_WITHIN
from domain.review.facts import ReviewReplied, ReviewsPublished
from domain.review.rating import Rating
from projections.conversation import projector as conversation
from projections.documents import PartKey
from projections.host_listings import projector as host_listings
from projections.listing_ratings.projector import RATINGS, Ratings
from projections.listing_ratings.queries import ratings
from projections.listing_search import projector as listing_search
from projections.listing_search.criteria import Criteria
from projections.parts import ListEntry, Missed, Part
from projections.reviews import projector as reviews
from projections.reviews.queries import listing_reviews, review_pair
from streams.pages import folded
from streams.search import folded as folded_for_search
from tests.domain.facts import BOOKING, GUEST, HOST, LISTING, NOW, OTHER, offer
from tests.projections.conftest import RedisStore, SearchStore
from tests.projections.history import History
from tests.projections.stories import OTHER_BOOKING, said_by_guest, said_by_host
from tests.projections.town import BOAT, STUDIO, VILLA, a_town, found, ids, store

CLOSES = NOW + REVIEW_WITHIN
MOMENT = timedelta(microseconds=1)
THIRD = UUID(int=112)
KEY = PartKey(RATINGS, str(LISTING))


def published(booking: UUID, *, late: bool = False) -> ReviewsPublished:
    return ReviewsPublished(booking_id=booking, at=CLOSES if late else NOW)


def a_year() -> History:
    """One stay reviewed by both sides, one by its host alone, one by its guest, who waits."""
    history = History()
    history.listing(*draft(LISTING, HOST, offer()), ListingPublished(listing_id=LISTING))
    history.review(said_by_guest(BOOKING, 5), of=BOOKING)
    history.review(said_by_host(OTHER_BOOKING), of=OTHER_BOOKING)
    history.review(said_by_host(BOOKING), published(BOOKING), of=BOOKING)
    history.review(said_by_guest(THIRD, 2), of=THIRD)
    history.review(
        ReviewReplied(review_id=said_by_guest(BOOKING, 5).review_id, author_id=HOST, text="Thanks.",
                      at=NOW),
        of=BOOKING,
    )  # fmt: skip
    history.review(published(OTHER_BOOKING, late=True), of=OTHER_BOOKING)
    return history


def gathered(events: list[Recorded]) -> Part[Ratings]:
    return folded({}, events)[KEY]


def test_a_rating_counts_when_it_is_published_or_its_time_has_come() -> None:
    part = gathered(a_year().events)
    for moment, counts in [
        (NOW, (0, 0, 0, 0, 1)),
        (CLOSES - MOMENT, (0, 0, 0, 0, 1)),
        (CLOSES, (0, 1, 0, 0, 1)),
    ]:
        assert part.state.at(moment) == Rating(counts), moment


def test_tidying_up_moves_no_number() -> None:
    history = a_year()
    before = gathered(history.events).state
    history.review(published(THIRD, late=True), of=THIRD)
    after = gathered(history.events).state
    assert after.waiting == {}
    assert after.at(CLOSES) == before.at(CLOSES)


def test_the_version_is_how_many_reviews_events_there_were() -> None:
    events = a_year().events
    part = gathered(events)
    assert part.version == sum(event.stream.startswith("review-") for event in events)
    assert part.position == events[-1].position


def test_one_that_comes_before_its_predecessor_is_missed_and_others_go_on() -> None:
    history = History()
    first, second = history.review(said_by_guest(BOOKING, 5), said_by_host(BOOKING), of=BOOKING)
    [other] = history.review(said_by_guest(THIRD, 2), of=THIRD)
    parts = folded({}, [other])
    with pytest.raises(Missed, match="applied up to 0, not 1"):
        folded(parts, [second])
    assert gathered([other, first, second]).state.at(CLOSES) == Rating((0, 1, 0, 0, 1))


@given(
    starts=st.lists(st.integers(min_value=0, max_value=18), max_size=6),
    sizes=st.lists(st.integers(min_value=1, max_value=5), max_size=8),
)
def test_reading_again_from_anywhere_ends_in_the_same_rating(
    starts: list[int], sizes: list[int]
) -> None:
    events = a_year().events
    parts: dict[PartKey, Part[Any]] = {}
    documents: dict[str, listing_search.Folded] = {}
    rest = list(events)
    for size in [*sizes, len(rest)]:
        batch, rest = rest[:size], rest[size:]
        parts |= folded(parts, batch)
        documents |= folded_for_search(documents, batch)
    for start in starts:
        parts |= folded(parts, events[start:])
        documents |= folded_for_search(documents, events[start:])
    assert parts == folded({}, events)
    assert documents == folded_for_search({}, events)
    assert documents[str(LISTING)].ratings == parts[KEY]


def test_what_a_search_document_keeps_comes_back_equal() -> None:
    [state] = folded_for_search({}, a_year().events).values()
    assert listing_search.document(state).rating == 500
    assert state.position == a_year().events[-1].position
    stored = RATINGS.encode(gathered(a_year().events).state)
    assert RATINGS.decode(stored) == gathered(a_year().events).state


def test_a_review_of_a_listing_that_never_came_is_not_searched() -> None:
    events = History().review(said_by_guest(BOOKING, 5))
    with pytest.raises(Missed):
        folded_for_search({}, events)


def test_a_guests_review_is_listed_and_a_co_host_once() -> None:
    history = History()
    of_guest, of_host = history.review(said_by_guest(BOOKING, 5), said_by_host(BOOKING))
    assert reviews.entries(of_guest) == [
        ListEntry("listing_reviews", str(LISTING), str(BOOKING), of_guest.position)
    ]
    assert reviews.entries(of_host) == conversation.entries(of_host) == []
    added, changed = history.listing(
        CoHostAdded(account_id=OTHER, permissions=("calendar",)),
        CoHostPermissionsSet(account_id=OTHER, permissions=("bookings",)),
    )
    assert host_listings.entries(added) == [
        ListEntry("co_hosted_listings", str(OTHER), str(LISTING), added.position)
    ]
    assert host_listings.entries(changed) == []


@pytest.mark.servers
async def test_pages_say_what_is_published_at_the_time(pages: RedisStore) -> None:
    events = a_year().events
    for _ in range(2):
        for event in events:
            await pages.pages.apply([event])
    generations = pages.generations
    assert await ratings(generations, [LISTING, OTHER], NOW) == {LISTING: Rating((0, 0, 0, 0, 1))}
    assert (await ratings(generations, [LISTING], CLOSES))[LISTING].hundredths == 350
    for moment, bookings in [(NOW, [BOOKING]), (CLOSES, [THIRD, BOOKING])]:
        page = await listing_reviews(generations, LISTING, moment)
        assert [part.state.booking_id for part in page.items] == bookings
    pair = await review_pair(generations, BOOKING)
    assert pair.guest is not None
    assert (pair.guest.author_id, pair.guest.rating) == (GUEST, 5)
    assert (await review_pair(generations, OTHER)).reviews == ()


@pytest.mark.servers
async def test_a_search_shows_and_sorts_by_what_guests_thought(index: SearchStore) -> None:
    town = a_town()
    for listing, booking, stars in [(STUDIO, 301, 4), (VILLA, 302, 5)]:
        town.review(
            said_by_guest(UUID(int=booking), 4 if stars == 4 else 5, listing),
            published(UUID(int=booking)),
            of=UUID(int=booking),
            at=listing,
        )
    town.review(said_by_guest(UUID(int=303), 1, BOAT), of=UUID(int=303), at=BOAT)
    for _ in range(2):
        await store(index, town)
    assert await ids(index, Criteria(sort="rating")) == [VILLA, STUDIO, BOAT]
    shown = {item.id: item.rating for item in (await found(index, Criteria())).items}
    assert shown == {
        str(VILLA): Rating((0, 0, 0, 0, 1)), str(STUDIO): Rating((0, 0, 0, 1, 0)), str(BOAT): None,
    }  # fmt: skip
    first = await found(index, Criteria(sort="rating", limit=2))
    rest = await ids(index, Criteria(sort="rating", limit=2, cursor=first.next))
    assert rest == [BOAT]
