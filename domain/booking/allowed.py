"""What each side of a booking may do at an instant, and what it is told when it may not."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from domain.booking.facts import Party
from domain.booking.state import Booking, Status
from domain.refusals import HoldLapsed, PolicyForbids, ReasonRequired, Refusal

Action = Literal[
    "confirm", "pay", "approve", "decline", "cancel", "check-in", "complete", "no-show", "change"
]

WORDS: Final[dict[Action, str]] = {
    "confirm": "confirm it",
    "pay": "pay what is due",
    "approve": "approve it",
    "decline": "decline it",
    "cancel": "cancel it",
    "check-in": "check the guest in",
    "complete": "check the guest out",
    "no-show": "report a no-show",
    "change": "change it",
}
"""How a person is told that they can do it."""

NO_STAY: Final = "The dates may be quoted and booked again, as a new booking."

OTHERWISE: Final[dict[Status, str]] = {
    "held": "Only the guest can go on from here, by confirming it.",
    "awaiting_approval": "Only the host can go on from here, by approving or declining it.",
    "confirmed": "Only the guest and the host can go on from here.",
    "declined": NO_STAY,
    "expired": NO_STAY,
    "cancelled": NO_STAY,
    "checked_in": "Only the host can go on from here, by checking the guest out.",
    "completed": "The stay is over: guest and host may review it and write to each other.",
    "no_show": "Nothing follows any more, but guest and host may write to each other.",
}
"""What there is when that side can do nothing."""


def actions(booking: Booking, party: Party | None, now: datetime) -> tuple[Action, ...]:
    """What that side of the booking may do at ``now``, and nothing else would be accepted.

    Doing again what was done is accepted too, and changes nothing.
    """
    status = booking.status_at(now)
    if party is None or status not in ("held", "awaiting_approval", "confirmed", "checked_in"):
        return ()
    if status == "checked_in":
        return ("complete",) if party == "host" else ()
    match party:
        case "guest":
            return (*_guest(booking, status, now), "cancel")
        case "host":
            return (*_host(booking, status, now),)
        case "platform":
            return ("cancel", "no-show") if status == "confirmed" else ("cancel",)


def may_change(booking: Booking, now: datetime) -> bool:
    """Whether the guest may change it: while it is held or stands, and before check-in."""
    return booking.status_at(now) in ("held", "confirmed") and now < booking.check_in


def refused(
    booking: Booking, action: str, party: Party, now: datetime, because: str | None = None
) -> Refusal:
    """Why that side can't do ``action``, and what it can do: a lapsed hold says so."""
    status = booking.status_at(now)
    if status == "expired" and booking.hold_expires_at is not None:
        return HoldLapsed(booking_id=booking.id, lapsed_at=booking.hold_expires_at)
    possible = actions(booking, party, now)
    return PolicyForbids(
        action=action,
        status=status,
        possible=possible,
        because=because or f"the status is {status}",
        instead=_instead(possible) if possible else OTHERWISE[status],
    )


def needs_reason(action: str, reason: str | None) -> None:
    """Raise ReasonRequired where the platform overrides what was agreed without one."""
    if not reason or not reason.strip():
        raise ReasonRequired(action=action)


def _guest(booking: Booking, status: Status, now: datetime) -> tuple[Action, ...]:
    confirming: tuple[Action, ...] = ("confirm",) if status == "held" else ()
    owing = status != "awaiting_approval" and booking.due.amount > 0
    paying: tuple[Action, ...] = ("pay",) if owing else ()
    changing: tuple[Action, ...] = ("change",) if may_change(booking, now) else ()
    return (*confirming, *paying, *changing)


def _host(booking: Booking, status: Status, now: datetime) -> tuple[Action, ...]:
    if status == "awaiting_approval":
        return ("approve", "decline", "cancel")
    if status != "confirmed":
        return ("cancel",)
    arrived: tuple[Action, ...] = ("check-in",) if now >= booking.arrival_day else ()
    missed: tuple[Action, ...] = ("no-show",) if now >= booking.check_in else ()
    return ("cancel", *arrived, *missed)


def _instead(possible: tuple[Action, ...]) -> str:
    *others, last = (WORDS[each] for each in possible)
    return f"You can {', '.join(others)} or {last}." if others else f"You can {last}."
