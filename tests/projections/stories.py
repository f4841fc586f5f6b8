"""Whole stories that more than one test begins with."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from domain.account.facts import (
    AccountRegistered,
    AccountRenamed,
    AccountVerified,
    DefaultRulesSet,
    RoleGranted,
    RoleWithdrawn,
)
from domain.booking.facts import BookingConfirmed, PaymentCaptured, Side
from domain.calendar.facts import BlockLifted, HoldConfirmed, HoldReleased
from domain.conversation.facts import MessageSent, MessagesRead
from domain.listing.decisions import draft
from domain.listing.facts import (
    CoHostAdded,
    CoHostRemoved,
    ListingPriced,
    ListingPublished,
    ListingUnpublished,
)
from domain.money import Money
from domain.promotion.facts import PromotionRedeemed
from domain.review.decisions import REVIEW_WITHIN
from domain.review.facts import GuestReviewed, HostReviewed, ReviewsPublished, Stars
from domain.rules.dates import DateOverride
from domain.rules.document import Rules
from domain.rules.facts import DatesChanged, RulesSet
from tests.domain.coupons import PROMOTION, created
from tests.domain.facts import (
    BLOCK,
    BOOKING,
    CLAIM,
    GUEST,
    HOST,
    JUNE,
    LISTING,
    NOW,
    OTHER,
    blocked,
    held,
    nights,
    offer,
    requested,
)
from tests.projections.history import History

OTHER_LISTING, OTHER_BOOKING, MESSAGE = UUID(int=101), UUID(int=111), UUID(int=121)


def a_season() -> History:
    """Two listings, an account and a booking, their events interleaved as in the log."""
    history = History()
    history.account(AccountRegistered(account_id=GUEST, name="Gro", email="gro@example.org"))
    history.listing(*draft(LISTING, HOST, offer(units=2)))
    history.listing(*draft(OTHER_LISTING, HOST, offer(title="A boat")), of=OTHER_LISTING)
    history.listing(ListingPublished(listing_id=LISTING))
    history.calendar(held(nights(10, 12)), blocked(nights(20, 25), unit=1))
    history.account(RoleGranted(role="host"), RoleGranted(role="auditor"))
    history.booking(requested())
    history.listing(ListingPriced(price=Money(120_000, "SEK")))
    payment = PaymentCaptured(payment_id=UUID(int=77), method="card", amount=Money(200_000, "SEK"))
    history.booking(payment, BookingConfirmed(booking_id=BOOKING))
    history.calendar(HoldConfirmed(claim_id=CLAIM), BlockLifted(claim_id=BLOCK))
    history.listing(ListingPublished(listing_id=OTHER_LISTING), of=OTHER_LISTING)
    history.calendar(
        replace(held(nights(1, 3), claim=UUID(int=55)), listing_id=OTHER_LISTING),
        HoldReleased(claim_id=UUID(int=55)),
        of=OTHER_LISTING,
    )
    history.account(RoleWithdrawn(role="auditor"), DefaultRulesSet(rules=Rules(notice_hours=24)))
    closed = DateOverride(start=JUNE, end=nights(1, 8).depart, closed=True)
    history.listing(
        RulesSet(rules=Rules(service_fee=300)), DatesChanged(on=JUNE, overrides=(closed,))
    )
    used = PromotionRedeemed(promotion_id=PROMOTION, booking_id=BOOKING, guest_id=GUEST)
    history.promotion(created(), used)
    history.account(AccountVerified(), AccountRenamed(name="Gro Holm"))
    history.listing(ListingUnpublished(listing_id=LISTING))
    history.listing(CoHostAdded(account_id=OTHER, permissions=("bookings", "messages")))
    history.conversation(message("guest"), message("host"))
    history.review(said_by_guest(BOOKING, 5), of=BOOKING)
    history.review(
        said_by_guest(OTHER_BOOKING, 2, OTHER_LISTING), of=OTHER_BOOKING, at=OTHER_LISTING
    )
    history.conversation(
        MessagesRead(by=HOST, side="host", up_to=MESSAGE, at=NOW),
    )
    history.review(said_by_host(BOOKING), ReviewsPublished(booking_id=BOOKING, at=NOW), of=BOOKING)
    history.listing(CoHostRemoved(account_id=OTHER))
    return history


def message(side: Side) -> MessageSent:
    """A message of one side."""
    sender = GUEST if side == "guest" else HOST
    return MessageSent(message_id=MESSAGE, sender=sender, side=side, text="Hello!", at=NOW)


def said_by_guest(booking: UUID, stars: Stars, at: UUID = LISTING) -> GuestReviewed:
    """A guest's review, which waits for 14 days."""
    return GuestReviewed(
        review_id=UUID(int=booking.int + 1_000),
        booking_id=booking,
        listing_id=at,
        author_id=GUEST,
        rating=stars,
        text="Light and quiet.",
        private_note="The tap drips.",
        at=NOW,
        closes_at=NOW + REVIEW_WITHIN,
    )


def said_by_host(booking: UUID, at: UUID = LISTING) -> HostReviewed:
    """A host's review, under the same terms."""
    return HostReviewed(
        review_id=UUID(int=booking.int + 2_000),
        booking_id=booking,
        listing_id=at,
        author_id=HOST,
        rating=4,
        text="Left it tidy.",
        private_note=None,
        at=NOW,
        closes_at=NOW + REVIEW_WITHIN,
    )
