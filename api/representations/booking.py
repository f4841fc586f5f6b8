"""A booking as its guest or its host sees it at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt

from api.representations.payment import PaymentMethod
from api.representations.quote import Line, PriceLine, lines_of
from api.representations.values import Input, Money, Reason, is_absent
from domain.booking.allowed import Action, actions, refused
from domain.booking.decisions import refund, refund_total
from domain.booking.facts import Party, RefundLine
from domain.booking.policy import WHOLE
from domain.booking.state import Booking as DomainBooking
from domain.booking.state import PaymentStatus, Status
from domain.conversation.state import EMPTY as NO_MESSAGES
from domain.conversation.state import Conversation
from domain.kind import Kind
from domain.review.decisions import may_review
from domain.review.state import EMPTY as NO_REVIEWS
from domain.review.state import ReviewPair


class BookingBody(Input):
    """Which quote to book."""

    quote_id: UUID


class ConfirmBody(Input):
    """How to pay; the sandbox approves by default."""

    payment_method: PaymentMethod | None = None


class CancelBody(Reason):
    """Why; and, from support alone, how much goes back."""

    refund_share: (
        Annotated[
            StrictInt,
            Field(ge=0, le=WHOLE, description="Ten-thousandths of each line; support only."),
        ]
        | None
    ) = None


class Refund(BaseModel):
    """What goes back to the guest."""

    lines: list[Line]
    total: Money

    @classmethod
    def of(cls, booking: DomainBooking, lines: tuple[RefundLine, ...]) -> Self:
        """The ``lines`` of ``booking`` and their sum."""
        return cls.model_construct(
            lines=_lines(lines), total=Money.of(refund_total(booking, lines))
        )


class RefundPreview(Refund):
    """What would go back now, and how long that stays true."""

    policy: str
    valid_until: datetime

    @classmethod
    def at(cls, booking: DomainBooking, party: Party, now: datetime) -> Self:
        """For that side of the booking; raises what cancelling it now would."""
        if "cancel" not in actions(booking, party, now):
            raise refused(booking, "cancel", party, now)
        lines = refund(booking, party, now)
        ends = booking.policy.valid_until(now, booking.check_in, booking.requested_at)
        return cls.model_construct(
            policy=booking.policy.name,
            lines=_lines(lines),
            total=Money.of(refund_total(booking, lines)),
            valid_until=min(ends, booking.hold_expires_at or ends),
        )


@dataclass(frozen=True)
class Beside:
    """What is known about a booking, beside the booking itself.

    That is what was written about it, and whether the caller ``writes`` for a host they help; who
    is a side of the booking does anyway.
    """

    reviews: ReviewPair = NO_REVIEWS
    conversation: Conversation = NO_MESSAGES
    writes: bool = False


NOTHING_BESIDE: Final = Beside()


class Booking(BaseModel):
    """One guest's agreement with one host."""

    id: UUID
    version: int
    listing_id: UUID
    guest_id: UUID
    kind: Kind
    arrive: date
    depart: date
    starts_at: datetime | None = Field(default=None, exclude_if=is_absent)
    ends_at: datetime | None = Field(default=None, exclude_if=is_absent)
    check_in: datetime = Field(description="From when you may come; pick-up; a slot's start.")
    check_out: datetime = Field(description="By when you leave; return; a slot's end.")
    guests: int
    units: int
    status: Status
    payment_status: PaymentStatus
    lines: list[PriceLine]
    total: Money
    deposit: Money | None
    hold_expires_at: datetime | None
    cancelled_by: Party | None = Field(default=None, exclude_if=is_absent)
    refund: Refund | None = Field(default=None, exclude_if=is_absent)
    unread: int | None = Field(
        default=None, exclude_if=is_absent, description="Messages to your side; in lists."
    )
    actions: list[Action | Literal["review", "message"]] = Field(description="What you may do now.")

    @classmethod
    def of(
        cls,
        booking: DomainBooking,
        version: int,
        caller: UUID,
        now: datetime,
        *,
        party: Party | None = None,
        beside: Beside = NOTHING_BESIDE,
        listed: bool = False,
    ) -> Self:
        """As ``caller`` sees it at ``now``: a hold that lapsed is expired, whoever tidies up.

        ``party`` is the side they act for, when that is not their own; what is ``listed`` says how
        many messages are unread.
        """
        acting = party or booking.acts_as(caller)
        writes = beside.writes or booking.party(caller) is not None
        status = booking.status_at(now)
        pending = status in ("held", "awaiting_approval")
        cancelled = status == "cancelled"
        return cls.model_construct(
            id=booking.id,
            version=version,
            listing_id=booking.listing_id,
            guest_id=booking.guest_id,
            kind=booking.kind,
            arrive=booking.stay.arrive,
            depart=booking.stay.depart,
            starts_at=booking.slot.starts_at if booking.slot else None,
            ends_at=booking.slot.ends_at if booking.slot else None,
            check_in=booking.check_in,
            check_out=booking.check_out,
            guests=booking.guests,
            units=len(booking.units),
            status=status,
            payment_status=booking.payment_status,
            lines=lines_of(booking.lines),
            total=Money.of(booking.total),
            deposit=Money.of(booking.deposit) if booking.deposit else None,
            hold_expires_at=booking.hold_expires_at if pending else None,
            cancelled_by=booking.cancelled_by,
            refund=Refund.of(booking, booking.refund) if cancelled else None,
            unread=beside.conversation.unread(booking.acts_as(caller))
            if listed and writes
            else None,
            actions=[
                *actions(booking, acting, now),
                *(["review"] if _may_review(beside.reviews, booking, acting, now) else []),
                *(["message"] if writes else []),
            ],
        )


def _may_review(pair: ReviewPair, booking: DomainBooking, acting: Party, now: datetime) -> bool:
    return acting != "platform" and may_review(pair, booking, acting, now)


class Bookings(BaseModel):
    """A page of bookings."""

    items: list[Booking]
    next: str | None


def _lines(lines: Iterable[RefundLine]) -> list[Line]:
    return [
        Line.model_construct(
            kind=line.kind, description=line.description, amount=Money.of(line.amount)
        )
        for line in lines
    ]
