"""A host puts blocked nights back on the market."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.calendar.decisions import lift


@dataclass(frozen=True, kw_only=True)
class LiftBlock:
    """Lift the block."""

    listing_id: UUID
    block_id: UUID


def lift_block(message: LiftBlock, work: Work) -> None:
    """Raises NoSuch and NotYours."""
    work.own_listing(message.listing_id, "unblock its dates", "calendar")
    calendar = work.calendar(message.listing_id)
    work.record(calendar, lift(calendar.state, message.block_id))
