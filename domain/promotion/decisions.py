"""Who may use a coupon, and how often."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.promotion.codes import promotion_id, spelled
from domain.promotion.facts import (
    PromotionCreated,
    PromotionEvent,
    PromotionRedeemed,
    PromotionWithdrawn,
    RedemptionReturned,
)
from domain.promotion.refusals import (
    CodeTaken,
    CouponExpired,
    CouponNotYetValid,
    CouponUsedUp,
    CouponWithdrawn,
)
from domain.promotion.state import Promotion
from domain.promotion.terms import PromotionTerms
from domain.refusals import InvalidOffer


def create(
    before: Promotion | None, host_id: UUID | None, given: str, terms: PromotionTerms
) -> list[PromotionEvent]:
    """A host, or the platform for none, gives a coupon with the code ``given``.

    ``before`` is what already has the code. Raises CodeTaken, and InvalidOffer for a code or terms
    that no promotion may have.
    """
    code = spelled(given)
    if code is None:
        raise InvalidOffer(field="code", why="must have 3 to 40 of A-Z, 0-9 and the hyphen")
    terms.check()
    if before is not None:
        raise CodeTaken(coupon=code)
    made = PromotionCreated(
        promotion_id=promotion_id(host_id, code), host_id=host_id, code=code, terms=terms
    )
    return [made]


def check_open(promotion: Promotion, guest_id: UUID | None, now: datetime) -> None:
    """Raise why the guest, if it is known who it is, may not book with the coupon at ``now``."""
    code, terms = promotion.code, promotion.terms
    if promotion.withdrawn:
        raise CouponWithdrawn(coupon=code)
    if terms.valid_from is not None and now < terms.valid_from:
        raise CouponNotYetValid(coupon=code, valid_from=terms.valid_from)
    if terms.valid_until is not None and now >= terms.valid_until:
        raise CouponExpired(coupon=code, valid_until=terms.valid_until)
    if promotion.redeemed >= terms.redemptions:
        raise CouponUsedUp(coupon=code, by="all guests together", limit=terms.redemptions)
    most = terms.redemptions_per_guest
    if guest_id is not None and most is not None and promotion.redeemed_by(guest_id) >= most:
        raise CouponUsedUp(coupon=code, by="one guest", limit=most)


def redeem(
    promotion: Promotion, booking_id: UUID, guest_id: UUID, now: datetime
) -> list[PromotionEvent]:
    """A guest books with the coupon; redeemed by that booking already, nothing happens.

    Raises CouponWithdrawn, CouponNotYetValid, CouponExpired and CouponUsedUp.
    """
    if booking_id in promotion.redemptions:
        return []
    check_open(promotion, guest_id, now)
    redeemed = PromotionRedeemed(
        promotion_id=promotion.id, booking_id=booking_id, guest_id=guest_id
    )
    return [redeemed]


def return_redemption(promotion: Promotion, booking_id: UUID) -> list[PromotionEvent]:
    """The booking came to nothing; not redeemed by it, or returned already, nothing happens."""
    if booking_id not in promotion.redemptions:
        return []
    return [RedemptionReturned(promotion_id=promotion.id, booking_id=booking_id)]


def withdraw(promotion: Promotion) -> list[PromotionEvent]:
    """Take the coupon back; withdrawn already, nothing happens."""
    return [] if promotion.withdrawn else [PromotionWithdrawn(promotion_id=promotion.id)]
