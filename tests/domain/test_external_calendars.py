"""What is taken elsewhere claims what is free here, once, and meets bookings in the open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.buffers import DAY, NO_BUFFERS, Buffers
from domain.calendar.external import Importing, import_calendar
from domain.calendar.external_ranges import ExternalRange, external_range
from domain.calendar.facts import (
    CalendarEvent,
    ExternalCalendarImported,
    HoldConfirmed,
    HoldReleased,
)
from domain.calendar.state import EMPTY, Calendar, evolve
from domain.kind import Kind
from domain.slot import Slot
from domain.stay import Stay
from tests.domain.claims import buffers_of, collisions, range_of
from tests.domain.facts import BLOCK, CLAIM, LISTING, NOW, blocked, held, nights

FIRST, SECOND = UUID(int=71), UUID(int=72)


def importing(
    *,
    number: UUID = FIRST,
    name: str = "elsewhere",
    capacity: int = 1,
    buffers: Buffers = NO_BUFFERS,
) -> Importing:
    return Importing(
        listing_id=LISTING,
        import_id=number,
        name=name,
        capacity=capacity,
        zone="UTC",
        buffers=buffers,
        now=NOW,
    )


def ranges(*stays: Stay) -> list[ExternalRange]:
    return [ExternalRange(uid=f"range {n}", stay=stay) for n, stay in enumerate(stays)]


def after(state: Calendar, events: Sequence[CalendarEvent]) -> Calendar:
    for event in events:
        state = evolve(state, event)
    return state


def calendar(*facts: CalendarEvent) -> Calendar:
    return after(EMPTY, facts)


def taken(state: Calendar) -> list[Stay]:
    """What imports claim, in order."""
    found = [claim.stay for claim in state.claims.values() if claim.kind == "imported"]
    return sorted(found, key=lambda stay: stay.arrive)


booked = (held(nights(10, 12)), HoldConfirmed(claim_id=CLAIM))


def test_free_ranges_are_claimed() -> None:
    events = import_calendar(EMPTY, importing(), ranges(nights(1, 3), nights(5, 8)))
    state = after(EMPTY, events)
    assert taken(state) == [nights(1, 3), nights(5, 8)]
    assert state.external["elsewhere"].ranges == 2
    assert state.external["elsewhere"].conflicts == ()


def test_a_range_that_meets_a_booking_claims_the_rest_and_is_a_conflict() -> None:
    state = calendar(*booked)
    state = after(state, import_calendar(state, importing(), ranges(nights(8, 15))))
    assert taken(state) == [nights(8, 10), nights(12, 15)]
    [conflict] = state.external["elsewhere"].conflicts
    assert (conflict.stay, conflict.bookings) == (nights(8, 15), (CLAIM,))


def test_a_range_that_meets_a_block_is_none() -> None:
    state = calendar(blocked(nights(10, 12)))
    state = after(state, import_calendar(state, importing(), ranges(nights(9, 12))))
    assert taken(state) == [nights(9, 10)]
    assert state.external["elsewhere"].conflicts == ()


def test_a_second_unit_serves_what_is_taken_elsewhere() -> None:
    state = calendar(*booked)
    state = after(state, import_calendar(state, importing(capacity=2), ranges(nights(8, 15))))
    assert taken(state) == [nights(8, 15)]
    assert state.external["elsewhere"].conflicts == ()


def test_the_same_calendar_again_is_nothing() -> None:
    state = calendar(*booked)
    wanted = ranges(nights(8, 15), nights(20, 22))
    state = after(state, import_calendar(state, importing(), wanted))
    assert import_calendar(state, importing(number=SECOND), wanted) == []


def test_another_import_of_that_name_replaces_the_earlier_in_one_step() -> None:
    state = after(EMPTY, import_calendar(EMPTY, importing(), ranges(nights(1, 3))))
    [event] = import_calendar(state, importing(number=SECOND), ranges(nights(2, 4)))
    assert isinstance(event, ExternalCalendarImported)
    assert event.released == tuple(state.claims)
    assert taken(evolve(state, event)) == [nights(2, 4)]


def test_imports_of_other_names_stand_beside_it() -> None:
    state = after(EMPTY, import_calendar(EMPTY, importing(), ranges(nights(1, 3))))
    other = importing(number=SECOND, name="second")
    state = after(state, import_calendar(state, other, ranges(nights(2, 5))))
    assert taken(state) == [nights(1, 3), nights(3, 5)]
    state = after(state, import_calendar(state, importing(number=UUID(int=73)), []))
    assert taken(state) == [nights(3, 5)]


def test_nights_that_a_cancelled_booking_left_are_claimed_by_the_next_import() -> None:
    state = calendar(*booked)
    wanted = ranges(nights(10, 12))
    state = after(state, import_calendar(state, importing(), wanted))
    assert taken(state) == []
    state = evolve(state, HoldReleased(claim_id=CLAIM))
    state = after(state, import_calendar(state, importing(number=SECOND), wanted))
    assert taken(state) == [nights(10, 12)]
    assert state.external["elsewhere"].conflicts == ()


def test_ranges_that_are_over_are_left_out() -> None:
    past = Stay(NOW.date() - timedelta(days=3), NOW.date())
    now = Stay(NOW.date() - timedelta(days=3), NOW.date() + timedelta(days=1))
    state = after(EMPTY, import_calendar(EMPTY, importing(), ranges(past, now)))
    assert taken(state) == [now]


def test_guests_from_elsewhere_have_buffers_too() -> None:
    one = Buffers(after=DAY)
    state = calendar(*booked)
    state = after(state, import_calendar(state, importing(buffers=one), ranges(nights(8, 10))))
    assert taken(state) == [nights(8, 9)]
    assert state.external["elsewhere"].conflicts == ()


def test_by_the_hour_what_is_free_between_bookings_is_claimed() -> None:
    start = datetime.fromisoformat("2027-06-10T09:00+00:00")
    two_hours = Slot(start + timedelta(hours=2), start + timedelta(hours=4))
    whole = Slot(start, start + timedelta(hours=8))
    state = calendar(replace(held(nights(10, 11)), slot=two_hours), HoldConfirmed(claim_id=CLAIM))
    wanted = [ExternalRange(uid="a day", stay=nights(10, 11), slot=whole)]
    half = Buffers(before=30)
    state = after(state, import_calendar(state, importing(buffers=half), wanted))
    found = sorted(
        (claim.slot.starts_at, claim.slot.ends_at)
        for claim in state.claims.values()
        if claim.kind == "imported" and claim.slot
    )
    # What ends at eleven must leave nothing to the booking, which asked for no buffer before it.
    assert found == [
        (start, start + timedelta(hours=2)),
        (start + timedelta(hours=4, minutes=30), start + timedelta(hours=8)),
    ]


@pytest.mark.parametrize(
    ("kind", "starts", "ends", "expected"),
    [
        ("stay", date(2027, 6, 10), date(2027, 6, 12), nights(10, 12)),
        ("stay", "2027-06-10T15:00", "2027-06-12T11:00", nights(10, 12)),
        ("stay", "2027-06-10T09:00", "2027-06-10T17:00", nights(10, 11)),
        ("stay", "2027-06-09T23:00+00:00", "2027-06-11T23:00+00:00", nights(10, 12)),
        ("slot", date(2027, 6, 10), date(2027, 6, 11), "2027-06-09T22:00/2027-06-10T22:00"),
        ("slot", "2027-06-10T09:00", "2027-06-10T10:00", "2027-06-10T07:00/2027-06-10T08:00"),
    ],
    ids=[
        "days are days",
        "times are the days they fall on",
        "times within a day are that day",
        "an offset is taken to the listing's days",
        "by the hour days last from midnight to midnight",
        "by the hour times are local",
    ],
)
def test_entries_are_what_the_listing_makes_of_them(
    kind: Kind, starts: date | str, ends: date | str, expected: Stay | str
) -> None:
    def moment(given: date | str) -> date | datetime:
        return datetime.fromisoformat(given) if isinstance(given, str) else given

    made = external_range("x", moment(starts), moment(ends), kind, "Europe/Stockholm")
    if isinstance(expected, Stay):
        assert (made.stay, made.slot) == (expected, None)
        return
    first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in expected.split("/"))
    assert made.slot == Slot(first, last)
    assert made.stay == Slot(first, last).days("Europe/Stockholm")


def test_a_zone_of_its_own_counts() -> None:
    new_york = ZoneInfo("America/New_York")
    starts, ends = (datetime(2027, 6, 10, hour, tzinfo=new_york) for hour in (9, 10))
    made = external_range("x", starts, ends, "slot", "Europe/Stockholm")
    assert made.slot is not None
    assert made.slot.starts_at.hour == 13


steps = st.lists(
    st.tuples(
        st.sampled_from(["book", "block", "import", "import"]),
        st.integers(0, 12),
        st.integers(1, 6),
        st.integers(0, 2),
    ),
    max_size=8,
)


@for_all(
    st.sampled_from(["stay", "rental", "slot"]),
    steps,
    st.integers(1, 2),
    st.integers(0, 1),
    st.integers(0, 1),
)
@settings(deadline=None, max_examples=80)
def test_imports_leave_claims_apart_and_settle_at_once(
    kind: Kind, history: list[tuple[str, int, int, int]], capacity: int, before: int, behind: int
) -> None:
    buffers, state = buffers_of(kind, before, behind), EMPTY
    for number, (what, first, length, more) in enumerate(history):
        stay, slot = range_of(kind, first + 1, length)
        if what == "import":
            wanted = [
                ExternalRange(uid=f"{n}", stay=each[0], slot=each[1])
                for n in range(more + 1)
                for each in [range_of(kind, first + 1 + n * (length + 1), length)]
            ]
            run = importing(number=UUID(int=500 + number), capacity=capacity, buffers=buffers)
            state = after(state, import_calendar(state, run, wanted))
            again = importing(number=UUID(int=600 + number), capacity=capacity, buffers=buffers)
            assert import_calendar(state, again, wanted) == []
            assert collisions(state, NOW) == []
            continue
        fact = (
            replace(held(stay, claim=UUID(int=800 + number)), slot=slot, buffers=buffers)
            if what == "book"
            else replace(blocked(stay), claim_id=UUID(int=800 + number), slot=slot)
        )
        made = evolve(state, fact)
        if collisions(made, NOW) == []:
            state = made
    assert BLOCK not in state.claims
