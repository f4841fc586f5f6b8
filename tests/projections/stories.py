"""Whole stories that more than one test begins with."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from domain.account.facts import (
    AccountRegistered,
    AccountRenamed,
    AccountVerified,
    RoleGranted,
    RoleWithdrawn,
)
from domain.booking.facts import BookingConfirmed, PaymentCaptured
from domain.calendar.facts import BlockLifted, HoldConfirmed, HoldReleased
from domain.listing.decisions import draft
from domain.listing.facts import ListingPriced, ListingPublished, ListingUnpublished
from domain.money import Money
from domain.promotion.facts import PromotionRedeemed
from tests.domain.coupons import PROMOTION, created
from tests.domain.facts import (
    BLOCK,
    BOOKING,
    CLAIM,
    GUEST,
    HOST,
    LISTING,
    blocked,
    held,
    nights,
    offer,
    requested,
)
from tests.projections.history import History

OTHER_LISTING = UUID(int=101)


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
    history.account(RoleWithdrawn(role="auditor"))
    used = PromotionRedeemed(promotion_id=PROMOTION, booking_id=BOOKING, guest_id=GUEST)
    history.promotion(created(), used)
    history.account(AccountVerified(email="gro@example.org"), AccountRenamed(name="Gro Holm"))
    history.listing(ListingUnpublished(listing_id=LISTING))
    return history
