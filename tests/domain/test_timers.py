"""The log says which timers there are, whatever pages it is read in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking.facts import (
    BookingApproved,
    BookingCancelled,
    BookingCheckedIn,
    BookingCompleted,
    BookingConfirmed,
    BookingDeclined,
    BookingExpired,
    BookingMarkedNoShow,
)
from domain.events import Event
from domain.money import Money
from domain.recorded import Recorded
from domain.timers import (
    BACKDATED,
    RULES,
    ClearTimer,
    Due,
    Kind,
    SetTimer,
    Timer,
    WakeTimer,
    change_all,
    changes,
    fold,
    together,
)
from streams.timers.use_cases import USE_CASES
from tests.domain.facts import BOOKING, LISTING, NOW, requested
from tests.projections.history import History

LAPSE = NOW + timedelta(minutes=15)
LATER = NOW + timedelta(hours=2)
CHECK_OUT = datetime(2027, 6, 12, 9, 0, tzinfo=UTC)
"""Eleven in the morning of the day of departure, in Stockholm."""

INSTANT, REQUEST = requested(), requested(needs_approval=True)
APPROVED = BookingApproved(hold_expires_at=LATER)
CONFIRMED = BookingConfirmed(booking_id=BOOKING)
CANCELLED = BookingCancelled(by="guest", reason=None, refund=(), refund_total=Money(0, "SEK"))


def timers_after(*facts: Event) -> dict[Kind, datetime]:
    """When each timer of the booking is due."""
    history = History()
    for fact in facts:
        history.booking(fact)
    timers = fold(history.events)
    assert {timer.subject for timer in timers} <= {BOOKING}
    assert {due.key for due in timers.values()} <= {str(LISTING)}
    return {timer.kind: due.at for timer, due in timers.items()}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((INSTANT,), {"hold_expiry": LAPSE, "completion": CHECK_OUT}),
        ((REQUEST,), {"approval_deadline": LAPSE, "completion": CHECK_OUT}),
        ((REQUEST, APPROVED), {"hold_expiry": LATER, "completion": CHECK_OUT}),
        ((REQUEST, BookingDeclined(reason=None)), {}),
        ((INSTANT, CONFIRMED), {"completion": CHECK_OUT}),
        ((REQUEST, APPROVED, CONFIRMED), {"completion": CHECK_OUT}),
        ((INSTANT, CONFIRMED, BookingCheckedIn(at=NOW)), {"completion": CHECK_OUT}),
        ((INSTANT, CONFIRMED, BookingCheckedIn(at=NOW), BookingCompleted(at=NOW)), {}),
        ((INSTANT, CONFIRMED, BookingMarkedNoShow(at=NOW, reason=None)), {}),
        ((INSTANT, CANCELLED), {}),
        ((REQUEST, CANCELLED), {}),
        ((INSTANT, BookingExpired(expired_at=LAPSE)), {"completion": CHECK_OUT}),
        ((REQUEST, BookingExpired(expired_at=LAPSE)), {"completion": CHECK_OUT}),
    ],
    ids=[
        "a hold lapses, and the stay ends at check-out",
        "a host must decide in time",
        "an approved request is a hold with a new end",
        "a declined request has no end to wait for",
        "a confirmed booking no longer lapses",
        "an approved and confirmed one neither",
        "a guest who is in leaves at check-out",
        "a stay that is over",
        "a guest who never came",
        "a cancelled hold",
        "a cancelled request",
        "a lapsed hold, which a late payment may revive",
        "a lapsed request likewise",
    ],
)
def test_a_booking_waits_for(facts: tuple[Event, ...], expected: dict[Kind, datetime]) -> None:
    assert timers_after(*facts) == expected


def test_an_import_that_lives_by_a_clock_of_its_own_sets_no_timer() -> None:
    [event] = History().booking(INSTANT)
    just_now = replace(event, recorded_at=NOW + BACKDATED - timedelta(microseconds=1))
    assert changes(just_now) != {}
    imported = replace(event, recorded_at=NOW + BACKDATED)
    assert changes(imported) == {}
    [ended] = History().booking(CANCELLED)
    assert set(changes(replace(ended, recorded_at=NOW + BACKDATED)).values()) == {ClearTimer()}


def test_every_kind_of_timer_has_a_rule_and_a_use_case() -> None:
    assert set(RULES) == set(USE_CASES) == set(get_args(Kind))


def test_events_that_concern_no_timer_change_none() -> None:
    [arrived] = History().booking(BookingCheckedIn(at=NOW))
    assert changes(arrived) == {}


FACTS: tuple[Callable[[int], Event], ...] = (
    lambda minutes: replace(INSTANT, hold_expires_at=NOW + timedelta(minutes=minutes)),
    lambda minutes: replace(REQUEST, hold_expires_at=NOW + timedelta(minutes=minutes)),
    lambda minutes: BookingApproved(hold_expires_at=NOW + timedelta(minutes=minutes)),
    lambda _: CONFIRMED,
    lambda _: CANCELLED,
    lambda _: BookingExpired(expired_at=NOW),
    lambda _: BookingCompleted(at=NOW),
)
logs = st.lists(
    st.tuples(st.sampled_from(FACTS), st.integers(0, 90), st.integers(1, 3)), max_size=40
)


def as_log(steps: list[tuple[Callable[[int], Event], int, int]]) -> list[Recorded]:
    history = History()
    for fact, minutes, booking in steps:
        history.booking(fact(minutes), of=UUID(int=booking))
    return history.events


@given(logs, st.lists(st.integers(0, 40), max_size=5))
def test_page_by_page_is_the_same_as_event_by_event(
    steps: list[tuple[Callable[[int], Event], int, int]], cuts: list[int]
) -> None:
    events = as_log(steps)
    timers: dict[Timer, Due] = {}
    for start, end in pairwise(sorted({0, len(events), *(min(c, len(events)) for c in cuts)})):
        change_all(timers, together(events[start:end]))
    assert timers == fold(events)


DUE, SOONER = Due(LATER, 7, "key"), Due(NOW, 9, "key")


@pytest.mark.parametrize(
    ("made", "left"),
    [
        ((SetTimer(DUE), WakeTimer(SOONER)), SOONER),
        ((WakeTimer(SOONER),), None),
        ((SetTimer(DUE), ClearTimer(), WakeTimer(SOONER)), None),
        ((SetTimer(SOONER), SetTimer(DUE)), DUE),
    ],
    ids=[
        "woken, it is due at once",
        "nobody's timer is not woken",
        "a cleared one is not woken either",
        "set again, the last word counts",
    ],
)
def test_of_one_timer_is_left(
    made: tuple[SetTimer | ClearTimer | WakeTimer, ...], left: Due | None
) -> None:
    timer = Timer("completion", BOOKING)
    timers: dict[Timer, Due] = {}
    for change in made:
        change_all(timers, {timer: change})
    assert timers.get(timer) == left
