"""Each term of a booking's life ends, or begins, at one instant; a moment before it has not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import pytest

from domain.booking.decisions import approve, cancel, decline, expire, request
from domain.booking.facts import BookingConfirmed, BookingEvent
from domain.booking.paying import confirm
from domain.booking.payment_facts import PayoutScheduled
from domain.booking.payouts import PAYOUT_DELAY, pay_out
from domain.booking.state import Booking, evolve
from domain.booking.staying import check_in, finish, mark_no_show
from domain.folding import after
from domain.refusals import HoldLapsed, QuoteExpired, Refusal, TooEarly
from tests.domain.facts import BOOKING, NOW, nights, published, requested
from tests.domain.test_booking import CHECK_IN, LAPSE, MOMENT, paid
from tests.domain.test_changes import quoted

NEW = UUID(int=91)
DEADLINE = NOW + timedelta(hours=24)
MIDNIGHT = datetime.fromisoformat("2027-06-09T22:00:00+00:00")
CHECK_OUT = datetime.fromisoformat("2027-06-12T09:00:00+00:00")
"""The day of arrival begins, and 11:00 on the day of departure, in Stockholm in summer."""

QUOTE = quoted(nights(10, 12), None)
HELD = (requested(),)
ASKED = (replace(requested(needs_approval=True), hold_expires_at=DEADLINE),)
STANDS = (requested(), paid, BookingConfirmed(booking_id=BOOKING))
DUE = PayoutScheduled(payout_id=NEW, amount=paid.amount, due_at=CHECK_IN + PAYOUT_DELAY)


HAPPENS: Final = "it happens"
NOTHING: Final = "nothing happens"
Outcome = Literal["it happens", "nothing happens"] | type[Refusal]


@dataclass(frozen=True)
class Term:
    """What ``decide`` does to a booking a moment before ``at``, and at that instant.

    Something happens, nothing does, or a refusal says why not.
    """

    facts: Sequence[BookingEvent]
    at: datetime
    decide: Callable[[Booking, datetime], Sequence[BookingEvent]]
    before: Outcome
    then: Outcome


TERMS: dict[str, Term] = {
    "a quote is booked until it expires": Term(
        HELD,
        QUOTE.expires_at,
        lambda _, now: request(NEW, QUOTE, published(), (0,), now),
        before=HAPPENS,
        then=QuoteExpired,
    ),
    "a hold is paid until it lapses": Term(
        HELD, LAPSE, lambda booking, now: confirm(booking, NEW, "card", now), HAPPENS, HoldLapsed
    ),
    "a hold is given back until it lapses": Term(
        HELD,
        LAPSE,
        lambda booking, now: cancel(booking, "guest", None, NEW, now),
        HAPPENS,
        HoldLapsed,
    ),
    "a hold is tidied up from when it lapses": Term(HELD, LAPSE, expire, NOTHING, HAPPENS),
    "a request is approved until its deadline": Term(ASKED, DEADLINE, approve, HAPPENS, HoldLapsed),
    "a request is declined until its deadline": Term(
        ASKED, DEADLINE, lambda booking, now: decline(booking, None, now), HAPPENS, HoldLapsed
    ),
    "a guest is let in from the day of arrival on": Term(
        STANDS, MIDNIGHT, check_in, TooEarly, HAPPENS
    ),
    "a guest has not come from check-in time on": Term(
        STANDS,
        CHECK_IN,
        lambda booking, now: mark_no_show(booking, "host", None, now),
        before=TooEarly,
        then=HAPPENS,
    ),
    "a stay is over at check-out time": Term(STANDS, CHECK_OUT, finish, TooEarly, HAPPENS),
    "a host is paid a day after check-in": Term(
        (*STANDS, DUE), CHECK_IN + PAYOUT_DELAY, pay_out, NOTHING, HAPPENS
    ),
}


@pytest.mark.parametrize("term", TERMS)
def test_to_the_moment(term: str) -> None:
    told = TERMS[term]
    booking = after(None, evolve, told.facts)
    for now, expected in ((told.at - MOMENT, told.before), (told.at, told.then)):
        if isinstance(expected, str):
            assert bool(told.decide(booking, now)) == (expected == HAPPENS)
        else:
            with pytest.raises(expected):
                told.decide(booking, now)
