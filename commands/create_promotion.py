"""A host gives their listings a coupon, or the platform gives one to all."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.staff import need_staff
from commands.versioned import Versioned
from commands.work import Work
from domain.promotion.codes import promotion_id, spelled
from domain.promotion.decisions import create
from domain.promotion.state import Promotion, evolve
from domain.promotion.terms import PromotionTerms
from domain.streams import promotion_stream


@dataclass(frozen=True, kw_only=True)
class CreatePromotion:
    """Let guests use ``code``; without ``host_id`` it is the platform's."""

    host_id: UUID | None
    code: str
    terms: PromotionTerms


def create_promotion(message: CreatePromotion, work: Work) -> Versioned[Promotion]:
    """Raises NoSuch and NotYours for listings, NotYours for the platform, InvalidOffer, CodeTaken.

    The platform's promotions are made by who has the role support or admin.
    """
    if message.host_id is None:
        need_staff(work, "make promotions of the platform")
    for listing_id in message.terms.listings:
        if message.host_id is None:
            work.listing(listing_id)
        else:
            work.own_listing(listing_id, "give this listing a coupon")
    identity = promotion_id(message.host_id, spelled(message.code) or message.code)
    before = work.promotion(identity)
    events = create(before.state if before else None, message.host_id, message.code, message.terms)
    return work.begin(promotion_stream(identity), str(identity), evolve, events)
