"""Between neighbours on a unit lies the greater of the two buffers, never their sum."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from domain.buffers import DAY, NO_BUFFERS, Buffers
from domain.calendar.decisions import block, confirm, extend, hold, lift, release, tidy
from domain.calendar.extent import extent_of
from domain.calendar.facts import CalendarEvent, UnitsReassigned
from domain.calendar.room import units_free
from domain.calendar.state import EMPTY, Calendar, evolve
from domain.kind import Kind
from domain.refusals import NightsTaken, TooManyUnits
from domain.rules.apart import buffers_of as buffers_under
from domain.rules.schedule import Schedule
from domain.slot import Slot
from domain.stay import Stay
from tests.domain.claims import (
    TODAY,
    block_of,
    buffers_of,
    collisions,
    fits_somehow,
    range_of,
)
from tests.domain.facts import GUEST, LISTING, NOW, nights

CLAIM, OTHER = UUID(int=13), UUID(int=14)


def holding(
    state: Calendar,
    claim: UUID,
    when: tuple[Stay, Slot | None],
    *,
    buffers: Buffers = NO_BUFFERS,
    units: int = 1,
    capacity: int = 1,
    now: datetime = NOW,
) -> list[CalendarEvent]:
    return hold(
        state,
        listing_id=LISTING,
        capacity=capacity,
        claim_id=claim,
        booking_id=claim,
        guest_id=GUEST,
        stay=when[0],
        slot=when[1],
        buffers=buffers,
        units=units,
        until=now + timedelta(minutes=15),
        today=TODAY,
        now=now,
    )


def blocking(
    state: Calendar,
    claim: UUID,
    when: tuple[Stay, Slot | None],
    *,
    capacity: int = 1,
    now: datetime = NOW,
) -> list[CalendarEvent]:
    return block(
        state,
        listing_id=LISTING,
        capacity=capacity,
        claim_id=claim,
        stay=when[0],
        slot=when[1],
        units=None,
        reason=None,
        today=TODAY,
        now=now,
    )


def after(state: Calendar, events: list[CalendarEvent]) -> Calendar:
    for event in events:
        state = evolve(state, event)
    return state


@pytest.mark.parametrize(
    ("first", "second", "apart", "accepted"),
    [
        ((0, 0), (0, 0), 0, True),
        ((0, 1), (0, 0), 0, False),
        ((0, 1), (0, 0), 1, True),
        ((0, 0), (1, 0), 0, False),
        ((0, 0), (1, 0), 1, True),
        ((0, 1), (2, 0), 1, False),
        ((0, 1), (2, 0), 2, True),
        ((0, 2), (1, 0), 2, True),
        ((3, 0), (0, 3), 0, True),
    ],
    ids=[
        "no buffers: on the same day",
        "a night after the first: not on the same day",
        "a night after the first: a night later",
        "a night before the second: not on the same day",
        "a night before the second: a night later",
        "one after and two before: not a night apart",
        "one after and two before: two nights apart, not three",
        "two after and one before: two nights apart",
        "before the first and after the second: nobody is there",
    ],
)
@pytest.mark.parametrize("kind", ["stay", "rental", "slot"])
@pytest.mark.parametrize("order", ["the earlier first", "the later first"])
def test_neighbours_keep_the_greater_buffer_apart(
    kind: Kind,
    order: str,
    first: tuple[int, int],
    second: tuple[int, int],
    apart: int,
    *,
    accepted: bool,
) -> None:
    made = [
        (range_of(kind, 10, 2), buffers_of(kind, *first)),
        (range_of(kind, 12 + apart, 2), buffers_of(kind, *second)),
    ]
    if order == "the later first":
        made.reverse()
    state = after(EMPTY, holding(EMPTY, CLAIM, made[0][0], buffers=made[0][1]))
    if accepted:
        holding(state, OTHER, made[1][0], buffers=made[1][1])
        return
    with pytest.raises(NightsTaken):
        holding(state, OTHER, made[1][0], buffers=made[1][1])


def test_the_nights_that_a_buffer_takes_are_named() -> None:
    one = Buffers(after=DAY)
    state = after(EMPTY, holding(EMPTY, CLAIM, (nights(5, 8), None), buffers=one))
    with pytest.raises(NightsTaken) as told:
        holding(state, OTHER, (nights(8, 12), None), buffers=one)
    assert told.value.nights == (*nights(8, 9).nights(),)
    with pytest.raises(NightsTaken) as told:
        holding(state, OTHER, (nights(1, 5), None), buffers=one)
    assert told.value.nights == (*nights(4, 5).nights(),)


def test_a_block_keeps_no_distance() -> None:
    one = Buffers(before=DAY, after=DAY)
    state = after(EMPTY, holding(EMPTY, CLAIM, (nights(5, 8), None), buffers=one))
    state = after(state, blocking(state, OTHER, (nights(8, 9), None)))
    state = after(state, blocking(state, UUID(int=15), (nights(4, 5), None)))
    assert collisions(state, NOW) == []
    with pytest.raises(NightsTaken):
        blocking(state, UUID(int=16), (nights(7, 8), None))


def test_others_move_to_make_room_for_buffers_too() -> None:
    one = Buffers(after=DAY)
    state = EMPTY
    for number, (first, last) in enumerate([(1, 3), (2, 4), (5, 8)]):
        stay = (nights(first, last), None)
        made = holding(state, UUID(int=20 + number), stay, buffers=one, capacity=2)
        state = after(state, made)
    assert state.claims[UUID(int=22)].units == (0,)
    events = holding(state, OTHER, (nights(4, 9), None), buffers=one, capacity=2)
    assert any(isinstance(event, UnitsReassigned) for event in events)
    assert collisions(after(state, events), NOW) == []


def test_leaving_later_in_the_day_than_the_next_arrives_keeps_a_night_free() -> None:
    plain, late = Schedule(), Schedule(check_in=time(9), check_out=time(18))
    assert buffers_under("rental", plain) is NO_BUFFERS
    assert buffers_under("rental", late) == Buffers(after=DAY)
    assert buffers_under("stay", Schedule(buffer_before=1, buffer_after=2)) == Buffers(
        before=DAY, after=2 * DAY
    )
    assert buffers_under("slot", Schedule(buffer_after=15)) == Buffers(after=15)


@pytest.mark.parametrize("last", ["0001-01-05", "9999-12-31"])
def test_buffers_end_with_the_calendar(last: str) -> None:
    depart = datetime.fromisoformat(last).date()
    stay = (Stay(depart - timedelta(days=2), depart), None)
    long = Buffers(before=400 * DAY, after=400 * DAY)
    state = after(EMPTY, holding(EMPTY, CLAIM, stay, buffers=long))
    with pytest.raises(NightsTaken):
        holding(state, OTHER, stay, buffers=long)


kinds = st.sampled_from(["stay", "rental", "slot"])
wishes = st.lists(
    st.tuples(st.integers(-2, 12), st.integers(1, 5), st.integers(1, 2)), min_size=1, max_size=6
)


@for_all(kinds, wishes, st.integers(1, 3), st.integers(0, 2), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_with_the_same_buffers_whatever_can_be_arranged_is_accepted(
    kind: Kind, asked: list[tuple[int, int, int]], capacity: int, before: int, behind: int
) -> None:
    buffers, state = buffers_of(kind, before, behind), EMPTY
    now = NOW
    for number, (first, length, units) in enumerate(asked):
        when = range_of(kind, max(first, 0) + (1 if kind == "slot" else 0), length)
        extent = extent_of(*when, buffers)
        begun = extent_of(*range_of(kind, 0, 1), None).start
        here = [
            (claim.extent, set(claim.units))
            for claim in state.live(now)
            if claim.extent.start <= begun
        ]
        later = [
            (claim.extent, len(claim.units))
            for claim in state.live(now)
            if claim.extent.start > begun
        ]
        fits = units <= capacity and fits_somehow(here, [*later, (extent, units)], capacity)
        free = units_free(state.taken(when[0], buffers, now), extent, capacity)
        assert (free >= units) == fits
        try:
            events = holding(
                state,
                UUID(int=100 + number),
                when,
                buffers=buffers,
                units=units,
                capacity=capacity,
            )
        except (NightsTaken, TooManyUnits):
            assert not fits
            continue
        assert fits
        state = after(state, events)
        assert collisions(state, now) == []


class CalendarHistory(RuleBasedStateMachine):
    """Holds, blocks, changes of rules and of mind on one listing, in any order."""

    kind: Kind
    capacity: int

    @initialize(kind=kinds, capacity=st.integers(1, 3))
    def begins(self, kind: Kind, capacity: int) -> None:
        self.kind, self.capacity = kind, capacity
        self.buffers = NO_BUFFERS
        self.state, self.now, self.number = EMPTY, NOW, 100

    def take(self, events: list[CalendarEvent]) -> None:
        self.state = after(self.state, events)

    @rule(before=st.integers(0, 2), behind=st.integers(0, 2))
    def the_host_changes_buffers(self, before: int, behind: int) -> None:
        self.buffers = buffers_of(self.kind, before, behind)

    @rule(first=st.integers(1, 12), length=st.integers(1, 5), units=st.integers(1, 3))
    def a_guest_asks(self, first: int, length: int, units: int) -> None:
        self.number += 1
        when = range_of(self.kind, first, length)
        extent = extent_of(*when, self.buffers)
        near = self.state.taken(when[0], self.buffers, self.now)
        taken = {unit for other, own in near if other.collides(extent) for unit in own}
        as_they_stand = self.capacity - len(taken)
        try:
            self.take(
                holding(
                    self.state,
                    UUID(int=self.number),
                    when,
                    buffers=self.buffers,
                    units=units,
                    capacity=self.capacity,
                    now=self.now,
                )
            )
        except NightsTaken:
            assert units > as_they_stand
        except TooManyUnits:
            assert units > self.capacity

    @rule(first=st.integers(-3, 12), length=st.integers(1, 4))
    def the_host_blocks(self, first: int, length: int) -> None:
        self.number += 1
        when = block_of(self.kind, first, length)
        with suppress(NightsTaken):
            claim = UUID(int=self.number)
            self.take(blocking(self.state, claim, when, capacity=self.capacity, now=self.now))

    @precondition(lambda self: bool(self.state.claims))
    @rule(data=st.data(), what=st.sampled_from(["confirm", "extend", "release", "lift"]))
    def something_happens_to_a_claim(self, data: st.DataObject, what: str) -> None:
        claim = data.draw(st.sampled_from(sorted(self.state.claims.values(), key=_by_id)))
        decisions: dict[str, Any] = {
            "confirm": lambda: confirm(self.state, claim.id) if claim.live_at(self.now) else [],
            "extend": lambda: (
                extend(self.state, claim.id, self.now + timedelta(minutes=30))
                if claim.until and claim.live_at(self.now)
                else []
            ),
            "release": lambda: release(self.state, claim.id),
            "lift": lambda: lift(self.state, claim.id) if claim.kind == "block" else [],
        }
        self.take(decisions[what]())

    @rule(minutes=st.sampled_from([1, 10, 20]), tidied=st.booleans())
    def time_passes(self, minutes: int, *, tidied: bool) -> None:
        self.now += timedelta(minutes=minutes)
        if tidied:
            self.take(tidy(self.state, self.now))

    @invariant()
    def no_live_neighbours_come_closer_than_their_greater_buffer(self) -> None:
        assert collisions(self.state, self.now) == []
        units = [unit for claim in self.state.live(self.now) for unit in claim.units]
        assert all(unit < self.capacity for unit in units)


def _by_id(claim: Any) -> int:
    return claim.id.int


CalendarHistory.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestCalendarHistory = CalendarHistory.TestCase
