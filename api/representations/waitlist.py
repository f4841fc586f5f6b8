"""A wish on a waitlist as the guest who waits sees it at an instant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.quote import Guests, Units
from api.representations.values import is_absent
from api.representations.when import ForSomeTime
from domain.waitlist.state import Entry, Status, Waitlist


class WaitlistBody(ForSomeTime):
    """Which days, or which times of a listing by the hour, for how many."""

    guests: Guests
    units: Units = 1


class WaitlistEntry(BaseModel):
    """One wish."""

    id: UUID
    listing_id: UUID
    arrive: date
    depart: date
    starts_at: datetime | None = Field(default=None, exclude_if=is_absent)
    ends_at: datetime | None = Field(default=None, exclude_if=is_absent)
    guests: int
    units: int
    status: Status
    place: Annotated[
        int | None,
        Field(description="Which in line for these nights, from 1; null when it does not wait."),
    ]
    offer_expires_at: Annotated[
        datetime | None, Field(description="Until when the nights are held for you, if they are.")
    ]
    booking_id: UUID | None
    joined_at: datetime

    @classmethod
    def of(cls, listing_id: UUID, entry: Entry, waitlist: Waitlist, now: datetime) -> Self:
        """As it stands at ``now``: an offer that lapsed has lapsed, whoever takes note when."""
        status = entry.status_at(now)
        return cls.model_construct(
            id=entry.id,
            listing_id=listing_id,
            arrive=entry.stay.arrive,
            depart=entry.stay.depart,
            starts_at=entry.slot.starts_at if entry.slot else None,
            ends_at=entry.slot.ends_at if entry.slot else None,
            guests=entry.guests,
            units=entry.units,
            status=status,
            place=waitlist.place(entry.id, now),
            offer_expires_at=entry.offered_until if status == "offered" else None,
            booking_id=entry.booking_id,
            joined_at=entry.joined_at,
        )


class WaitlistEntries(BaseModel):
    """A page of wishes."""

    items: list[WaitlistEntry]
    next: str | None


class WaitlistCount(BaseModel):
    """How many wait; who they are is theirs."""

    listing_id: UUID
    waiting: int
