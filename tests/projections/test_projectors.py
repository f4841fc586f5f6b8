"""Every document is the fold of its streams, whatever batches they come in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.listing.decisions import draft
from domain.listing.facts import ListingPublished
from domain.recorded import Recorded
from projections.account.projector import ACCOUNT
from projections.booking.projector import BOOKING as BOOKING_PART
from projections.calendar.projector import CLAIMS
from projections.calendar.projector import LISTING as CALENDAR_LISTING
from projections.documents import PartKey
from projections.host_listings import projector as host_listings
from projections.listing_page.projector import LISTING as PAGE
from projections.parts import ListEntry, Missed, Part
from projections.reservations import projector as reservations
from projections.trips import projector as trips
from streams.pages import folded
from tests.domain.facts import BOOKING, GUEST, HOST, LISTING, offer, published, requested
from tests.projections.history import History
from tests.projections.stories import OTHER_LISTING, a_season

Parts = dict[PartKey, Part[Any]]


def fold_in_batches(events: list[Recorded], sizes: list[int]) -> Parts:
    parts: Parts = {}
    rest = list(events)
    for size in [*sizes, len(rest)]:
        batch, rest = rest[:size], rest[size:]
        parts |= folded(parts, batch)
    return parts


def test_a_listings_page_shows_what_its_host_said_last() -> None:
    history = History()
    history.listing(*draft(LISTING, HOST, offer()), ListingPublished(listing_id=LISTING))
    page = folded({}, history.events)[PartKey(PAGE, str(LISTING))]
    last = history.events[-1]
    assert page == Part(last.position, last.version, published())


def test_a_calendar_has_a_part_for_the_listing_and_one_for_its_claims() -> None:
    season = a_season()
    parts = folded({}, season.events)
    assert parts[PartKey(CALENDAR_LISTING, str(LISTING))].state.status == "unpublished"
    [claim] = parts[PartKey(CLAIMS, str(LISTING))].state.claims.values()
    assert (claim.kind, claim.until) == ("booking", None)
    assert parts[PartKey(CLAIMS, str(OTHER_LISTING))].state.claims == {}


def test_a_booking_says_how_it_stands() -> None:
    booking = folded({}, a_season().events)[PartKey(BOOKING_PART, str(BOOKING))]
    assert (booking.state.status, booking.state.payment_status) == ("confirmed", "captured")
    assert booking.version == 3


def test_an_account_says_what_a_person_may_do() -> None:
    account = folded({}, a_season().events)[PartKey(ACCOUNT, str(GUEST))]
    assert account.state.roles == {"guest", "host"}


def test_a_request_is_listed_for_its_guest_and_its_host_and_a_draft_for_its_host() -> None:
    history = History()
    [request] = history.booking(requested())
    assert trips.entries(request) == [
        ListEntry("trips", str(GUEST), str(BOOKING), request.position)
    ]
    assert reservations.entries(request) == [
        ListEntry("reservations", str(HOST), str(BOOKING), request.position),
        ListEntry("listing_reservations", str(LISTING), str(BOOKING), request.position),
    ]
    assert host_listings.entries(request) == []
    drafted, *others = history.listing(*draft(LISTING, HOST, offer()))
    assert host_listings.entries(drafted) == [
        ListEntry("host_listings", str(HOST), str(LISTING), drafted.position)
    ]
    assert not any(host_listings.entries(event) for event in others)


def test_events_that_come_again_change_nothing() -> None:
    season = a_season().events
    parts = folded({}, season)
    assert folded(parts, season) == {}
    assert folded(parts, season[3:7]) == {}


def test_an_event_whose_predecessor_never_came_is_not_applied() -> None:
    first, _second, third, *_ = History().listing(*draft(LISTING, HOST, offer()))
    parts = folded({}, [first])
    with pytest.raises(Missed, match="applied up to 1, not 2") as missed:
        folded(parts, [third])
    assert missed.value.recorded == third


def test_an_event_of_a_stream_that_has_no_document_is_ignored() -> None:
    history = History()
    [other] = history.add(f"unheard-{UUID(int=9)}", ListingPublished(listing_id=LISTING))
    assert folded({}, [other]) == {}


@given(sizes=st.lists(st.integers(min_value=0, max_value=9)))
def test_folding_in_any_batches_equals_folding_at_once(sizes: list[int]) -> None:
    season = a_season().events
    assert fold_in_batches(season, sizes) == folded({}, season)


@given(
    starts=st.lists(st.integers(min_value=0, max_value=40), max_size=6),
    sizes=st.lists(st.integers(min_value=1, max_value=9), max_size=12),
)
def test_going_back_and_reading_again_ends_in_the_same_documents(
    starts: list[int], sizes: list[int]
) -> None:
    season = a_season().events
    parts = fold_in_batches(season, sizes)
    for start in starts:
        parts |= folded(parts, season[start:])
    assert parts == folded({}, season)


def test_equal_states_have_equal_bytes_and_come_back_equal() -> None:
    for key, part in folded({}, a_season().events).items():
        stored = key.kind.encode(part.state)
        assert key.kind.decode(stored) == part.state
        assert key.kind.encode(key.kind.decode(stored)) == stored
