"""Promotions that many tests begin with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.money import Money
from domain.promotion.codes import promotion_id
from domain.promotion.coupon import Coupon
from domain.promotion.facts import PromotionCreated
from domain.promotion.state import Promotion, evolve
from domain.promotion.terms import PromotionTerms
from domain.quote.facts import QuoteLine
from tests.domain.facts import GUEST, HOST, NOW

CODE = "SUMMER-27"
PROMOTION = promotion_id(HOST, CODE)


def created(**terms: object) -> PromotionCreated:
    """A host's coupon, a tenth off unless said otherwise."""
    plain = {} if "amount" in terms else {"share": 1_000}
    return PromotionCreated(
        promotion_id=PROMOTION,
        host_id=HOST,
        code=CODE,
        terms=PromotionTerms(**(plain | terms)),  # type: ignore[arg-type]
    )


def promotion(**terms: object) -> Promotion:
    """The same, as a state."""
    return evolve(None, created(**terms))


def coupon(
    made: Promotion | None = None, *, guest: UUID | None = GUEST, now: datetime = NOW
) -> Coupon:
    """A promotion as the guest shows it now, at its first version."""
    return Coupon(promotion=made or promotion(), version=1, guest_id=guest, now=now)


def line(amount: int, kind: str = "night") -> QuoteLine:
    """One amount of a price in SEK."""
    money = Money(amount, "SEK")
    return QuoteLine(kind=kind, description="x", amount=money, rule="base", rule_version=1)
