"""A night is available while one unit is unclaimed; what else is in the way is told by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar.facts import CalendarEvent
from domain.calendar.state import EMPTY, Calendar, evolve
from domain.money import Money
from domain.rules.document import HORIZON_DAYS
from domain.stay import Stay
from projections.calendar.queries import nights as nights_of
from tests.domain.facts import BLOCK, CLAIM, NOW, blocked, held, nights, published

LISTED = published()
TODAY = NOW.date()


def claimed(*events: CalendarEvent) -> Calendar:
    calendar = EMPTY
    for event in events:
        calendar = evolve(calendar, event)
    return calendar


def test_every_night_from_the_first_up_to_the_last_is_there_with_its_price() -> None:
    found = nights_of(LISTED, EMPTY, nights(10, 13), NOW)
    assert [night.date.day for night in found] == [10, 11, 12]
    assert {night.price for night in found} == {Money(100_000, "SEK")}
    assert all(night.available and not night.reasons and night.units_free == 1 for night in found)


def test_a_hold_claims_its_nights_and_not_the_day_of_departure() -> None:
    found = nights_of(LISTED, claimed(held(nights(10, 12))), nights(9, 13), NOW)
    assert [night.available for night in found] == [True, False, False, True]
    assert found[1].reasons == ("claimed",)


@pytest.mark.parametrize(
    ("before_end", "free"), [(timedelta(seconds=1), 0), (timedelta(), 1), (-timedelta(days=1), 1)]
)
def test_a_hold_claims_nothing_from_the_instant_it_lapses(before_end: timedelta, free: int) -> None:
    until = NOW + timedelta(minutes=15)
    calendar = claimed(held(nights(10, 12), until=until))
    [night] = nights_of(LISTED, calendar, nights(10, 11), until - before_end)
    assert night.units_free == free


def test_units_are_counted_by_night_over_all_claims() -> None:
    listing = published(units=3)
    calendar = claimed(held(nights(10, 12), claim=CLAIM), blocked(nights(11, 14), unit=1))
    assert BLOCK in calendar.claims
    found = nights_of(listing, calendar, nights(10, 15), NOW)
    assert [night.units_free for night in found] == [2, 1, 2, 2, 3]
    assert all(night.available for night in found)


def test_the_past_is_told_by_the_listings_own_calendar() -> None:
    just_before_midnight_utc = datetime(2027, 6, 10, 22, 30, tzinfo=UTC)  # 11 June in Stockholm
    found = nights_of(LISTED, EMPTY, nights(9, 12), just_before_midnight_utc)
    assert [night.reasons for night in found] == [("past",), ("past",), ()]
    assert all(night.available for night in found)


def test_the_horizon_is_the_last_day_of_departure() -> None:
    last = TODAY + timedelta(days=HORIZON_DAYS)
    around = Stay(last - timedelta(days=1), last + timedelta(days=1))
    assert [night.reasons for night in nights_of(LISTED, EMPTY, around, NOW)] == [
        (),
        ("beyond_horizon",),
    ]


def test_a_listing_that_is_not_published_says_so_of_every_night() -> None:
    draft = replace(LISTED, status="unpublished", price=None)
    [night] = nights_of(draft, claimed(held(nights(10, 11))), nights(10, 11), NOW)
    assert night.reasons == ("claimed", "not_published")
    assert night.price is None


def test_claims_that_reach_beyond_the_asked_range_count_within_it() -> None:
    long = Stay(date(2027, 1, 1), date(2028, 1, 1))
    found = nights_of(LISTED, claimed(blocked(long)), nights(10, 12), NOW)
    assert [night.units_free for night in found] == [0, 0]


def test_nights_so_long_past_that_nobody_keeps_their_claims_are_not_available() -> None:
    calendar = replace(claimed(), past_until=nights(12, 13).arrive)
    found = nights_of(LISTED, calendar, nights(10, 14), NOW + timedelta(days=120))
    assert [night.available for night in found] == [False, False, True, True]
    assert {night.reasons for night in found} == {("past",)}
