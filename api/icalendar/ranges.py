"""What a listing makes of the events of a calendar from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from api.icalendar.reading import Event
from api.icalendar.writing import is_echo
from domain.calendar.external_ranges import ExternalRange, external_range
from domain.listing.state import Listing

NAME = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""What the name of an imported calendar looks like."""

LONGEST_NAME = 40


def ranges_of(events: Sequence[Event], listing: Listing) -> list[ExternalRange]:
    """What ``listing`` makes of ``events``; an echo of its own claims is nothing."""
    return [
        external_range(each.uid, each.starts, each.ends, listing.kind, listing.time_zone)
        for each in events
        if not is_echo(listing.id, each.uid)
    ]
