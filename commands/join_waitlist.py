"""A guest gets in line for nights that are taken."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.slot import Times, asked_for
from domain.stay import Stay
from domain.waitlist.decisions import join
from domain.waitlist.refusals import TooManyWishes
from domain.waitlist.state import Entry, Waitlist

MOST_WISHES = 20
"""How many wishes one account may have open: a few trips with alternatives, and no market."""


@dataclass(frozen=True, kw_only=True)
class JoinWaitlist:
    """Wait for ``units`` units over the nights of ``stay``, or between ``times``."""

    entry_id: UUID
    listing_id: UUID
    guest_id: UUID
    guests: int
    units: int = 1
    stay: Stay | None = None
    times: Times | None = None


@dataclass(frozen=True, kw_only=True)
class InLine:
    """A wish, and the list that it is on."""

    entry: Entry
    waitlist: Versioned[Waitlist]


def join_waitlist(message: JoinWaitlist, work: Work) -> InLine:
    """The wish; the one that the guest has for these nights already, if there is one.

    Raises NoSuch, the refusal of a rule that the stay breaks, DatesFree and TooManyWishes. Wishes
    are counted when one is added; requests of the same moment on several listings may pass.
    """
    listing = work.listing(message.listing_id).state
    stay, slot = asked_for(message.stay, message.times, listing.time_zone)
    waitlist = work.waitlist(message.listing_id)
    calendar = work.calendar(message.listing_id)
    events = join(
        waitlist.state,
        calendar.state,
        listing,
        entry_id=message.entry_id,
        guest_id=message.guest_id,
        stay=stay,
        slot=slot,
        guests=message.guests,
        units=message.units,
        now=work.now,
    )
    if events and work.wishes(message.guest_id) >= MOST_WISHES:
        raise TooManyWishes(maximum=MOST_WISHES)
    after = work.record(waitlist, events)
    entry = after.state.open_entry(message.guest_id, stay, work.now, slot)
    assert entry is not None, "who joined waits"
    return InLine(entry=entry, waitlist=after)
