"""A search with dates finds what can be booked, at the total that a quote would say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.listing.state import Listing
from domain.local_time import instant
from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.decisions import check_rules
from domain.quote.pricing import price
from domain.refusals import Refusal
from domain.rules.charges import ExtraGuests, Fee, LengthDiscount, Tax
from domain.rules.dates import DateOverride
from domain.rules.document import Rules, Season
from domain.rules.schedule import Schedule
from domain.stay import Stay
from projections.listing_search import index as names
from projections.listing_search.criteria import Criteria
from projections.listing_search.names import writing
from projections.listing_search.pricing import TOTAL, total_of
from projections.listing_search.projector import Folded, document, encode
from projections.listing_search.queries import search
from projections.listing_search.request import request
from projections.parts import Part
from streams.search_generation import Write, write_forward
from tests.domain.facts import NOW, nights, published
from tests.domain.rulebooks import asking, listings
from tests.projections.conftest import SearchStore

T = TypeVar("T")
ZONES = (
    "Europe/Stockholm",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Tokyo",
)


def some(things: st.SearchStrategy[T], number: int) -> list[T]:
    """As many examples as wanted, the same every time."""
    found: list[T] = []

    @settings(
        max_examples=number,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @for_all(things)
    def collect(thing: T) -> None:
        found.append(thing)

    cast("Callable[[], None]", collect)()
    return found


async def store(index: SearchStore, stored: list[Listing]) -> None:
    made = {
        str(each.id): Write(7, encode(document(Folded(listing=Part(7, 6, each), listed_at=7))))
        for each in stored
    }
    name = names.listings(index.prefix)
    await write_forward(index.client, writing(f"{name}-{names.CURRENT}"), made)
    await index.client.indices.refresh(index=name)


def expected(listing: Listing, asked: Asked, now: datetime) -> int | None:
    """What a quote would say; none when it is refused."""
    try:
        check_rules(listing, asked.stay, asked.guests, asked.units, now)
        return price(listing, 6, asked, now).total.amount
    except Refusal:
        return None


async def totals(index: SearchStore, criteria: Criteria, now: datetime) -> dict[str, int]:
    """The totals that Elasticsearch searches and sorts by."""
    body: Any = {**request(criteria, now), "fields": [TOTAL], "size": 200}
    answer = await index.client.search(index=names.listings(index.prefix), **body)
    return {hit["_id"]: hit["fields"][TOTAL][0] for hit in answer["hits"]["hits"]}


@pytest.mark.servers
async def test_elasticsearch_counts_as_the_domain_does(index: SearchStore) -> None:
    many = [
        replace(listing, id=UUID(int=900 + number), time_zone=ZONES[number % len(ZONES)])
        for number, listing in enumerate(some(listings(), 120))
    ]
    await store(index, many)
    bookable = 0
    for number, asked in enumerate(some(asking(), 60)):
        now = NOW + timedelta(hours=7 * number)
        found = await totals(index, Criteria(stay=asked.stay, guests=asked.guests), now)
        due: dict[str, int] = {}
        for listing in many:
            units = -(-asked.guests // listing.max_guests)
            exactly = Asked(stay=asked.stay, guests=asked.guests, units=units)
            if (total := expected(listing, exactly, now)) is not None:
                due[str(listing.id)] = total
        assert found == due, (asked, now)
        bookable += len(due)
    assert bookable > 200


SEK = Money(10_000, "SEK")
JUNE = date(2027, 6, 1)


def with_rules(number: int, *, price_of: int = 10_000, **rules: object) -> Listing:
    plain = published(price=Money(price_of, "SEK"), max_guests=2, units=3)
    return replace(plain, id=UUID(int=900 + number), rules=Rules(**rules))  # type: ignore[arg-type]


@pytest.mark.servers
async def test_sums_that_no_amount_can_hold_are_not_offered(index: SearchStore) -> None:
    half, most = 2**62, 2**63 - 1
    many = [
        with_rules(1, price_of=most),
        with_rules(2, price_of=half),
        with_rules(3, price_of=half, fees=(Fee(name="gold", amount=Money(half, "SEK")),)),
        with_rules(4, price_of=half - 1, fees=(Fee(name="gold", amount=Money(half, "SEK")),)),
        with_rules(5, price_of=most, length_discounts=(LengthDiscount(nights=1, share=9_999),)),
        with_rules(6, price_of=most, service_fee=1),
        with_rules(7, price_of=half, taxes=(Tax(name="t", basis="percent", share=9_999),)),
        with_rules(8, price_of=half, taxes=(Tax(name="t", basis="night", amount=SEK),)),
    ]
    await store(index, many)
    for stay, guests in [(nights(1, 2), 1), (nights(1, 3), 1), (nights(1, 2), 3)]:
        asked = Asked(stay=stay, guests=guests, units=-(-guests // 2))
        due = {str(each.id): expected(each, asked, NOW) for each in many}
        found = await totals(index, Criteria(stay=stay, guests=guests), NOW)
        assert found == {key: total for key, total in due.items() if total is not None}


SUMMER = Season(name="Summer", start=JUNE, end=date(2027, 7, 1), price=Money(30_000, "SEK"))
PLAIN = with_rules(1)
SEASONAL = with_rules(2, seasons=(replace(SUMMER, minimum_nights=3, maximum_nights=5),))
CHARGING = with_rules(
    3,
    fees=(Fee(name="cleaning", amount=Money(5_000, "SEK")),),
    extra_guests=ExtraGuests(included=1, price=Money(1_000, "SEK")),
)
CLOSED = replace(
    with_rules(4),
    overrides=(DateOverride(start=date(2027, 6, 12), end=date(2027, 6, 13), closed=True),),
)
SATURDAYS = with_rules(5, arrival_days=(6,), departure_days=(6,))
ALL = [PLAIN, SEASONAL, CHARGING, CLOSED, SATURDAYS]


@pytest.mark.servers
@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (Criteria(stay=nights(10, 12)), {PLAIN.id: 20_000, CHARGING.id: 25_000, CLOSED.id: 20_000}),
        (Criteria(stay=nights(11, 13)), {PLAIN.id: 20_000, CHARGING.id: 25_000}),
        (
            Criteria(stay=nights(13, 16)),
            {PLAIN.id: 30_000, SEASONAL.id: 90_000, CHARGING.id: 35_000, CLOSED.id: 30_000},
        ),
        (Criteria(stay=nights(5, 12)), {
            PLAIN.id: 70_000, CHARGING.id: 75_000, CLOSED.id: 70_000, SATURDAYS.id: 70_000}),
        (Criteria(stay=nights(10, 12), guests=3), {
            PLAIN.id: 40_000, CHARGING.id: 47_000, CLOSED.id: 40_000}),
        (Criteria(stay=nights(10, 12), price_max=24_999), {PLAIN.id: 20_000, CLOSED.id: 20_000}),
        (Criteria(stay=nights(10, 12), price_min=20_001), {CHARGING.id: 25_000}),
        (Criteria(price_max=10_000), dict.fromkeys(each.id for each in ALL)),
    ],
    ids=[
        "two nights are too short for the season",
        "not over a closed night",
        "three nights of the season",
        "from Saturday to Saturday",
        "a party for two units",
        "at most so much for everything",
        "at least so much for everything",
        "without dates it is the price of a night",
    ],
)  # fmt: skip
async def test_a_search_with_dates_finds_what_can_be_booked_at_its_total(
    index: SearchStore, criteria: Criteria, found: dict[UUID, int | None]
) -> None:
    await store(index, ALL)
    for sort in ("price", "newest"):
        answer = await search(index.client, index.prefix, replace(criteria, sort=sort), NOW)
        shown = {item.id: item.total.amount if item.total else None for item in answer.items}
        assert shown == {str(identity): total for identity, total in found.items()}
        assert answer.total == len(found)
    if criteria.stay:
        pages: list[int] = []
        cursor = None
        while len(pages) < len(found):
            one = replace(criteria, sort="price", limit=1, cursor=cursor)
            page = await search(index.client, index.prefix, one, NOW)
            pages += [item.total.amount for item in page.items if item.total]
            cursor = page.next
        assert pages == sorted(total for total in found.values() if total is not None)
        assert cursor is None


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("Asia/Beirut", date(2026, 3, 29)),
        ("America/Santiago", date(2026, 9, 6)),
        ("America/Havana", date(2026, 3, 8)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Antarctica/Troll", date(2026, 3, 29)),
        ("Pacific/Apia", date(2011, 12, 31)),
        ("Europe/Stockholm", date(2027, 6, 10)),
    ],
    ids=str,
)
def test_check_in_is_the_same_instant_wherever_clocks_jump(zone: str, day: date) -> None:
    [mapping] = total_of(Stay(day, day + timedelta(days=1)), 1, NOW).values()
    params = mapping["script"]["params"]
    _, minute, before, after = params["clocks"][params["zones"][zone]]
    midnight = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    for each in range(0, 24 * 60, 5):
        at = timedelta(minutes=each)
        offset = timedelta(seconds=before if each < minute else after)
        assert midnight + at - offset == instant(day, time(each // 60, each % 60), zone)


@pytest.mark.servers
async def test_notice_is_counted_from_check_in_in_the_zone_of_the_listing(
    index: SearchStore,
) -> None:
    noticed = replace(
        with_rules(1, notice_hours=24, schedule=Schedule(check_in=time(17, 30))),
        time_zone="America/New_York",
    )
    await store(index, [noticed])
    latest = datetime.fromisoformat("2027-06-09T21:30:00+00:00")
    for now, there in [(latest, True), (latest + timedelta(microseconds=1), False)]:
        found = await totals(index, Criteria(stay=nights(10, 12)), now)
        assert (str(noticed.id) in found) is there
