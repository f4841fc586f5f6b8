"""Hosts, and the platform's staff, make coupons and take them back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Request, Response

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, names_listings, owns_promotion, signed_in
from api.representations.promotion import Promotion, PromotionBody
from api.representations.values import Empty
from commands.create_promotion import CreatePromotion, create_promotion
from commands.receipts import StoredResponse
from commands.versioned import Versioned
from commands.withdraw_promotion import WithdrawPromotion, withdraw_promotion
from domain.promotion.state import Promotion as DomainPromotion

router = ordered_router("promotions")


@router.post("/v1/promotions", summary="Make a coupon", status_code=201, response_model=Promotion)
@guards(signed_in, names_listings)
async def create(request: Request, side: Side, caller: Caller, body: PromotionBody) -> Response:
    """Let guests take a share or an amount off the price of your listings."""
    host_id = caller if body.scope == "host" else None
    message = CreatePromotion(host_id=host_id, code=body.code, terms=body.to_terms())
    return await side.carry_out(request, create_promotion, message, _created)


@router.post(
    "/v1/promotions/{promotion_id}/withdraw", summary="Withdraw a coupon", response_model=Promotion
)
@guards(signed_in, owns_promotion)
async def withdraw(
    request: Request,
    side: Side,
    caller: Caller,
    promotion_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """Let nobody book with it any more; those who have keep what they saved."""
    message = WithdrawPromotion(promotion_id=promotion_id)
    return await side.carry_out(request, withdraw_promotion, message, _shown)


def _created(promotion: Versioned[DomainPromotion]) -> StoredResponse:
    return stored(Promotion.of(promotion.state, promotion.version), 201, version=promotion.version)


def _shown(promotion: Versioned[DomainPromotion]) -> StoredResponse:
    return stored(Promotion.of(promotion.state, promotion.version), version=promotion.version)
