"""Whatever happens to a booking: it moves along its life, and tells each side what it may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.booking.allowed import Action, actions
from domain.booking.changing import change, check_change
from domain.booking.decisions import approve, cancel, decline, expire
from domain.booking.facts import BookingConfirmed, BookingEvent, Party
from domain.booking.notices import Captured, Declined
from domain.booking.paying import confirm, pay
from domain.booking.receiving import needs_nights
from domain.booking.settling import settle
from domain.booking.state import Booking, Status, evolve
from domain.booking.staying import check_in, complete, finish, mark_no_show
from domain.folding import after
from domain.refusals import HoldLapsed, PolicyForbids, Refusal, TooEarly
from eventlog.codec import decode, encode
from tests.domain.facts import NOW, nights, requested
from tests.domain.test_changes import quoted

PARTIES: tuple[Party, ...] = get_args(Party)
ACTIONS: tuple[Action, ...] = get_args(Action)

ALLOWED: dict[Status, set[Status]] = {
    "awaiting_approval": {"held", "declined", "cancelled", "expired"},
    "held": {"confirmed", "cancelled", "expired"},
    "expired": {"confirmed"},
    "confirmed": {"cancelled", "checked_in", "completed", "no_show"},
    "checked_in": {"completed"},
}
"""Where a status may go from each; from the others it goes nowhere."""

WHO: dict[Action, set[Party]] = {
    "confirm": {"guest"},
    "pay": {"guest"},
    "change": {"guest"},
    "approve": {"host"},
    "decline": {"host"},
    "check-in": {"host"},
    "complete": {"host"},
    "no-show": {"host", "platform"},
    "cancel": {"guest", "host", "platform"},
}
"""Whose each action is; what others may not do the use cases refuse as ``not_yours``."""

REPEATS: dict[Action, set[Status]] = {
    "confirm": {"confirmed"},
    "pay": set(),
    "change": set(),
    "approve": {"held", "confirmed"},
    "decline": {"declined"},
    "check-in": {"checked_in"},
    "complete": {"completed"},
    "no-show": {"no_show"},
    "cancel": {"cancelled"},
}
"""Where an action was done already, so that doing it again is accepted and changes nothing."""


class BookingMachine(RuleBasedStateMachine):
    """``log`` is all that happened; people and the clock do as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = 1000
        self.now = NOW
        self.log: list[BookingEvent] = []

    @initialize(
        nightly=st.sampled_from([0, 50_000]),
        stage=st.sampled_from(["held", "asked for", "stands", "stands", "begun"]),
    )
    def begin(self, nightly: int, stage: str) -> None:
        """With a hold, a request, a booking that stands or a stay: what comes late is met too."""
        fact = requested(nightly=nightly, needs_approval=stage == "asked for")
        if stage == "asked for":
            fact = replace(fact, hold_expires_at=NOW + timedelta(hours=24))
        self.booking: Booking = evolve(None, fact)
        self.log = [fact]
        if stage in ("stands", "begun"):
            self.record(lambda _: [BookingConfirmed(booking_id=fact.booking_id)])
        if stage == "begun":
            self.now = self.booking.check_in
            self.record(lambda booking: check_in(booking, self.now))

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def record(self, decide: Callable[[Booking], list[BookingEvent]]) -> list[BookingEvent]:
        """What is decided happens; decided again, it does not happen again."""
        events = decide(self.booking)
        for event in events:
            before = self.booking.status
            self.booking = evolve(self.booking, event)
            if self.booking.status != before:
                assert self.booking.status in ALLOWED.get(before, set()), (before, event)
        self.log += events
        return events

    def decision(self, action: Action, by: Party) -> Callable[[Booking], list[BookingEvent]]:
        """``action`` as ``by`` would take it now, under one name however often it is taken."""
        name, now = self.new_id(), self.now
        decisions: dict[Action, Callable[[Booking], list[BookingEvent]]] = {
            "confirm": lambda booking: confirm(booking, name, "card", now),
            "pay": lambda booking: pay(booking, name, "card", now),
            "approve": lambda booking: approve(booking, now),
            "decline": lambda booking: decline(booking, None, now),
            "cancel": lambda booking: cancel(booking, by, "Storm.", name, now),
            "check-in": lambda booking: check_in(booking, now),
            "complete": lambda booking: complete(booking, now),
            "no-show": lambda booking: mark_no_show(booking, by, "Nobody came.", now),
            "change": lambda booking: changing(booking, name, now),
        }
        return decisions[action]

    @rule(data=st.data())
    def somebody_does_what_they_may(self, data: st.DataObject) -> None:
        may: list[tuple[Action, Party]] = [
            (each, by) for by in PARTIES for each in actions(self.booking, by, self.now)
        ]
        if not may:
            return
        action, by = data.draw(st.sampled_from(may))
        again = self.decision(action, by)
        if self.record(again) and action != "change":
            assert again(self.booking) == [], "doing it again changed something"

    @precondition(lambda self: self.booking.account.payments)
    @rule(data=st.data(), fails=st.booleans())
    def the_provider_tells(self, data: st.DataObject, fails: bool) -> None:  # noqa: FBT001 - drawn
        payment = data.draw(st.sampled_from(self.booking.account.payments))
        notice = Captured(payment_id=payment.id, reference="r", amount=payment.amount)
        if fails:
            notice = Declined(payment_id=payment.id, code="card_declined", why="No.")
        new_id, free = self.new_id(), needs_nights(self.booking, notice, self.now)

        def settling(booking: Booking) -> list[BookingEvent]:
            return settle(booking, notice, new_id=new_id, free=free, now=self.now)

        self.record(settling)
        assert settling(self.booking) == []

    @rule(moment=st.sampled_from([-1, 0, 1]))
    def time_passes(self, moment: int) -> None:
        """To the next instant that matters, or a moment before or after it."""
        booking = self.booking
        marks = [booking.arrival_day, booking.check_in, booking.departure_day, booking.check_out]
        if booking.hold_expires_at:
            marks.append(booking.hold_expires_at)
        ahead = [mark + timedelta(microseconds=moment) for mark in marks]
        self.now = min((each for each in ahead if each > self.now), default=self.now)

    @rule()
    def timers_fire(self) -> None:
        for timer in (expire, finish):
            if timer is expire or self.now >= self.booking.check_out:
                self.record(lambda booking, fire=timer: fire(booking, self.now))
                assert timer(self.booking, self.now) == []

    @invariant()
    def what_is_listed_is_accepted_and_what_is_not_is_refused(self) -> None:
        if not self.log:
            return
        status = self.booking.status_at(self.now)
        for by in PARTIES:
            listed = actions(self.booking, by, self.now)
            assert len(set(listed)) == len(listed)
            assert all(by in WHO[each] for each in listed)
            for action in ACTIONS:
                if by in WHO[action]:
                    self.tried(action, by, status, listed=action in listed)

    def tried(self, action: Action, by: Party, status: Status, *, listed: bool) -> None:
        decide = self.decision(action, by)
        if listed:
            decide(self.booking)
        elif status in REPEATS[action]:
            assert decide(self.booking) == []
        else:
            with pytest.raises(Refusal) as refused:
                decide(self.booking)
            assert isinstance(refused.value, PolicyForbids | HoldLapsed | TooEarly)
            if isinstance(refused.value, PolicyForbids):
                assert refused.value.possible == actions(self.booking, by, self.now)
                assert refused.value.instead in str(refused.value)

    @invariant()
    def rebuilding_from_what_is_stored_is_living_through_it(self) -> None:
        if self.log:
            stored = [decode(*encode(event)) for event in self.log]
            assert after(None, evolve, stored) == self.booking


def changing(booking: Booking, name: UUID, now: datetime) -> list[BookingEvent]:
    """A longer stay, or a shorter one."""
    check_change(booking, now)
    made = quoted(nights(10, 10 + 1 + name.int % 4))
    return change(booking, made, (0,), payment_id=name, refund_id=name)


TestBooking = BookingMachine.TestCase
TestBooking.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
