"""How a booking that stands becomes a stay, or a stay that never was."""

from __future__ import annotations

from datetime import datetime

from domain.booking.allowed import needs_reason, refused
from domain.booking.facts import (
    BookingCheckedIn,
    BookingCompleted,
    BookingEvent,
    BookingMarkedNoShow,
    Party,
)
from domain.booking.state import Booking
from domain.refusals import TooEarly


def check_in(booking: Booking, now: datetime) -> list[BookingEvent]:
    """The guest arrives, from midnight of the arrival on; arrived already, nothing happens."""
    status = booking.status_at(now)
    if status == "checked_in":
        return []
    if status != "confirmed":
        raise refused(booking, "check in", "host", now)
    _not_before(booking.arrival_day, now, "check in")
    return [BookingCheckedIn(at=now)]


def complete(booking: Booking, now: datetime) -> list[BookingEvent]:
    """The guest leaves, early or not; left already, nothing happens."""
    status = booking.status_at(now)
    if status == "completed":
        return []
    if status != "checked_in":
        raise refused(booking, "complete", "host", now)
    return [BookingCompleted(at=now)]


def finish(booking: Booking, now: datetime) -> list[BookingEvent]:
    """At check-out time the stay is over by itself, whether or not anybody checked the guest in.

    Only the platform's timer leads from confirmed to completed: a guest whom nobody checked in and
    nobody reported as a no-show has stayed. Anything but a standing booking, nothing happens.
    Raises TooEarly before the end.
    """
    if booking.status_at(now) not in ("confirmed", "checked_in"):
        return []
    _not_before(booking.check_out, now, "complete")
    return [BookingCompleted(at=now)]


def mark_no_show(
    booking: Booking, by: Party, reason: str | None, now: datetime
) -> list[BookingEvent]:
    """The guest did not come; marked already, nothing happens.

    A host may say so from check-in time on; the platform earlier too, with a reason. Raises
    ReasonRequired.
    """
    if by == "platform":
        needs_reason("mark a no-show", reason)
    status = booking.status_at(now)
    if status == "no_show":
        return []
    if status != "confirmed":
        raise refused(booking, "mark as a no-show", by, now)
    if by != "platform":
        _not_before(booking.check_in, now, "mark as a no-show")
    return [BookingMarkedNoShow(at=now, reason=reason)]


def _not_before(earliest: datetime, now: datetime, action: str) -> None:
    if now < earliest:
        raise TooEarly(action=action, earliest=earliest)
