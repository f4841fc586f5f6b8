from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.listing.state import Status
from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.decisions import check_rules, quote
from domain.quote.pricing import price
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    DatesPast,
    DatesReversed,
    ListingIncomplete,
    ListingNotPublished,
    Refusal,
    TooManyGuests,
    TooManyUnits,
)
from domain.stay import Stay
from tests.domain.facts import GUEST, NOW, QUOTE, nights, published


def test_a_quote_has_a_line_a_night_and_they_add_up() -> None:
    [made] = quote(
        published(),
        6,
        quote_id=QUOTE,
        guest_id=GUEST,
        stay=nights(10, 13),
        guests=2,
        units=1,
        now=NOW,
    )
    assert [line.description for line in made.lines] == ["2027-06-10", "2027-06-11", "2027-06-12"]
    assert {(line.rule, line.rule_version) for line in made.lines} == {("base", 6)}
    assert made.total == Money(300_000, "SEK")
    assert made.expires_at == NOW + timedelta(hours=1)


def test_two_units_cost_twice_as_much() -> None:
    assert price(
        published(units=2), 6, Asked(stay=nights(1, 3), guests=1, units=2), NOW
    ).total == Money(400_000, "SEK")


TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("changes", "stay", "guests", "units", "refusal"),
    [
        ({}, Stay(TODAY, TODAY + timedelta(days=1)), 2, 1, None),
        ({}, Stay(TODAY - timedelta(days=1), TODAY), 2, 1, DatesPast),
        ({}, Stay(TODAY + timedelta(days=720), TODAY + timedelta(days=730)), 2, 1, None),
        ({}, Stay(TODAY + timedelta(days=720), TODAY + timedelta(days=731)), 2, 1, BeyondHorizon),
        ({"minimum_nights": 2}, nights(1, 3), 2, 1, None),
        ({"minimum_nights": 2}, nights(1, 2), 2, 1, BelowMinimumStay),
        ({"maximum_nights": 2}, nights(1, 3), 2, 1, None),
        ({"maximum_nights": 2}, nights(1, 4), 2, 1, AboveMaximumStay),
        ({"max_guests": 4}, nights(1, 3), 4, 1, None),
        ({"max_guests": 4}, nights(1, 3), 5, 1, TooManyGuests),
        ({"max_guests": 4, "units": 2}, nights(1, 3), 8, 2, None),
        ({"max_guests": 4, "units": 2}, nights(1, 3), 8, 3, TooManyUnits),
    ],
    ids=[
        "arriving today",
        "arriving yesterday",
        "leaving on the horizon",
        "leaving a day beyond the horizon",
        "as short as may be",
        "shorter than may be",
        "as long as may be",
        "longer than may be",
        "a full house",
        "one guest too many",
        "two units hold twice as many",
        "more units than there are",
    ],
)
def test_a_stay_keeps_the_rules_of_the_listing(
    changes: dict[str, object], stay: Stay, guests: int, units: int, refusal: type[Refusal] | None
) -> None:
    listing = published(**changes)
    if refusal is None:
        check_rules(listing, stay, guests, units, NOW)
    else:
        with pytest.raises(refusal) as refused:
            check_rules(listing, stay, guests, units, NOW)
        assert "{" not in str(refused.value)


def test_today_is_the_listings_own_day() -> None:
    late_evening = datetime.fromisoformat("2027-03-01T23:30:00+00:00")
    first_of_march = Stay(TODAY, TODAY + timedelta(days=1))
    check_rules(published(time_zone="America/New_York"), first_of_march, 1, 1, late_evening)
    with pytest.raises(DatesPast):
        check_rules(published(time_zone="Europe/Stockholm"), first_of_march, 1, 1, late_evening)


def test_a_listing_off_the_market_is_not_quoted() -> None:
    listing = published()
    off_the_market: tuple[Status, ...] = ("draft", "unpublished", "archived")
    for status in off_the_market:
        with pytest.raises(ListingNotPublished):
            check_rules(replace(listing, status=status), nights(1, 2), 1, 1, NOW)


def test_a_listing_without_a_price_has_none_to_quote() -> None:
    with pytest.raises(ListingIncomplete):
        price(published(price=None), 6, Asked(stay=nights(1, 2), guests=1), NOW)


@pytest.mark.parametrize("length", [0, -1])
def test_a_stay_has_at_least_one_night(length: int) -> None:
    with pytest.raises(DatesReversed):
        Stay(TODAY, TODAY + timedelta(days=length))


@for_all(nightly=st.integers(0, 10**9), length=st.integers(1, 60), units=st.integers(1, 5))
def test_lines_always_add_up_to_the_total(nightly: int, length: int, units: int) -> None:
    listing = published(price=Money(nightly, "SEK"), units=5)
    asked = Asked(stay=nights(1, 1 + length), guests=1, units=units)
    priced = price(listing, 6, asked, NOW)
    assert sum(line.amount.amount for line in priced.lines) == priced.total.amount
