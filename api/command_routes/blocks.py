"""Hosts take nights off the market and put them back."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from fastapi import Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, done, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, looks_after, signed_in
from api.conventions.ranges import nights_between
from api.representations.block import Block, BlockBody
from commands.block_dates import BlockDates, block_dates
from commands.lift_block import LiftBlock, lift_block
from commands.receipts import StoredResponse
from domain.calendar.state import Claim

router = ordered_router("blocks")

LONGEST_BLOCK = 3_660
"""How many nights one block may have: ten years."""


@router.post(
    "/v1/listings/{listing_id}/blocks",
    summary="Block nights",
    status_code=201,
    response_model=Block,
)
@guards(signed_in, looks_after("calendar"))
async def block(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: BlockBody
) -> Response:
    """Block nights that nobody has."""
    message = BlockDates(
        listing_id=listing_id,
        block_id=uuid7(),
        stay=nights_between(body.from_, body.to, most=LONGEST_BLOCK),
        units=body.units,
        reason=body.reason,
    )
    return await side.carry_out(request, block_dates, message, partial(_blocked, listing_id))


@router.delete(
    "/v1/listings/{listing_id}/blocks/{block_id}", summary="Lift a block", status_code=204
)
@guards(signed_in, looks_after("calendar"))
async def unblock(
    request: Request, side: Side, caller: Caller, listing_id: UUID, block_id: UUID
) -> Response:
    """Put blocked nights back on the market."""
    message = LiftBlock(listing_id=listing_id, block_id=block_id)
    return await side.carry_out(request, lift_block, message, done)


def _blocked(listing_id: UUID, claim: Claim) -> StoredResponse:
    return stored(Block.of(listing_id, claim), 201)
