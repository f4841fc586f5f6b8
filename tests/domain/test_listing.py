from __future__ import annotations

import pytest

from domain.booking.policy import STRICT, CancellationPolicy, RefundTier
from domain.calendar.state import EMPTY
from domain.calendar.state import evolve as evolve_calendar
from domain.listing.decisions import archive, change, draft, publish, unpublish
from domain.listing.facts import (
    AmenitiesSet,
    CapacitySet,
    ListingArchived,
    ListingDescribed,
    ListingEvent,
    ListingPriced,
    ListingPublished,
    ListingUnpublished,
    Photo,
    PhotosArranged,
    PolicyChosen,
)
from domain.listing.state import Listing, evolve
from domain.money import Money
from domain.refusals import (
    InvalidOffer,
    ListingIncomplete,
    PolicyForbids,
    UnitsClaimed,
)
from domain.refusals import (
    ListingArchived as ListingIsArchived,
)
from tests.domain.facts import HOST, LISTING, NOW, OTHER, held, nights, offer
from tests.domain.scenario import Given, given

published = ListingPublished(listing_id=LISTING)


def listing(*facts: ListingEvent) -> Given[Listing]:
    return given(evolve, *facts)


def drafted(**changes: object) -> list[ListingEvent]:
    return draft(LISTING, HOST, offer(**changes))


def test_a_complete_draft_is_published_once() -> None:
    listing(*drafted()).when(publish).then(published)
    listing(*drafted(), published).when(publish).then_nothing()


@pytest.mark.parametrize("missing", ["price", "location"])
def test_a_listing_is_not_published_without(missing: str) -> None:
    listing(*drafted(**{missing: None})).when(publish).then_refused(
        ListingIncomplete, missing=(missing,)
    )


def test_only_what_is_new_becomes_a_fact() -> None:
    dearer = offer(price=Money(120_000, "SEK"))
    listing(*drafted()).when(lambda state: change(state, EMPTY, dearer, NOW)).then(
        ListingPriced(price=Money(120_000, "SEK"))
    )
    listing(*drafted()).when(lambda state: change(state, EMPTY, offer(), NOW)).then_nothing()


def test_amenities_and_photos_are_facts_once_they_are_told() -> None:
    photos = (Photo(url="https://example.com/2.jpg"), Photo(url="https://example.com/1.jpg"))
    told = offer(amenities=("Sauna",), photos=photos)
    listing(*drafted()).when(lambda state: change(state, EMPTY, told, NOW)).then(
        AmenitiesSet(amenities=("Sauna",)), PhotosArranged(photos=photos)
    )
    begun = drafted(amenities=("Sauna",), photos=photos)
    listing(*begun).when(lambda state: change(state, EMPTY, offer(), NOW)).then(
        AmenitiesSet(amenities=()), PhotosArranged(photos=())
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amenities": ("a" * 41,)}, "amenities.0"),
        ({"amenities": ("pool", "a, b")}, "amenities.1"),
        ({"amenities": ("pool", "Pool")}, "amenities"),
        ({"amenities": tuple(f"a{each}" for each in range(101))}, "amenities"),
        ({"photos": (Photo(url="javascript:alert(1)"),)}, "photos.0.url"),
        ({"photos": (Photo(url="https://a.se", alt="x" * 501),)}, "photos.0.alt"),
        ({"photos": (Photo(url="https://a.se"), Photo(url="https://a.se", alt="b"))}, "photos"),
    ],
)
def test_amenities_and_photos_that_cannot_be(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidOffer) as refused:
        offer(**changes)
    assert refused.value.values["field"] == field


@pytest.mark.parametrize("code", ["ZZZ", "XXX", "XAU", "SKE"])
def test_a_price_in_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(InvalidOffer):
        drafted(price=Money(100, code))
    listing(*drafted()).when(
        lambda state: change(state, EMPTY, offer(price=Money(100, code)), NOW)
    ).then_refused(InvalidOffer, field="price.currency")


def test_a_currency_that_was_withdrawn_since_does_not_stand_in_the_way_of_other_changes() -> None:
    told = offer(title="Attic", price=Money(100, "HRK"))
    listing(*drafted(), ListingPriced(price=Money(100, "HRK"))).when(
        lambda state: change(state, EMPTY, told, NOW)
    ).then(ListingDescribed(title="Attic", description=told.description, room_type=told.room_type))


def test_a_host_chooses_how_guests_may_cancel() -> None:
    listing(*drafted()).when(lambda state: change(state, EMPTY, offer(policy=STRICT), NOW)).then(
        PolicyChosen(policy=STRICT)
    )


@pytest.mark.parametrize(
    "tiers",
    [((24, 5_000), (48, 10_000)), ((48, 5_000), (24, 10_000)), ((24, 5_000), (24, 0)), ((1, -1),),
     ((-1, 1),), ((1, 10_001),)],
    ids=["latest first", "more back later", "twice the same", "less than nothing",
         "after check-in", "more than all"],
)  # fmt: skip
def test_tiers_that_make_no_sense_are_refused(tiers: tuple[tuple[int, int], ...]) -> None:
    made = tuple(RefundTier(hours_before=hours, share=share) for hours, share in tiers)
    with pytest.raises(InvalidOffer):
        offer(policy=CancellationPolicy(name="own", tiers=made))


@pytest.mark.parametrize("fixed", [{"time_zone": "Europe/Oslo"}])
def test_what_gives_nights_their_meaning_does_not_change(fixed: dict[str, object]) -> None:
    listing(*drafted()).when(lambda state: change(state, EMPTY, offer(**fixed), NOW)).then_refused(
        InvalidOffer, field=next(iter(fixed))
    )


def test_a_unit_with_a_live_claim_does_not_go() -> None:
    calendar = evolve_calendar(EMPTY, held(nights(1, 3), unit=1))
    two = drafted(units=2)
    listing(*two).when(lambda state: change(state, calendar, offer(units=1), NOW)).then_refused(
        UnitsClaimed, units=1, needed=2
    )
    lapsed = NOW.replace(hour=13)
    listing(*two).when(lambda state: change(state, calendar, offer(units=1), lapsed)).then(
        CapacitySet(units=1, max_guests=4)
    )


def test_a_published_listing_keeps_its_price() -> None:
    listing(*drafted(), published).when(
        lambda state: change(state, EMPTY, offer(price=None), NOW)
    ).then_refused(ListingIncomplete)


def test_a_listing_leaves_the_market_and_comes_back() -> None:
    gone = ListingUnpublished(listing_id=LISTING)
    listing(*drafted(), published).when(unpublish).then(gone)
    listing(*drafted(), published, gone).when(unpublish).then_nothing()
    listing(*drafted(), published, gone).when(publish).then(published)
    listing(*drafted()).when(unpublish).then_refused(PolicyForbids, status="draft")


def test_an_archived_listing_stays_as_it_is() -> None:
    put_away = ListingArchived(listing_id=LISTING)
    listing(*drafted()).when(archive).then(put_away)
    listing(*drafted(), put_away).when(archive).then_nothing()
    listing(*drafted(), put_away).when(publish).then_refused(ListingIsArchived)
    listing(*drafted(), put_away).when(
        lambda state: change(state, EMPTY, offer(), NOW)
    ).then_refused(ListingIsArchived)


def test_a_draft_is_its_owners_alone() -> None:
    state = listing(*drafted()).when(publish).then(published)
    assert state.seen_by(OTHER)
    assert state.seen_by(None)
    draft_state = listing(*drafted()).when(archive).then(ListingArchived(listing_id=LISTING))
    assert draft_state.seen_by(HOST)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 201),
        ("description", "x" * 10_001),
        ("room_type", ""),
        ("room_type", "x" * 41),
        ("units", 0),
        ("units", 1_001),
        ("max_guests", 0),
        ("minimum_nights", 0),
        ("maximum_nights", 731),
        ("price", Money(-1, "SEK")),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
    ],
)
def test_an_impossible_value_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidOffer) as refused:
        offer(**{field: value})
    assert refused.value.field == field


def test_the_longest_stay_is_not_shorter_than_the_shortest() -> None:
    offer(minimum_nights=5, maximum_nights=5)
    with pytest.raises(InvalidOffer):
        offer(minimum_nights=6, maximum_nights=5)
