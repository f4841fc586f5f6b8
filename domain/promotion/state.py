"""A promotion as its facts left it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never
from uuid import UUID

from domain.account.facts import Role
from domain.account.state import STAFF
from domain.promotion.facts import (
    PromotionCreated,
    PromotionEvent,
    PromotionRedeemed,
    PromotionWithdrawn,
    RedemptionReturned,
)
from domain.promotion.terms import PromotionTerms


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A coupon; ``redemptions`` are those that stand, the guest of each by its booking."""

    id: UUID
    host_id: UUID | None
    code: str
    terms: PromotionTerms
    withdrawn: bool = False
    redemptions: Mapping[UUID, UUID] = field(default_factory=dict[UUID, UUID])

    @property
    def redeemed(self) -> int:
        """How many redemptions stand."""
        return len(self.redemptions)

    def redeemed_by(self, guest_id: UUID) -> int:
        """How many of them are one guest's."""
        return sum(guest == guest_id for guest in self.redemptions.values())

    def managed_by(self, account_id: UUID | None, roles: frozenset[Role]) -> bool:
        """Whether a person with ``roles`` may see how it goes and end it."""
        return bool(STAFF & roles) if self.host_id is None else self.host_id == account_id


def evolve(promotion: Promotion | None, event: PromotionEvent) -> Promotion:
    """``promotion`` after ``event``."""
    if isinstance(event, PromotionCreated):
        return Promotion(
            id=event.promotion_id, host_id=event.host_id, code=event.code, terms=event.terms
        )
    assert promotion is not None, "a promotion's first event creates it"
    match event:
        case PromotionRedeemed():
            redemptions = {**promotion.redemptions, event.booking_id: event.guest_id}
            return replace(promotion, redemptions=redemptions)
        case RedemptionReturned():
            standing = {
                booking: guest
                for booking, guest in promotion.redemptions.items()
                if booking != event.booking_id
            }
            return replace(promotion, redemptions=standing)
        case PromotionWithdrawn():
            return replace(promotion, withdrawn=True)
        case _:
            assert_never(event)
