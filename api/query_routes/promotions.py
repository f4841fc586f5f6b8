"""Coupons, for whoever made them."""

from __future__ import annotations

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, signed_in
from api.conventions.reading import catch_up
from api.querying import Side, answer
from api.representations.promotion import Promotion, Promotions, Scope
from domain.account.state import STAFF
from domain.refusals import NotYours
from projections.promotions.queries import promotions

router = ordered_router("promotions")


@router.get("/v1/promotions", summary="List my coupons", response_model=Promotions)
@guards(signed_in)
async def my_promotions(
    request: Request,
    side: Side,
    caller: Caller,
    scope: Scope = "host",
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """My coupons, or, for support and admin, the platform's, the latest first."""
    if scope == "platform" and not STAFF & await side.roles(caller):
        raise NotYours(action="see promotions of the platform")
    owner = caller if scope == "host" else None
    name = f"promotions of {owner}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await promotions(side.generations, owner, limit=limit, cursor=before)
    items = [Promotion.of(part.state, part.version) for part in found.items]
    page = Promotions.model_construct(items=items, next=side.cursor(name, found.next))
    return answer(request, page, told)
