"""A host sets prices and minimum lengths of single dates, and closes or opens them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.state import Listing
from domain.refusals import StaleVersion
from domain.rules import decisions
from domain.rules.decisions import DatesChange


@dataclass(frozen=True, kw_only=True)
class ChangeDates:
    """Make all of ``changes`` or none, if the listing still has version ``expected``."""

    listing_id: UUID
    expected: int
    changes: Sequence[DatesChange]


def change_dates(message: ChangeDates, work: Work) -> Versioned[Listing]:
    """Raises NoSuch, NotYours, StaleVersion and what the decision raises."""
    listing = work.own_listing(message.listing_id, "change its dates", "calendar")
    if listing.version != message.expected:
        raise StaleVersion(expected=message.expected, actual=listing.version)
    events = decisions.change_dates(listing.state, message.changes, work.now)
    return work.record(listing, events)
