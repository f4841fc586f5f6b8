"""What a listing imported from elsewhere, and where that meets bookings of ours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.values import is_absent
from domain.calendar.facts import ImportConflict
from domain.calendar.state import Calendar
from domain.slot import Slot
from domain.stay import Stay


class Range(BaseModel):
    """Days from one up to another; of a listing by the hour also the exact times."""

    uid: str
    from_: Annotated[date, Field(serialization_alias="from")]
    to: date
    starts_at: datetime | None = Field(default=None, exclude_if=is_absent)
    ends_at: datetime | None = Field(default=None, exclude_if=is_absent)


class Conflict(Range):
    """A range for which bookings of ours leave no unit."""

    booking_ids: list[UUID]


class ExternalCalendar(BaseModel):
    """The last import of one name."""

    name: str
    imported_at: datetime
    ranges: Annotated[int, Field(description="How many there were that are not over.")]
    claimed: Annotated[list[Range], Field(description="What of them was free, and is taken now.")]
    conflicts: list[Conflict]

    @classmethod
    def of(cls, calendar: Calendar, name: str, now: datetime) -> Self:
        """As it stands at ``now``: a booking that ended is in nobody's way."""
        known = calendar.external[name]
        live = {claim.booking_id for claim in calendar.live(now)}
        claimed = [each for each in calendar.claims.values() if each.external_calendar == name]
        return cls.model_construct(
            name=name,
            imported_at=known.imported_at,
            ranges=known.ranges,
            claimed=[
                Range.model_construct(**_range(each.uid or "", each.stay, each.slot))
                for each in sorted(claimed, key=lambda claim: claim.extent.start)
            ],
            conflicts=[
                _conflict(each, [booking for booking in each.bookings if booking in live])
                for each in known.conflicts
                if live.intersection(each.bookings)
            ],
        )


class ExternalCalendars(BaseModel):
    """Every import of a listing, by name, and where others may fetch its own calendar."""

    items: list[ExternalCalendar]
    export_path: Annotated[str, Field(description="Whoever has it can read the calendar.")]


def _conflict(conflict: ImportConflict, bookings: list[UUID]) -> Conflict:
    named = _range(conflict.uid, conflict.stay, conflict.slot)
    return Conflict.model_construct(**named, booking_ids=bookings)


def _range(uid: str, stay: Stay, slot: Slot | None) -> dict[str, Any]:
    return {
        "uid": uid,
        "from_": stay.arrive,
        "to": stay.depart,
        "starts_at": slot.starts_at if slot else None,
        "ends_at": slot.ends_at if slot else None,
    }
