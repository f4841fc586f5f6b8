"""What can happen to a promotion."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.promotion.terms import PromotionTerms


@dataclass(frozen=True, kw_only=True)
class PromotionCreated:
    """A host gave their listings a coupon; without a host, the platform gave one to all."""

    promotion_id: UUID
    host_id: UUID | None
    code: str
    terms: PromotionTerms


@dataclass(frozen=True, kw_only=True)
class PromotionRedeemed:
    """A guest booked with the coupon."""

    promotion_id: UUID
    booking_id: UUID
    guest_id: UUID


@dataclass(frozen=True, kw_only=True)
class RedemptionReturned:
    """The booking came to nothing before it was confirmed, and the coupon may be used again."""

    promotion_id: UUID
    booking_id: UUID


@dataclass(frozen=True, kw_only=True)
class PromotionWithdrawn:
    """Nobody may book with the coupon any more; those who have keep what they saved."""

    promotion_id: UUID


PromotionEvent = PromotionCreated | PromotionRedeemed | RedemptionReturned | PromotionWithdrawn
