"""A booking uses a coupon up, and gives it back if it comes to nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from commands.work import Work
from domain.booking.state import Booking
from domain.promotion.codes import candidates
from domain.promotion.coupon import Coupon, chosen
from domain.promotion.decisions import redeem, return_redemption


def coupon_of(code: str, host_id: UUID, work: Work) -> Coupon:
    """What ``code`` means to the actor at a host's listing; raises UnknownCoupon."""
    found = [work.promotion(candidate) for candidate in candidates(code, host_id)]
    guest_id, now = work.context.actor, work.now
    shown = [
        Coupon(promotion=each.state, version=each.version, guest_id=guest_id, now=now)
        for each in found
        if each is not None
    ]
    return chosen(code, shown)


def coupon_kept(booking: Booking, work: Work) -> Coupon | None:
    """The coupon that ``booking`` has used, for what it is changed to."""
    promotion = work.promotion(booking.promotion_id) if booking.promotion_id else None
    if promotion is None:
        return None
    # Its own redemption does not stand in its way.
    others = {
        each: guest for each, guest in promotion.state.redemptions.items() if each != booking.id
    }
    return Coupon(
        promotion=replace(promotion.state, redemptions=others),
        version=promotion.version,
        guest_id=booking.guest_id,
        now=work.now,
    )


def redeem_coupon(booking: Booking, work: Work) -> None:
    """Redeem the coupon with which ``booking`` was quoted, if there is one.

    Raises CouponWithdrawn and CouponUsedUp: a quote promises a price, not the last redemption.
    """
    if booking.promotion_id and (promotion := work.promotion(booking.promotion_id)):
        work.record(promotion, redeem(promotion.state, booking.id, booking.guest_id, work.now))


def return_coupon(booking: Booking, work: Work) -> None:
    """Let the coupon of ``booking``, which ends unconfirmed, be used again, if there is one."""
    if booking.promotion_id and (promotion := work.promotion(booking.promotion_id)):
        work.record(promotion, return_redemption(promotion.state, booking.id))
