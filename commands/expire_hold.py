"""A timer tidies up after a hold that lapsed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.lapsed import expire_lapsed
from commands.work import Work
from domain.calendar.decisions import tidy


@dataclass(frozen=True, kw_only=True)
class ExpireHold:
    """Release the booking's listing from every hold that has lapsed."""

    booking_id: UUID


def expire_hold(message: ExpireHold, work: Work) -> None:
    """Nothing happens when somebody else tidied up first."""
    listing_id = work.booking(message.booking_id).state.listing_id
    calendar = work.calendar(listing_id)
    expire_lapsed(calendar.state, work)
    work.record(calendar, tidy(calendar.state, work.now))
