from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar.decisions import block, confirm, hold, lift, release, tidy
from domain.calendar.facts import (
    BlockLifted,
    CalendarEvent,
    HoldConfirmed,
    HoldLapsed,
    HoldReleased,
    UnitsReassigned,
)
from domain.calendar.state import EMPTY, Calendar, evolve
from domain.refusals import NightsTaken, NoSuch, TooManyUnits
from domain.stay import Stay
from tests.domain.facts import BLOCK, CLAIM, GUEST, LISTING, NOW, OTHER, blocked, held, nights
from tests.domain.scenario import Given, given

Deciding = Callable[[Calendar], Sequence[CalendarEvent]]


def calendar(*facts: CalendarEvent) -> Given[Calendar]:
    return given(evolve, *facts, empty=EMPTY)


def holding(
    stay: Stay, *, units: int = 1, capacity: int = 1, now: datetime = NOW, claim: UUID = OTHER
) -> Deciding:
    def decide(state: Calendar) -> Sequence[CalendarEvent]:
        return hold(
            state,
            listing_id=LISTING,
            capacity=capacity,
            claim_id=claim,
            booking_id=claim,
            guest_id=GUEST,
            stay=stay,
            units=units,
            until=now + timedelta(minutes=15),
            today=NOW.date(),
            now=now,
        )

    return decide


def blocking(stay: Stay, *, units: int | None = None, capacity: int = 1) -> Deciding:
    def decide(state: Calendar) -> Sequence[CalendarEvent]:
        return block(
            state,
            listing_id=LISTING,
            capacity=capacity,
            claim_id=BLOCK,
            stay=stay,
            units=units,
            reason=None,
            today=NOW.date(),
            now=NOW,
        )

    return decide


def test_free_nights_are_held_for_the_guest() -> None:
    calendar().when(holding(nights(1, 4))).then(held(nights(1, 4), claim=OTHER))


def test_held_nights_are_refused_to_the_next_guest() -> None:
    calendar(held(nights(1, 4))).when(holding(nights(2, 5))).then_refused(
        NightsTaken, nights=(*nights(2, 4).nights(),)
    )


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [((5, 8), (1, 5)), ((5, 8), (8, 9))],
    ids=["leaving on the day the next arrives", "arriving on the day the last leaves"],
)
def test_neighbours_may_share_a_day_of_change(
    taken: tuple[int, int], wanted: tuple[int, int]
) -> None:
    stay = nights(*wanted)
    calendar(held(nights(*taken))).when(holding(stay)).then(held(stay, claim=OTHER))


def test_a_lapsed_hold_is_free_the_instant_it_lapses_and_released_in_the_same_step() -> None:
    lapse = NOW + timedelta(minutes=15)
    calendar(held(nights(1, 4))).when(holding(nights(1, 4), now=lapse)).then(
        HoldLapsed(claim_id=CLAIM),
        held(nights(1, 4), claim=OTHER, until=lapse + timedelta(minutes=15)),
    )
    a_moment_before = lapse - timedelta(microseconds=1)
    calendar(held(nights(1, 4))).when(holding(nights(1, 4), now=a_moment_before)).then_refused(
        NightsTaken
    )


def test_a_confirmed_hold_no_longer_lapses() -> None:
    confirmed = (held(nights(1, 4)), HoldConfirmed(claim_id=CLAIM))
    later = NOW + timedelta(days=1)
    calendar(*confirmed).when(holding(nights(1, 4), now=later)).then_refused(NightsTaken)


def test_a_second_guest_gets_the_second_unit() -> None:
    calendar(held(nights(1, 4))).when(holding(nights(1, 4), capacity=2)).then(
        held(nights(1, 4), claim=OTHER, unit=1)
    )


def test_a_party_takes_as_many_units_as_it_asks_for_or_none() -> None:
    calendar(held(nights(1, 4))).when(holding(nights(1, 4), units=2, capacity=2)).then_refused(
        NightsTaken
    )
    calendar().when(holding(nights(1, 4), units=3, capacity=2)).then_refused(
        TooManyUnits, units=3, maximum=2
    )


def test_a_released_claim_is_free_again() -> None:
    calendar(held(nights(1, 4))).when(lambda state: release(state, CLAIM)).then(
        HoldReleased(claim_id=CLAIM)
    )
    calendar(held(nights(1, 4)), HoldReleased(claim_id=CLAIM)).when(holding(nights(1, 4))).then(
        held(nights(1, 4), claim=OTHER)
    )


def test_what_is_gone_is_neither_confirmed_nor_released() -> None:
    calendar().when(lambda state: confirm(state, CLAIM)).then_nothing()
    calendar().when(lambda state: release(state, CLAIM)).then_nothing()


def test_a_block_takes_every_free_unit() -> None:
    state = (
        calendar(held(nights(1, 4)))
        .when(blocking(nights(2, 3), capacity=2))
        .then(blocked(nights(2, 3), unit=1))
    )
    assert state.units_taken_on(next(nights(2, 3).nights()), NOW) == 2


def test_a_block_over_claimed_nights_is_refused() -> None:
    calendar(held(nights(1, 4))).when(blocking(nights(2, 6))).then_refused(NightsTaken)


def test_a_lifted_block_is_gone_and_cannot_be_lifted_twice() -> None:
    calendar(blocked(nights(2, 3))).when(lambda state: lift(state, BLOCK)).then(
        BlockLifted(claim_id=BLOCK)
    )
    calendar().when(lambda state: lift(state, BLOCK)).then_refused(NoSuch, what="block")


def test_a_booking_is_not_lifted_like_a_block() -> None:
    calendar(held(nights(1, 4))).when(lambda state: lift(state, CLAIM)).then_refused(NoSuch)


def test_tidying_up_twice_releases_once() -> None:
    later = NOW + timedelta(hours=1)
    state = (
        calendar(held(nights(1, 4)))
        .when(lambda state: tidy(state, later))
        .then(HoldLapsed(claim_id=CLAIM))
    )
    assert tidy(state, later) == []


def test_others_make_room_so_that_whatever_fits_every_night_is_accepted() -> None:
    first, second = held(nights(1, 3)), held(nights(5, 8), claim=BLOCK, unit=1)
    calendar(first, second).when(holding(nights(1, 8), capacity=2)).then(
        UnitsReassigned(claim_id=BLOCK, before=(1,), after=(0,)),
        held(nights(1, 8), claim=OTHER, unit=1),
    )


def test_who_is_here_already_does_not_change_rooms() -> None:
    here = held(Stay(NOW.date(), NOW.date() + timedelta(days=2)), unit=1)
    later = held(Stay(NOW.date() + timedelta(days=3), NOW.date() + timedelta(days=5)), claim=BLOCK)
    whole = Stay(NOW.date(), NOW.date() + timedelta(days=5))
    calendar(here, later).when(holding(whole, capacity=2)).then(
        UnitsReassigned(claim_id=BLOCK, before=(0,), after=(1,)),
        held(whole, claim=OTHER, unit=0),
    )


def stay_from_now(first: int, length: int) -> Stay:
    arrive = NOW.date() + timedelta(days=first)
    return Stay(arrive, arrive + timedelta(days=length))


stays = st.builds(stay_from_now, st.integers(0, 15), st.integers(1, 8))


@for_all(st.lists(st.tuples(stays, st.integers(1, 3)), max_size=25), st.integers(1, 4))
@settings(max_examples=300)
def test_a_stay_is_refused_only_when_some_night_lacks_units(
    wishes: list[tuple[Stay, int]], capacity: int
) -> None:
    state = EMPTY
    begun: dict[UUID, tuple[int, ...]] = {}
    for number, (stay, units) in enumerate(wishes):
        claim = UUID(int=100 + number)
        fits = units <= capacity and all(
            state.units_taken_on(night, NOW) + units <= capacity for night in stay.nights()
        )
        decide = holding(stay, units=units, capacity=capacity, claim=claim)
        if not fits:
            with pytest.raises((NightsTaken, TooManyUnits)):
                decide(state)
            continue
        for event in decide(state):
            state = evolve(state, event)
        taken = [
            (unit, night)
            for each in state.live(NOW)
            for unit in each.units
            for night in each.stay.nights()
        ]
        assert len(taken) == len(set(taken))
        assert all(unit < capacity for unit, _ in taken)
        assert len(state.claims[claim].units) == units
        assert all(state.claims[each].units == own for each, own in begun.items())
        if stay.arrive <= NOW.date():
            begun[claim] = state.claims[claim].units


steps = st.lists(
    st.tuples(
        st.sampled_from(["hold", "block", "confirm", "release", "lift", "tidy"]),
        st.integers(1, 20),
        st.integers(1, 6),
        st.integers(1, 3),
        st.integers(0, 40),
    ),
    max_size=40,
)


@for_all(steps, st.integers(1, 3))
@settings(max_examples=200)
def test_whatever_happens_no_two_live_claims_share_a_unit_and_a_night(
    history: list[tuple[str, int, int, int, int]], capacity: int
) -> None:
    state, now = EMPTY, NOW
    for number, (what, first, length, units, minutes) in enumerate(history):
        now += timedelta(minutes=minutes)
        stay, claim = nights(first, first + length), UUID(int=100 + number)
        target = next(iter(state.claims), CLAIM)
        try:
            choices: dict[str, Deciding] = {
                "hold": holding(stay, units=units, capacity=capacity, now=now, claim=claim),
                "block": blocking(stay, capacity=capacity),
                "confirm": lambda before: confirm(before, target),  # noqa: B023 - called at once
                "release": lambda before: release(before, target),  # noqa: B023
                "lift": lambda before: lift(before, target),  # noqa: B023
                "tidy": lambda before: tidy(before, now),  # noqa: B023
            }
            events = choices[what](state)
        except (NightsTaken, NoSuch, TooManyUnits):
            continue
        for event in events:
            state = evolve(state, event)
        taken = [
            (unit, night)
            for held_claim in state.live(now)
            for unit in held_claim.units
            for night in held_claim.stay.nights()
        ]
        assert len(taken) == len(set(taken))
        assert all(unit < capacity for unit, _ in taken)
