"""A search finds exactly what suits the words, the place, the price and the dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.calendar.facts import CalendarEvent
from domain.listing.decisions import draft
from domain.listing.facts import ListingPublished, ListingUnpublished
from domain.money import Money
from domain.rules.document import HORIZON_DAYS
from domain.slot import whole_days
from domain.stay import Stay
from projections.listing_search.criteria import Box, Criteria, Near
from projections.listing_search.queries import search
from projections.listing_search.suggest import suggest
from tests.domain.facts import BLOCK, HOST, NOW, blocked, held, nights, offer
from tests.projections.conftest import SearchStore
from tests.projections.history import History
from tests.projections.town import BOAT, NORR, SODER, STUDIO, VILLA, a_town, found, ids, store

pytestmark = pytest.mark.servers


@pytest.fixture
async def town(index: SearchStore) -> SearchStore:
    await store(index, a_town())
    return index


SUITS: Sequence[tuple[str, Criteria, set[UUID]]] = [
    ("everything published", Criteria(), {BOAT, STUDIO, VILLA}),
    ("a word, and no drafts", Criteria(q="SAUNA"), {BOAT}),
    ("another form of a word", Criteria(q="studio"), {STUDIO}),
    ("letters without their marks", Criteria(q="akersberga"), {VILLA}),
    ("letters with marks", Criteria(q="Café"), {STUDIO}),
    ("another script", Criteria(q="日本語"), {VILLA}),
    ("words in different fields", Criteria(q="boat södermalm"), {BOAT}),
    ("every word, not any", Criteria(q="sauna villa"), set()),
    ("a place in words", Criteria(q="lund"), {VILLA}),
    ("a circle", Criteria(near=Near(59.315, 18.07), radius_km=2), {BOAT}),
    ("a wider circle", Criteria(near=Near(59.315, 18.07), radius_km=10), {BOAT, STUDIO}),
    ("a window", Criteria(box=Box(13, 55, 14, 56)), {VILLA}),
    ("a window across the date line", Criteria(box=Box(170, -10, -170, 10)), set()),
    ("the least price of a night", Criteria(price_min=100_000), {BOAT, VILLA}),
    ("the highest price of a night", Criteria(price_max=99_999, currency="SEK"), {STUDIO}),
    ("another currency", Criteria(price_max=99_999, currency="EUR"), set()),
    ("a number no price can have", Criteria(price_min=10**30), set()),
    ("a party", Criteria(guests=3), {BOAT, VILLA}),
    ("a party for several units", Criteria(guests=8), {VILLA}),
    ("a room type", Criteria(room_type="Entire home"), {STUDIO, VILLA}),
    ("an amenity, however it is written", Criteria(amenities=("WI-FI",)), {BOAT, STUDIO}),
    ("all amenities, not any", Criteria(amenities=("Wi-Fi", "sauna")), {BOAT}),
    ("what nobody has", Criteria(amenities=("helipad",)), set()),
    ("an amenity in words", Criteria(q="wi-fi"), {BOAT, STUDIO}),
    ("at once", Criteria(instant=True), {BOAT, VILLA}),
    ("on request", Criteria(instant=False), {STUDIO}),
    ("long enough for all", Criteria(stay=nights(1, 4)), {BOAT, STUDIO, VILLA}),
    ("too short for one", Criteria(stay=nights(1, 3)), {BOAT, STUDIO}),
    ("a whole stay", Criteria(stay=nights(1, 4), price_max=999_999), {BOAT, STUDIO, VILLA}),
    ("one too little", Criteria(stay=nights(1, 4), price_max=999_998), {BOAT, STUDIO}),
    ("at least so much", Criteria(stay=nights(1, 4), price_min=300_000), {BOAT, VILLA}),
    ("one too much", Criteria(stay=nights(1, 4), price_min=300_001), {VILLA}),
]  # fmt: skip


async def test_a_search_finds_what_suits(town: SearchStore) -> None:
    for what, criteria, suits in SUITS:
        answer = await found(town, criteria)
        assert {UUID(item.id) for item in answer.items} == suits, what
        assert answer.total == len(suits), what


async def test_a_stay_is_free_unless_a_night_of_it_is_full(index: SearchStore) -> None:
    history = a_town()
    history.calendar(replace(blocked(nights(10, 12)), listing_id=BOAT), of=BOAT)
    await store(index, history)
    for stay, free in [
        (nights(7, 10), True),
        (nights(7, 11), False),
        (nights(11, 15), False),
        (nights(12, 15), True),
        (nights(1, 30), False),
    ]:
        assert (BOAT in await ids(index, Criteria(stay=stay))) is free, stay


async def test_a_listing_of_two_units_is_full_when_both_are_claimed(index: SearchStore) -> None:
    history = a_town()
    asked = Criteria(stay=nights(10, 14))
    history.calendar(claim(VILLA, nights(10, 12), number=1, unit=0), of=VILLA)
    await store(index, history)
    assert VILLA in await ids(index, asked)
    history.calendar(claim(VILLA, nights(11, 13), number=2, unit=1), of=VILLA)
    await store(index, history)
    assert VILLA not in await ids(index, asked)


async def test_a_hold_is_free_the_instant_it_lapses(index: SearchStore) -> None:
    history = a_town()
    until = NOW + timedelta(minutes=15)
    history.calendar(replace(held(nights(10, 12), until=until), listing_id=BOAT), of=BOAT)
    await store(index, history)
    asked = Criteria(stay=nights(10, 12))
    for moment, free in [(NOW, False), (until - timedelta(milliseconds=1), False), (until, True)]:
        answer = await search(index.client, index.prefix, asked, moment)
        assert (str(BOAT) in [item.id for item in answer.items]) is free, moment


async def test_days_gone_by_and_beyond_the_horizon_are_not_free(town: SearchStore) -> None:
    today = NOW.date()
    last = today + timedelta(days=HORIZON_DAYS)
    for stay, free in [
        (Stay(today - timedelta(days=1), today + timedelta(days=3)), False),
        (Stay(today, today + timedelta(days=3)), True),
        (Stay(last - timedelta(days=3), last), True),
        (Stay(last - timedelta(days=3), last + timedelta(days=1)), False),
        (Stay(date(2020, 1, 1), date(2020, 1, 9)), False),
    ]:
        assert (BOAT in await ids(town, Criteria(stay=stay))) is free, stay


async def test_each_order_is_what_it_says(town: SearchStore) -> None:
    for criteria, order in [
        (Criteria(sort="price"), [STUDIO, BOAT, VILLA]),
        (Criteria(sort="newest"), [VILLA, STUDIO, BOAT]),
        (Criteria(near=Near(59.345, 18.04)), [STUDIO, BOAT, VILLA]),
        (Criteria(q="stockholm boat", sort="price"), [BOAT]),
    ]:
        assert await ids(town, criteria) == order, criteria


async def test_a_word_in_the_title_counts_more_than_in_the_description(
    index: SearchStore,
) -> None:
    history = a_town()
    other = UUID(int=300)
    made = draft(other, HOST, offer(title="A flat", description="There is a sauna", location=NORR))
    history.listing(*made, ListingPublished(listing_id=other), of=other)
    await store(index, history)
    assert await ids(index, Criteria(q="sauna")) == [BOAT, other]


@pytest.mark.parametrize("sort", ["price", "newest", "distance", "relevance"])
async def test_pages_follow_each_other_without_a_gap(index: SearchStore, sort: str) -> None:
    history = History()
    many = [UUID(int=500 + n) for n in range(11)]
    for identity in many:
        made = draft(identity, HOST, offer(location=SODER))
        history.listing(*made, ListingPublished(listing_id=identity), of=identity)
    await store(index, history)
    asked = Criteria(q="flat", near=Near(59.3, 18), sort=sort, limit=4)  # type: ignore[arg-type]
    seen: list[str] = []
    cursor = None
    for size in (4, 4, 3):
        page = await found(index, replace(asked, cursor=cursor))
        assert (len(page.items), page.total) == (size, 11)
        seen += [item.id for item in page.items]
        cursor = page.next
    assert cursor is None
    assert len(set(seen)) == 11


async def test_facets_count_all_that_suits(town: SearchStore) -> None:
    answer = await found(town, Criteria(limit=1))
    assert {(facet.value, facet.count) for facet in answer.facets["amenities"]} == {
        ("wi-fi", 2),
        ("sauna", 1),
    }
    assert {(facet.value, facet.count) for facet in answer.facets["room_type"]} == {
        ("Entire home", 2),
        ("Boat", 1),
    }
    assert [facet.count for facet in answer.facets["neighbourhood"]] == [1, 1, 1]


async def test_listings_that_lie_together_are_a_cluster(town: SearchStore) -> None:
    window = Box(10, 54, 22, 62)
    answer = await found(town, Criteria(box=window, clusters=True))
    assert answer.clusters is not None
    assert sorted(cluster.count for cluster in answer.clusters) == [1, 2]
    assert (await found(town, Criteria(box=window))).clusters is None


async def test_an_item_says_what_the_stay_costs(town: SearchStore) -> None:
    [boat] = (await found(town, Criteria(q="sauna", stay=nights(1, 4)))).items
    assert (boat.price, boat.total) == (Money(100_000, "SEK"), Money(300_000, "SEK"))
    assert boat.location == SODER
    [boat] = (await found(town, Criteria(q="sauna"))).items
    assert boat.total is None


async def test_what_is_no_longer_published_is_no_longer_found(index: SearchStore) -> None:
    history = a_town()
    history.listing(ListingUnpublished(listing_id=BOAT), of=BOAT)
    await store(index, history)
    assert await ids(index, Criteria(q="sauna")) == []


async def test_beginnings_suggest_places_before_listings(town: SearchStore) -> None:
    by_place = await suggest(town.client, town.prefix, "sto")
    assert [(found.kind, found.text) for found in by_place] == [("place", "Stockholm")]
    assert by_place[0].location is not None
    by_title = await suggest(town.client, town.prefix, "saun")
    assert [(found.kind, found.id) for found in by_title] == [("listing", str(BOAT))]
    assert [found.text for found in await suggest(town.client, town.prefix, "sod")] == [
        "Södermalms"
    ]
    assert await suggest(town.client, town.prefix, "xyz") == []


def claim(listing: UUID, stay: Stay, *, number: int, unit: int) -> CalendarEvent:
    made = replace(blocked(stay, unit=unit), listing_id=listing)
    return replace(made, claim_id=UUID(int=BLOCK.int + 1000 + number))


async def test_a_kind_is_asked_for_and_counted(index: SearchStore) -> None:
    history = a_town()
    other = UUID(int=300)
    made = draft(other, HOST, offer(kind="slot", title="A studio by the hour"))
    history.listing(*made, ListingPublished(listing_id=other), of=other)
    await store(index, history)
    assert await ids(index, Criteria(kind="slot")) == [other]
    assert other not in await ids(index, Criteria(kind="stay"))
    counts = {each.value: each.count for each in (await found(index, Criteria())).facets["kind"]}
    assert counts == {"stay": 3, "slot": 1}


async def test_by_the_hour_one_free_slot_on_any_of_the_days_suits(index: SearchStore) -> None:
    history = a_town()
    other = UUID(int=300)
    made = draft(other, HOST, offer(kind="slot", title="A studio", minimum_nights=2))
    history.listing(*made, ListingPublished(listing_id=other), of=other)
    days = nights(10, 12)
    taken = replace(blocked(days), listing_id=other, slot=whole_days(days, "Europe/Stockholm"))
    history.calendar(taken, of=other)
    await store(index, history)
    for stay, free in [
        (nights(10, 11), False),
        (nights(10, 12), False),
        (nights(9, 12), True),
        (nights(11, 13), True),
        (nights(12, 13), True),
    ]:
        assert (other in await ids(index, Criteria(stay=stay))) is free, stay
