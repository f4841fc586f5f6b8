"""Whoever made a coupon takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.staff import roles_of_actor
from commands.versioned import Versioned
from commands.work import Work
from domain.promotion.decisions import withdraw
from domain.promotion.state import Promotion
from domain.refusals import NoSuch


@dataclass(frozen=True, kw_only=True)
class WithdrawPromotion:
    """Let nobody book with it any more."""

    promotion_id: UUID


def withdraw_promotion(message: WithdrawPromotion, work: Work) -> Versioned[Promotion]:
    """Raises NoSuch for what is not the actor's, or the platform's and the actor is not staff."""
    promotion = work.promotion(message.promotion_id)
    actor, roles = work.context.actor, roles_of_actor(work)
    if promotion is None or not promotion.state.managed_by(actor, roles):
        raise NoSuch(what="promotion", id=str(message.promotion_id))
    return work.record(promotion, withdraw(promotion.state))
