"""A guest waits no longer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.calendar.decisions import release
from domain.waitlist.decisions import leave


@dataclass(frozen=True, kw_only=True)
class LeaveWaitlist:
    """Take the wish off the listing's waitlist."""

    listing_id: UUID
    entry_id: UUID


def leave_waitlist(message: LeaveWaitlist, work: Work) -> None:
    """An offer's nights are free at once. Raises NoSuch; gone already, nothing happens."""
    work.listing(message.listing_id)
    entry, waitlist = work.wish(message.listing_id, message.entry_id)
    events = leave(waitlist.state, entry.id, work.now)
    if events and entry.status == "offered":
        calendar = work.calendar(message.listing_id)
        work.record(calendar, release(calendar.state, entry.id))
    work.record(waitlist, events)
