"""A host shows what is taken elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.lapsed import expire_lapsed
from commands.work import Work
from domain.calendar.external import Importing
from domain.calendar.external import import_calendar as decide
from domain.calendar.external_ranges import ExternalRange
from domain.calendar.state import Calendar
from domain.listing.state import Listing


@dataclass(frozen=True, kw_only=True)
class ImportCalendar:
    """Claim what is free of the ranges, in place of the earlier import of that ``name``.

    ``ranges`` says what the listing makes of them.
    """

    listing_id: UUID
    import_id: UUID
    name: str
    ranges: Callable[[Listing], Sequence[ExternalRange]]


def import_calendar(message: ImportCalendar, work: Work) -> Calendar:
    """The calendar after it; raises NoSuch and NotYours."""
    listing = work.own_listing(message.listing_id, "import a calendar").state
    calendar = work.calendar(message.listing_id)
    importing = Importing(
        listing_id=listing.id,
        import_id=message.import_id,
        name=message.name,
        capacity=listing.units,
        zone=listing.time_zone,
        buffers=listing.buffers,
        now=work.now,
    )
    events = decide(calendar.state, importing, message.ranges(listing))
    if events:
        expire_lapsed(calendar.state, work)
    return work.record(calendar, events).state
