"""Why a coupon is not taken, or can't be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.refusals import Refusal


@dataclass(eq=False, kw_only=True)
class UnknownCoupon(Refusal):
    """There is no coupon with this code for this listing."""

    code = "unknown_coupon"
    says = "There is no coupon {coupon} for this listing; check how it is written."
    coupon: str


@dataclass(eq=False, kw_only=True)
class CouponWithdrawn(Refusal):
    """Whoever made the coupon has taken it back."""

    code = "coupon_withdrawn"
    says = "The coupon {coupon} was withdrawn; ask for a quote without it."
    coupon: str


@dataclass(eq=False, kw_only=True)
class CouponNotYetValid(Refusal):
    """The coupon may be used later, but not yet."""

    code = "coupon_not_yet_valid"
    says = "The coupon {coupon} may be used from {valid_from:%Y-%m-%dT%H:%M:%SZ} on."
    coupon: str
    valid_from: datetime


@dataclass(eq=False, kw_only=True)
class CouponExpired(Refusal):
    """The coupon could be used until an instant that has passed."""

    code = "coupon_expired"
    says = "The coupon {coupon} could be used until {valid_until:%Y-%m-%dT%H:%M:%SZ}."
    coupon: str
    valid_until: datetime


@dataclass(eq=False, kw_only=True)
class CouponUsedUp(Refusal):
    """The coupon was used as often as it may be, by all guests or by this one."""

    code = "coupon_used_up"
    says = "The coupon {coupon} was used as often as {by} may: {limit}. Book without it."
    coupon: str
    by: str
    limit: int


@dataclass(eq=False, kw_only=True)
class CouponNotForThis(Refusal):
    """The coupon is for other listings, other dates, or longer or dearer stays."""

    code = "coupon_not_for_this"
    says = "The coupon {coupon} is not for this stay: {why}."
    coupon: str
    why: str


@dataclass(eq=False, kw_only=True)
class CodeTaken(Refusal):
    """A promotion with this code was made before; codes are never used again."""

    code = "code_taken"
    says = "A promotion with the code {coupon} was made before; choose another code."
    coupon: str


COUPON_REFUSALS = (
    UnknownCoupon,
    CouponWithdrawn,
    CouponNotYetValid,
    CouponExpired,
    CouponUsedUp,
    CouponNotForThis,
)
"""Why a coupon is not taken, each of them."""
