"""A day is full when nobody could have a unit on it, buffers and opening hours counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar.state import Calendar, Claim
from domain.kind import Kind
from domain.listing.state import Listing
from domain.rules.apart import buffers_of
from domain.rules.document import Rules
from domain.rules.schedule import Opening, Schedule
from domain.slot import Slot
from domain.stay import Stay
from projections.calendar.slots import most_free
from projections.listing_search.full_days import full_days
from tests.domain.claims import range_of
from tests.domain.facts import NOW, nights, published

SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)
ALL_DAY = tuple(Opening(weekday=day, opens=time(10), closes=time(14)) for day in range(1, 8))


def listing(kind: Kind, units: int, before: int, after: int) -> Listing:
    """Open for four hours a day, where that matters; its zone is UTC's."""
    schedule = Schedule(
        buffer_before=before * (30 if kind == "slot" else 1),
        buffer_after=after * (30 if kind == "slot" else 1),
        opening=ALL_DAY,
    )
    made = published(kind=kind, units=units, time_zone="UTC")
    return replace(made, rules=Rules(schedule=schedule))


@st.composite
def claims_on(draw: st.DrawFn, kind: Kind) -> list[Claim]:
    claims: list[Claim] = []
    for number in range(draw(st.integers(0, 6))):
        when = range_of(kind, draw(st.integers(0, 12)), draw(st.integers(1, 8)))
        made = listing(kind, 1, draw(st.integers(0, 1)), draw(st.integers(0, 2)))
        claims.append(
            Claim(
                id=UUID(int=number),
                kind="hold",
                stay=when[0],
                slot=when[1],
                units=(draw(st.integers(0, 1)),),
                until=draw(st.sampled_from([None, SOON, LATER])),
                buffers=buffers_of(kind, made.rules.schedule),
            )
        )
    return claims


def by_days(kind: Kind) -> st.SearchStrategy[tuple[Kind, list[Claim]]]:
    return st.tuples(st.just(kind), claims_on(kind))


@given(
    by_days("stay") | by_days("rental"),
    st.integers(1, 2),
    st.integers(0, 2),
    st.sampled_from([NOW, SOON, LATER]),
)
@settings(deadline=None)
def test_full_days_are_those_that_the_calendar_says(
    made: tuple[Kind, list[Claim]], units: int, after: int, now: datetime
) -> None:
    kind, claims = made
    offered = listing(kind, units, 0, after)
    buffers = buffers_of(kind, offered.rules.schedule)
    calendar = Calendar(claims={claim.id: claim for claim in claims})
    window = Stay(NOW.date() - timedelta(days=5), NOW.date() + timedelta(days=40))
    free = calendar.nights_free(window, capacity=units, now=now, buffers=buffers)
    found = [full for full in full_days(offered, claims) if not full.until or full.until > now]
    told = [day for full in found for day in full.nights.nights()]
    assert len(told) == len(set(told))
    assert set(told) == {day for day, left in free.items() if left == 0}


@given(
    claims_on("slot"),
    st.integers(1, 2),
    st.sampled_from([NOW, SOON, LATER]),
    st.integers(0, 2),
    st.integers(1, 3),
)
@settings(deadline=None)
def test_by_the_hour_days_are_full_when_one_range_has_them_all(
    claims: list[Claim], units: int, now: datetime, first: int, length: int
) -> None:
    offered = listing("slot", units, 0, 1)
    calendar = Calendar(claims={claim.id: claim for claim in claims})
    day = NOW.date() + timedelta(days=first)
    asked = Stay(day, day + timedelta(days=length))
    free = most_free(offered, calendar, asked, now)
    standing = [full for full in full_days(offered, claims) if not full.until or full.until > now]
    contained = any(
        full.nights.arrive <= asked.arrive and asked.depart <= full.nights.depart
        for full in standing
    )
    assert contained == all(left == 0 for left in free.values())


def test_a_day_whose_opening_hours_are_taken_is_full() -> None:
    offered = listing("slot", 1, 0, 0)
    start = datetime.fromisoformat("2027-06-10T10:00+00:00")
    taken = Claim(
        id=UUID(int=1),
        kind="booking",
        stay=nights(10, 11),
        slot=Slot(start, start + timedelta(hours=4)),
        units=(0,),
    )
    [full] = full_days(offered, [taken])
    assert full.nights == Stay(date(2027, 6, 10), date(2027, 6, 11))
    shorter = replace(taken, slot=Slot(start, start + timedelta(hours=3)))
    assert full_days(offered, [shorter]) == []
