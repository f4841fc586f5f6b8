"""What a coupon takes off a price: one line, under everything that it is a share of.

The order of a price's lines is nights, discounts, fees, then the coupon, then the service fee and
taxes: who gives the coupon pays for it, and fees and taxes are of what the guest really pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.money import Money, total
from domain.promotion.decisions import check_open
from domain.promotion.refusals import CouponNotForThis, UnknownCoupon
from domain.promotion.state import Promotion
from domain.quote.facts import QuoteLine
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class Coupon:
    """A promotion, at its stream's ``version``, as a guest shows it at ``now``.

    The guest is none when nobody has signed in.
    """

    promotion: Promotion
    version: int
    guest_id: UUID | None
    now: datetime


def chosen(given: str, there: Sequence[Coupon]) -> Coupon:
    """Which of the candidates that are ``there``, in their order, the code ``given`` means.

    The host's comes first, unless it was withdrawn and the platform's was not. Raises
    UnknownCoupon when there is none.
    """
    standing = [coupon for coupon in there if not coupon.promotion.withdrawn]
    if not there:
        raise UnknownCoupon(coupon=given)
    return (standing or there)[0]


def coupon_lines(
    coupon: Coupon | None, lines: Sequence[QuoteLine], *, listing_id: UUID, stay: Stay
) -> tuple[QuoteLine, ...]:
    """The line that the coupon adds behind ``lines``; nothing without a coupon.

    Its amount is negative, and never more than the lines before it come to. Raises why the coupon
    is not taken: an amount in another currency than the price's is not for this stay.
    """
    if coupon is None:
        return ()
    promotion = coupon.promotion
    check_open(promotion, coupon.guest_id, coupon.now)
    before = total([line.amount for line in lines], lines[0].amount.currency)
    _check_meant(promotion, listing_id, stay, before)
    line = QuoteLine(
        kind="coupon",
        description=promotion.code,
        amount=-_taken_off(promotion, before),
        rule=f"promotion:{promotion.id}",
        rule_version=coupon.version,
    )
    return (line,)


def stands_until(coupon: Coupon | None, otherwise: datetime) -> datetime:
    """Until when a price with the coupon may be promised: never longer than the coupon lasts."""
    ends = coupon.promotion.terms.valid_until if coupon else None
    return min(otherwise, ends) if ends else otherwise


def _check_meant(promotion: Promotion, listing_id: UUID, stay: Stay, before: Money) -> None:
    code, terms = promotion.code, promotion.terms
    if terms.listings and listing_id not in terms.listings:
        raise CouponNotForThis(coupon=code, why="it is for other listings")
    if terms.stay_from is not None and stay.arrive < terms.stay_from:
        raise CouponNotForThis(coupon=code, why=f"it is for arrivals from {terms.stay_from} on")
    if terms.stay_to is not None and stay.depart > terms.stay_to:
        raise CouponNotForThis(coupon=code, why=f"it is for departures until {terms.stay_to}")
    if stay.length < terms.minimum_nights:
        raise CouponNotForThis(coupon=code, why=f"it takes {terms.minimum_nights} nights or more")
    for money in (terms.amount, terms.minimum_total):
        if money is not None and money.currency != before.currency:
            raise CouponNotForThis(
                coupon=code, why=f"it is in {money.currency} and the price in {before.currency}"
            )
    if terms.minimum_total is not None and before < terms.minimum_total:
        raise CouponNotForThis(coupon=code, why=f"it takes a price of {terms.minimum_total}")


def _taken_off(promotion: Promotion, before: Money) -> Money:
    nothing = Money.zero(before.currency)
    if before <= nothing:
        return nothing
    fixed = promotion.terms.amount
    if fixed is None:
        return before.share(promotion.terms.share or 0)
    return min(fixed, before)
