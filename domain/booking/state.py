"""A booking as its facts left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal
from uuid import UUID

from domain.booking.facts import (
    BookingApproved,
    BookingCancelled,
    BookingChanged,
    BookingCheckedIn,
    BookingCompleted,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingImported,
    BookingMarkedNoShow,
    BookingRequested,
    Party,
    RefundLine,
    Side,
)
from domain.booking.ledger import evolve as evolve_account
from domain.booking.payments import Account
from domain.booking.policy import CancellationPolicy
from domain.kind import Kind
from domain.local_time import instant
from domain.money import Money
from domain.quote.facts import QuoteLine
from domain.rules.document import HOLD_MINUTES
from domain.rules.schedule import CHECK_IN, CHECK_OUT
from domain.slot import Slot
from domain.stay import Stay

Status = Literal[
    "held",
    "awaiting_approval",
    "confirmed",
    "declined",
    "expired",
    "cancelled",
    "checked_in",
    "completed",
    "no_show",
]
PaymentStatus = Literal["none", "pending", "failed", "captured", "due", "refunded", "disputed"]


@dataclass(frozen=True, kw_only=True)
class Booking:
    """One guest's agreement with one host."""

    id: UUID
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
    status: Status
    requested_at: datetime
    hold_expires_at: datetime | None
    account: Account
    cancelled_by: Party | None = None
    cancel_reason: str | None = None
    refund: tuple[RefundLine, ...] = ()
    kept: Money | None = None
    promotion_id: UUID | None = None
    completed_at: datetime | None = None
    deposit: Money | None = None
    check_in_time: time = CHECK_IN
    hold_minutes: int = HOLD_MINUTES
    source: BookingImported | None = None
    check_out_time: time = CHECK_OUT
    slot: Slot | None = None

    @property
    def check_in(self) -> datetime:
        """The instant from which the guest may arrive: a slot's start."""
        if self.slot:
            return self.slot.starts_at
        return instant(self.stay.arrive, self.check_in_time, self.time_zone)

    @property
    def check_out(self) -> datetime:
        """The instant by which the guest leaves: a slot's end."""
        if self.slot:
            return self.slot.ends_at
        return instant(self.stay.depart, self.check_out_time, self.time_zone)

    @property
    def arrival_day(self) -> datetime:
        """The instant at which the day of arrival begins, in the listing's zone."""
        return instant(self.stay.arrive, time(0), self.time_zone)

    @property
    def departure_day(self) -> datetime:
        """The instant from which leaving frees no more nights, in the listing's zone.

        That is when the day of departure begins, or the slot ends.
        """
        if self.slot:
            return self.slot.ends_at
        return instant(self.stay.depart, time(0), self.time_zone)

    @property
    def paid(self) -> Money:
        """What the guest has paid and is not to get back."""
        return self.account.net

    @property
    def ended(self) -> bool:
        """Whether there will be no stay."""
        return self.status in ("declined", "expired", "cancelled")

    @property
    def due(self) -> Money:
        """What the guest still has to pay, less than nothing when it is too much by now."""
        owed = self.total
        if self.ended:
            owed = self.kept or Money.zero(self.total.currency)
        return owed - self.account.net

    @property
    def payment_status(self) -> PaymentStatus:
        """Whether the guest's money is here, and whether it went back."""
        account = self.account
        if account.disputed.amount:
            return "disputed"
        if account.charged_back.amount or (self.ended and account.refunded.amount):
            return "refunded"
        if account.under_way and not self.ended and self.due.amount > 0:
            return "pending"
        if account.captured.amount:
            return "due" if self.due.amount > 0 else "captured"
        return "failed" if account.payments and not self.ended else "none"

    def status_at(self, now: datetime) -> Status:
        """The status at ``now``: whoever cleans up when, a lapsed hold is expired."""
        pending = self.status in ("held", "awaiting_approval")
        if pending and self.hold_expires_at is not None and self.hold_expires_at <= now:
            return "expired"
        return self.status

    def party(self, account_id: UUID | None) -> Side | None:
        """Which side of the booking a person is on, if any."""
        if account_id == self.guest_id:
            return "guest"
        return "host" if account_id == self.host_id else None

    def acts_as(self, account_id: UUID) -> Side:
        """The side of somebody who was let through: who is neither side's own is a co-host."""
        return "guest" if account_id == self.guest_id else "host"


def evolve(booking: Booking | None, event: BookingEvent) -> Booking:
    """``booking`` after ``event``."""
    if isinstance(event, BookingRequested):
        return _requested(event)
    assert booking is not None, "a booking's first event requests it"
    match event:
        case BookingApproved():
            return replace(booking, status="held", hold_expires_at=event.hold_expires_at)
        case BookingDeclined():
            return replace(booking, status="declined", hold_expires_at=None)
        case BookingConfirmed():
            return replace(booking, status="confirmed", hold_expires_at=None)
        case BookingCancelled():
            return replace(
                booking,
                status="cancelled",
                hold_expires_at=None,
                cancelled_by=event.by,
                cancel_reason=event.reason,
                refund=event.refund,
                kept=booking.account.net - event.refund_total,
            )
        case BookingChanged():
            return replace(
                booking,
                quote_id=event.quote_id,
                stay=event.stay,
                guests=event.guests,
                units=event.units,
                lines=event.lines,
                total=event.total,
                deposit=event.deposit,
                slot=event.slot,
            )
        case BookingCheckedIn():
            return replace(booking, status="checked_in")
        case BookingCompleted():
            return replace(booking, status="completed", completed_at=event.at)
        case BookingMarkedNoShow():
            return replace(booking, status="no_show")
        case BookingExpired():
            return replace(booking, status="expired", hold_expires_at=event.expired_at)
        case BookingImported():
            return replace(booking, source=event)
        case _:
            return replace(booking, account=evolve_account(booking.account, event))


def _requested(event: BookingRequested) -> Booking:
    return Booking(
        id=event.booking_id,
        listing_id=event.listing_id,
        guest_id=event.guest_id,
        host_id=event.host_id,
        quote_id=event.quote_id,
        kind=event.kind,
        stay=event.stay,
        time_zone=event.time_zone,
        guests=event.guests,
        units=event.units,
        lines=event.lines,
        total=event.total,
        policy=event.policy,
        status="awaiting_approval" if event.needs_approval else "held",
        requested_at=event.requested_at,
        hold_expires_at=event.hold_expires_at,
        account=Account.empty(event.total.currency),
        deposit=event.deposit,
        check_in_time=event.check_in,
        hold_minutes=event.hold_minutes,
        promotion_id=event.promotion_id,
        check_out_time=event.check_out,
        slot=event.slot,
    )
