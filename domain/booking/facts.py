"""What can happen to a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from uuid import UUID

from domain.booking.payment_facts import PaymentEvent
from domain.booking.policy import CancellationPolicy
from domain.kind import Kind
from domain.money import Money
from domain.personal import Typed
from domain.quote.facts import QuoteLine
from domain.rules.document import HOLD_MINUTES
from domain.rules.schedule import CHECK_IN, CHECK_OUT
from domain.slot import Slot
from domain.stay import Stay

Party = Literal["guest", "host", "platform"]
Side = Literal["guest", "host"]


@dataclass(frozen=True, kw_only=True)
class BookingRequested:
    """A guest asked to stay; the nights are held, and the host decides first unless instant.

    ``check_in`` is the local time from which the guest may arrive, ``check_out`` that by which they
    leave: pick-up and return of what is rented. For a listing by the hour ``slot`` is what was
    asked for, and ``stay`` the local days it touches. The guest has ``hold_minutes`` to confirm,
    again once the host has approved.
    """

    booking_id: UUID
    listing_id: UUID
    guest_id: UUID
    host_id: UUID
    quote_id: UUID
    kind: Kind
    stay: Stay
    time_zone: str
    guests: int
    units: tuple[int, ...]
    lines: tuple[QuoteLine, ...]
    total: Money
    policy: CancellationPolicy
    needs_approval: bool
    requested_at: datetime
    hold_expires_at: datetime
    deposit: Money | None = None
    check_in: time = CHECK_IN
    hold_minutes: int = HOLD_MINUTES
    promotion_id: UUID | None = None
    check_out: time = CHECK_OUT
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class BookingApproved:
    """The host said yes; the guest has until an instant to confirm."""

    hold_expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class BookingDeclined:
    """The host said no, and the nights are free."""

    reason: Typed


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured:
    """The guest's money arrived."""

    payment_id: UUID
    method: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class BookingConfirmed:
    """The guest will stay, and the nights are theirs."""

    booking_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefundLine:
    """What of one quoted line goes back to the guest."""

    kind: str
    description: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class BookingCancelled:
    """The agreement ended early, with this refund under the pinned policy."""

    by: Party
    reason: Typed
    refund: tuple[RefundLine, ...]
    refund_total: Money


@dataclass(frozen=True, kw_only=True)
class BookingChanged:
    """Guest and host agreed on another stay, at the price of another quote."""

    quote_id: UUID
    stay: Stay
    time_zone: str
    guests: int
    units: tuple[int, ...]
    lines: tuple[QuoteLine, ...]
    total: Money
    deposit: Money | None
    check_out: time = CHECK_OUT
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class BookingCheckedIn:
    """The guest arrived."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class BookingCompleted:
    """The guest left, and the stay is over."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class BookingMarkedNoShow:
    """The guest never came; a reason is given when the platform says so before the arrival."""

    at: datetime
    reason: Typed


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded:
    """Money went back to the guest."""

    refund_id: UUID
    amount: Money


@dataclass(frozen=True, kw_only=True)
class BookingExpired:
    """Nobody confirmed, or decided, in time, and the nights are free."""

    expired_at: datetime


@dataclass(frozen=True, kw_only=True)
class BookingImported:
    """The booking came from a published data set, which said this about it, once it had ended."""

    source: str
    reference: str
    room_reserved: str
    room_assigned: str
    changes: int
    adults: int
    children: int | None
    babies: int
    meal: str
    market_segment: str
    customer_type: str
    deposit: str
    special_requests: int


BookingEvent = (
    BookingRequested
    | BookingApproved
    | BookingDeclined
    | PaymentCaptured
    | BookingConfirmed
    | BookingCancelled
    | PaymentRefunded
    | BookingExpired
    | BookingCheckedIn
    | BookingCompleted
    | BookingMarkedNoShow
    | BookingChanged
    | PaymentEvent
    | BookingImported
)
