"""Who may not do something to a booking is told why, and what they can do instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from domain.booking.changing import check_change
from domain.booking.decisions import cancel, decline
from domain.booking.facts import (
    BookingCheckedIn,
    BookingCompleted,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingMarkedNoShow,
)
from domain.booking.paying import confirm, pay
from domain.booking.state import Booking, evolve
from domain.booking.staying import complete
from domain.folding import after
from domain.refusals import PolicyForbids
from tests.domain.facts import BOOKING, NOW, requested
from tests.domain.test_booking import CHECK_IN, paid

NEW = UUID(int=91)
ASKED = (requested(needs_approval=True),)
STANDS = (requested(), paid, BookingConfirmed(booking_id=BOOKING))

TOLD: dict[str, tuple[Sequence[BookingEvent], Callable[[Booking], object], str]] = {
    "a host declines what stands": (
        STANDS,
        lambda booking: decline(booking, None, NOW),
        "Can't decline: the status is confirmed. You can cancel it.",
    ),
    "a host completes what nobody began": (
        STANDS,
        lambda booking: complete(booking, CHECK_IN),
        "Can't complete: the status is confirmed."
        " You can cancel it, check the guest in or report a no-show.",
    ),
    "a guest confirms before approval": (
        ASKED,
        lambda booking: confirm(booking, NEW, "card", NOW),
        "Can't confirm: the status is awaiting_approval. You can cancel it.",
    ),
    "a guest pays twice": (
        STANDS,
        lambda booking: pay(booking, NEW, "card", NOW),
        "Can't pay: nothing is due. You can change it or cancel it.",
    ),
    "a guest changes at check-in time": (
        STANDS,
        lambda booking: check_change(booking, CHECK_IN),
        "Can't change: check-in time has passed. You can cancel it.",
    ),
    "a guest cancels a stay": (
        (*STANDS, BookingCheckedIn(at=CHECK_IN)),
        lambda booking: cancel(booking, "guest", None, NEW, CHECK_IN),
        "Can't cancel: the status is checked_in."
        " Only the host can go on from here, by checking the guest out.",
    ),
    "a guest confirms what was declined": (
        (*ASKED, BookingDeclined(reason=None)),
        lambda booking: confirm(booking, NEW, "card", NOW),
        "Can't confirm: the status is declined."
        " The dates may be quoted and booked again, as a new booking.",
    ),
    "a host cancels a stay that is over": (
        (*STANDS, BookingCompleted(at=CHECK_IN)),
        lambda booking: cancel(booking, "host", None, NEW, CHECK_IN),
        "Can't cancel: the status is completed."
        " The stay is over: guest and host may review it and write to each other.",
    ),
    "a host completes a no-show": (
        (*STANDS, BookingMarkedNoShow(at=CHECK_IN, reason=None)),
        lambda booking: complete(booking, CHECK_IN),
        "Can't complete: the status is no_show."
        " Nothing follows any more, but guest and host may write to each other.",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_who_is_refused_is_told_what_to_do_instead(case: str) -> None:
    facts, decide, told = TOLD[case]
    with pytest.raises(PolicyForbids) as refused:
        decide(after(None, evolve, facts))
    assert str(refused.value) == told
