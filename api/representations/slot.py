"""The slots of a listing by the hour as guests see them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.values import Money
from projections.calendar.queries import SlotsPage


class Slot(BaseModel):
    """The shortest slot from one time on; longer ones may begin then too."""

    starts_at: datetime
    ends_at: datetime
    local_start: str = Field(description="Where the listing is, with its offset then.")
    available: bool = Field(description="At least one unit is unclaimed.")
    units_free: int
    price: Money | None = Field(description="Of one unit for the whole slot.")
    reasons: list[str] = Field(description="Why it can't be booked all the same.")


class Slots(BaseModel):
    """The slots that begin on the days asked for, in order."""

    listing_id: UUID
    time_zone: str
    slots: list[Slot]

    @classmethod
    def of(cls, page: SlotsPage) -> Self:
        """As the read model has it."""
        return cls.model_construct(
            listing_id=page.listing.state.id,
            time_zone=page.listing.state.time_zone,
            slots=[
                Slot.model_construct(
                    starts_at=each.slot.starts_at,
                    ends_at=each.slot.ends_at,
                    local_start=each.local_start.isoformat(timespec="minutes"),
                    available=each.available,
                    units_free=each.units_free,
                    price=Money.of(each.price) if each.price else None,
                    reasons=list(each.reasons),
                )
                for each in page.slots
            ],
        )
