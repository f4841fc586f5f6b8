"""A person leaves for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import erase
from domain.account.refusals import BookingsOpen
from domain.account.state import Account
from domain.booking.facts import Side
from domain.booking.open_matters import is_open
from domain.booking.state import evolve as evolve_booking
from domain.calendar.decisions import release
from domain.listing.decisions import archive
from domain.streams import subject
from domain.waitlist.decisions import leave

MOST_NAMED = 10
"""How many open bookings a refusal names."""


@dataclass(frozen=True, kw_only=True)
class EraseAccount:
    """Erase the account, and put away what it offers and waits for."""

    account_id: UUID


def erase_account(message: EraseAccount, work: Work) -> Versioned[Account]:
    """Its key and sign-in are deleted by whoever learns of this, not here.

    Raises BookingsOpen while the person is needed; erased already, nothing happens.
    """
    account = work.account(message.account_id)
    events = erase(account.state, work.now)
    if not events:
        return account
    me = message.account_id
    hosted = [subject(stream) for stream in work.log.streams_by(me, "listing.drafted.v1")]
    open_ones = [
        *_open(work, work.log.streams_by(me, "booking.requested.v1"), "guest"),
        *_open(
            work,
            work.log.streams_about([str(each) for each in hosted], "booking.requested.v1"),
            "host",
        ),
    ]
    if open_ones:
        raise BookingsOpen(bookings=tuple(open_ones[:MOST_NAMED]))
    # A booking that is made meanwhile is a conflict: of theirs by its hold, with them by the
    # calendar that it is claimed in.
    work.holds[me] = 0
    for listing_id in hosted:
        work.calendar(listing_id)
        listing = work.any_listing(listing_id)
        work.record(listing, archive(listing.state))
    _leave_waitlists(work, me)
    return work.record(account, events)


def _open(work: Work, streams: Iterable[str], side: Side) -> Iterable[UUID]:
    for stream in streams:
        found = work.log.load(stream, evolve_booking)
        if found and is_open(found.state, side, work.now):
            yield found.state.id


def _leave_waitlists(work: Work, me: UUID) -> None:
    for stream in work.log.waitlists_of(me):
        listing_id = subject(stream)
        waitlist = work.waitlist(listing_id)
        for entry in list(waitlist.state.entries.values()):
            if entry.guest_id != me:
                continue
            left = leave(waitlist.state, entry.id, work.now)
            if left and entry.status == "offered":
                calendar = work.calendar(listing_id)
                work.record(calendar, release(calendar.state, entry.id))
            waitlist = work.record(waitlist, left)
