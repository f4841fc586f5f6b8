"""A host takes nights off the market."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.lapsed import expire_lapsed
from commands.work import Work
from domain.calendar.decisions import block
from domain.calendar.state import Claim
from domain.local_time import local_date
from domain.slot import whole_days
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class BlockDates:
    """Block ``units`` units, or all that are free, over the nights of ``stay``."""

    listing_id: UUID
    block_id: UUID
    stay: Stay
    units: int | None = None
    reason: str | None = None


def block_dates(message: BlockDates, work: Work) -> Claim:
    """The block; raises NoSuch, NotYours and NightsTaken."""
    listing = work.own_listing(message.listing_id, "block its dates", "calendar")
    zone = listing.state.time_zone
    calendar = work.calendar(message.listing_id)
    events = block(
        calendar.state,
        listing_id=message.listing_id,
        capacity=listing.state.units,
        claim_id=message.block_id,
        stay=message.stay,
        units=message.units,
        reason=message.reason,
        today=local_date(work.now, zone),
        now=work.now,
        slot=whole_days(message.stay, zone) if listing.state.kind == "slot" else None,
    )
    expire_lapsed(calendar.state, work)
    blocked = work.record(calendar, events).state.claims[message.block_id]
    return work.readable(blocked, calendar.stream)
