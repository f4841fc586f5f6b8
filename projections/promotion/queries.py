"""What does this coupon give, and how often was it used?"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.promotion.codes import candidates
from domain.promotion.coupon import Coupon, chosen
from domain.promotion.state import Promotion
from projections.documents import PartKey, read_part, read_parts
from projections.generation import Generations
from projections.parts import Part
from projections.promotion.projector import PROMOTION


async def promotion(generations: Generations, promotion_id: UUID) -> Part[Promotion] | None:
    """The promotion with its stream's version, or none."""
    return await read_part(generations, PROMOTION, str(promotion_id))


async def coupon(
    generations: Generations, code: str, host_id: UUID, *, guest_id: UUID | None, now: datetime
) -> Coupon:
    """What ``code`` means to a guest at a host's listing; raises UnknownCoupon."""
    wanted = [PartKey(PROMOTION, str(candidate)) for candidate in candidates(code, host_id)]
    parts = await read_parts(generations, wanted)
    found = [parts[key] for key in wanted if key in parts]
    shown = [
        Coupon(promotion=part.state, version=part.version, guest_id=guest_id, now=now)
        for part in found
    ]
    return chosen(code, shown)
