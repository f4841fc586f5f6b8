"""What was over long ago is laid aside: nobody decides otherwise, and documents forget it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.buffers import DAY, Buffers
from domain.calendar.decisions import block, confirm, hold, lift, move, release, tidy
from domain.calendar.facts import CalendarEvent, ClaimMoved, HoldConfirmed, HoldLapsed, HoldReleased
from domain.calendar.past import AT_ONCE, KEPT_FOR
from domain.calendar.state import EMPTY, Calendar, evolve, evolve_without_past
from domain.refusals import NightsTaken, NoSuch, TooManyUnits
from domain.stay import Stay
from tests.domain.facts import CLAIM, GUEST, LISTING, NOW, OTHER, held

QUARTER = timedelta(minutes=15)


def after(*events: CalendarEvent, state: Calendar = EMPTY) -> Calendar:
    for event in events:
        state = evolve(state, event)
    return state


def stay_on(day: date, length: int = 2) -> Stay:
    return Stay(day, day + timedelta(days=length))


def booked(claim: UUID, day: date, now: datetime, **changes: Any) -> list[CalendarEvent]:
    """A booking of two nights from ``day`` on that is made at ``now``."""
    event = replace(held(stay_on(day), claim=claim, until=now + QUARTER), **changes)
    return [event, HoldConfirmed(claim_id=claim)]


def years_of_bookings(number: int) -> Calendar:
    """One booking after another, each made on its day of arrival."""
    state = EMPTY
    for each in range(number):
        now = NOW + timedelta(days=2 * each)
        state = after(*booked(UUID(int=each), now.date(), now), state=state)
    return state


@pytest.mark.parametrize(
    ("days_later", "aside"), [(KEPT_FOR + 2, True), (KEPT_FOR + 1, False), (0, False)]
)
def test_a_claim_is_laid_aside_when_the_next_guest_comes_long_after(
    days_later: int,
    aside: bool,  # noqa: FBT001 - a column of the table
) -> None:
    later = NOW + timedelta(days=days_later)
    state = after(*booked(CLAIM, NOW.date(), NOW), *booked(OTHER, later.date(), later))
    assert (CLAIM in state.past, CLAIM in state.claims) == (aside, not aside)
    assert state.claim(CLAIM) is not None


def test_what_is_looked_at_for_the_next_guest_does_not_grow_with_the_years() -> None:
    state = years_of_bookings(1_000)
    assert len(state.claims) <= (KEPT_FOR + AT_ONCE) / 2 + 1
    assert len([*state.all_claims()]) == 1_000


def test_a_claim_whose_buffer_still_counts_is_kept() -> None:
    later = NOW + timedelta(days=KEPT_FOR + 30)
    keeping = booked(CLAIM, NOW.date(), NOW, buffers=Buffers(after=60 * DAY))
    state = after(*keeping, *booked(OTHER, later.date(), later))
    assert CLAIM in state.claims


def test_a_listing_that_keeps_guests_far_apart_looks_further_back() -> None:
    later = NOW + timedelta(days=KEPT_FOR + 30)
    far = booked(OTHER, later.date(), later, buffers=Buffers(before=60 * DAY))
    assert CLAIM in after(*booked(CLAIM, NOW.date(), NOW), *far).claims


def test_a_hold_is_never_laid_aside_before_it_is_tidied_away() -> None:
    later = NOW + timedelta(days=400)
    state = after(held(stay_on(NOW.date())), *booked(OTHER, later.date(), later))
    assert tidy(state, later) == [HoldLapsed(claim_id=CLAIM)]
    assert CLAIM in state.claims


def test_a_decision_about_days_long_past_still_knows_who_had_them() -> None:
    state = years_of_bookings(100)
    assert UUID(int=0) in state.past
    with pytest.raises(NightsTaken):
        hold(
            state,
            listing_id=LISTING,
            capacity=1,
            claim_id=OTHER,
            booking_id=OTHER,
            guest_id=GUEST,
            units=1,
            stay=stay_on(NOW.date()),
            until=NOW + QUARTER,
            today=NOW.date(),
            now=NOW,
        )


def test_a_booking_long_past_can_still_be_given_back() -> None:
    state = years_of_bookings(100)
    assert release(state, UUID(int=0)) == [HoldReleased(claim_id=UUID(int=0))]
    assert after(HoldReleased(claim_id=UUID(int=0)), state=state).claim(UUID(int=0)) is None


def test_a_claim_that_moves_from_the_past_to_days_ahead_is_among_those_to_come() -> None:
    state, later = years_of_bookings(100), NOW + timedelta(days=300)
    [moved] = move(
        state,
        listing_id=LISTING,
        capacity=1,
        claim_id=UUID(int=0),
        guest_id=GUEST,
        units=1,
        stay=stay_on(later.date()),
        today=NOW.date(),
        now=NOW,
    )
    assert isinstance(moved, ClaimMoved)
    found = after(moved, state=state)
    assert UUID(int=0) in found.claims
    assert UUID(int=0) not in found.past


moves = st.lists(
    st.tuples(
        st.sampled_from(["book", "hold", "block", "release", "lift"]),
        st.integers(0, 40),
        st.integers(1, 5),
        st.integers(0, 30),
        st.integers(0, 50),
    ),
    max_size=60,
)


@for_all(moves, st.integers(1, 3), st.integers(0, 2))
@settings(max_examples=150)
def test_documents_are_the_calendar_without_its_past_and_deciding_knows_all_of_it(
    history: list[tuple[str, int, int, int, int]], capacity: int, buffer: int
) -> None:
    whole, document, now, ids = EMPTY, EMPTY, NOW, count(1)
    for what, first, length, days, pick in history:
        now += timedelta(days=days)
        stay, new = stay_on(now.date() + timedelta(days=first), length), UUID(int=next(ids))
        common: dict[str, Any] = {"listing_id": LISTING, "capacity": capacity, "claim_id": new}
        common |= {"stay": stay, "units": 1, "today": now.date(), "now": now}
        known = sorted((claim.id for claim in whole.all_claims()), key=str)
        some = known[pick % len(known)] if known else CLAIM
        buffers = Buffers(after=buffer * DAY)
        try:
            if what == "block":
                events = block(whole, **common, reason=None)
            elif what == "release":
                events = release(whole, some)
            elif what == "lift":
                events = lift(whole, some)
            else:
                events = hold(
                    whole,
                    **common,
                    booking_id=new,
                    guest_id=GUEST,
                    until=now + QUARTER,
                    buffers=buffers,
                )
                if what == "book":
                    events += confirm(after(*events, state=whole), new)
        except (NightsTaken, TooManyUnits, NoSuch):
            continue
        for event in events:
            whole, document = evolve(whole, event), evolve_without_past(document, event)
        assert document == whole.without_past()
        as_one = Calendar(claims={claim.id: claim for claim in whole.all_claims()})
        asked = stay_on(now.date() - timedelta(days=60), 120)
        assert whole.nights_free(
            asked, capacity=capacity, now=now, buffers=buffers
        ) == as_one.nights_free(asked, capacity=capacity, now=now, buffers=buffers)
        ahead = stay_on(now.date() - timedelta(days=14), 80)
        assert document.nights_free(
            ahead, capacity=capacity, now=now, buffers=buffers
        ) == as_one.nights_free(ahead, capacity=capacity, now=now, buffers=buffers)
