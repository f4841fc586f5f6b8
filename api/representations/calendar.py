"""The nights of a listing as guests see them."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.values import Money
from projections.calendar.queries import CalendarPage, Reason


class Night(BaseModel):
    """One night."""

    date: date
    available: bool = Field(description="At least one unit is unclaimed.")
    units_free: int
    price: Money | None = Field(description="Of one unit.")
    minimum_nights: int = Field(description="Of stays that begin on the date.")
    reasons: list[Reason] = Field(
        description="Why it can't be booked all the same. The night: `claimed`, `not_published`, "
        "`past`, `beyond_horizon`, `closed`. Beginning on the date: `arrival_not_allowed`, "
        "`notice_too_short`. Ending on it: `departure_not_allowed`."
    )


class Calendar(BaseModel):
    """The nights asked for, in order, none missing."""

    listing_id: UUID
    nights: list[Night]

    @classmethod
    def of(cls, page: CalendarPage) -> Self:
        """As the read model has it."""
        return cls.model_construct(
            listing_id=page.listing.state.id,
            nights=[
                Night.model_construct(
                    date=night.date,
                    available=night.available,
                    units_free=night.units_free,
                    price=Money.of(night.price) if night.price else None,
                    minimum_nights=night.minimum_nights,
                    reasons=list(night.reasons),
                )
                for night in page.nights
            ],
        )
