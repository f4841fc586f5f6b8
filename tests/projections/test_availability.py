"""A night is full when every unit is claimed, until the first hold on it lapses free."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.state import Calendar, Claim
from domain.stay import Stay
from projections.listing_search.availability import Full, full_nights
from tests.domain.facts import JUNE, NOW, nights

SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)


def claim(number: int, stay: Stay, *, units: int = 1, until: datetime | None = None) -> Claim:
    kind = "hold" if until else "booking"
    return Claim(id=UUID(int=number), kind=kind, stay=stay, units=tuple(range(units)), until=until)


def test_a_night_with_a_free_unit_is_not_full() -> None:
    assert full_nights(2, [claim(1, nights(1, 9))]) == []


def test_neighbouring_nights_that_are_alike_are_one_range() -> None:
    found = full_nights(1, [claim(1, nights(1, 3)), claim(2, nights(3, 5)), claim(3, nights(7, 8))])
    assert found == [Full(nights(1, 5), None), Full(nights(7, 8), None)]


def test_a_range_ends_where_its_hold_ends() -> None:
    found = full_nights(1, [claim(1, nights(1, 3), until=SOON), claim(2, nights(3, 5))])
    assert found == [Full(nights(1, 3), SOON), Full(nights(3, 5), None)]


def test_the_first_hold_to_lapse_frees_a_unit() -> None:
    claims = [
        claim(1, nights(1, 5), until=LATER),
        claim(2, nights(1, 5), until=SOON),
        claim(3, nights(1, 5)),
    ]
    assert full_nights(3, claims) == [Full(nights(1, 5), SOON)]


def test_more_claims_than_units_must_lapse_until_one_is_free() -> None:
    claims = [claim(1, nights(1, 5), until=SOON), claim(2, nights(1, 5), until=LATER)]
    assert full_nights(1, claims) == [Full(nights(1, 5), LATER)]


@st.composite
def some_claims(draw: st.DrawFn) -> list[Claim]:
    """A few claims on a June and July, holds and bookings."""
    claims: list[Claim] = []
    for number in range(draw(st.integers(0, 6))):
        arrive = JUNE + timedelta(days=draw(st.integers(1, 20)))
        stay = Stay(arrive, arrive + timedelta(days=draw(st.integers(1, 8))))
        until = draw(st.sampled_from([None, SOON, LATER]))
        claims.append(claim(number, stay, units=draw(st.integers(1, 2)), until=until))
    return claims


@given(claims=some_claims(), units=st.integers(1, 3), now=st.sampled_from([NOW, SOON, LATER]))
def test_full_nights_are_those_on_which_the_calendar_counts_no_free_unit(
    claims: list[Claim], units: int, now: datetime
) -> None:
    calendar = Calendar(claims={claim.id: claim for claim in claims})
    found = [full for full in full_nights(units, claims) if full.until is None or full.until > now]
    told = {night for full in found for night in full.nights.nights()}
    days: list[date] = [JUNE + timedelta(days=day) for day in range(40)]
    assert told == {day for day in days if calendar.units_taken_on(day, now) >= units}
