"""A calendar's document has two parts: what the listing says of its nights, and their claims."""

from __future__ import annotations

from domain.calendar import state as calendar
from domain.listing import state as listing
from projections.calendar.packed import CalendarPart
from projections.parts import PartKind

MODEL = "calendar"

LISTING = PartKind(model=MODEL, stream="listing", state=listing.Listing, evolve=listing.evolve)
CLAIMS = CalendarPart(
    model=MODEL,
    stream="calendar",
    state=calendar.Calendar,
    evolve=calendar.evolve_without_past,
)
