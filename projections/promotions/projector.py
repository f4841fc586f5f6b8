"""Promotions are listed for their host, or for the platform, in the order in which they came."""

from __future__ import annotations

from uuid import UUID

from domain.promotion.facts import PromotionCreated
from domain.recorded import Recorded
from projections.parts import ListEntry

MODEL = "promotions"

PLATFORM = UUID(int=0)
"""Whose list the platform's promotions are in: nobody has this id."""


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to the promotions of a host or of the platform."""
    match recorded.event:
        case PromotionCreated(host_id=host, promotion_id=promotion):
            owner = host or PLATFORM
            return [ListEntry(MODEL, str(owner), str(promotion), recorded.position)]
        case _:
            return []
