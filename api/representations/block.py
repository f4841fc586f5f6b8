"""Nights that a host takes off the market."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt

from api.representations.values import Day, Input
from domain.calendar.state import Claim
from domain.listing.offer import MOST_UNITS


class BlockBody(Input):
    """Which nights, and of how many units; without a number, of all that are free."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day
    units: Annotated[StrictInt, Field(ge=1, le=MOST_UNITS)] | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None


class Block(BaseModel):
    """A block that stands."""

    id: UUID
    listing_id: UUID
    from_: Annotated[date, Field(serialization_alias="from")]
    to: date
    units: int
    reason: str | None

    @classmethod
    def of(cls, listing_id: UUID, claim: Claim) -> Self:
        """As the calendar has it."""
        return cls(
            id=claim.id,
            listing_id=listing_id,
            from_=claim.stay.arrive,
            to=claim.stay.depart,
            units=len(claim.units),
            reason=claim.reason,
        )
