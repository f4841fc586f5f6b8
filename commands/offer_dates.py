"""A timer offers nights that came free to those who wait for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.lapsed import expire_lapsed
from commands.work import Work
from domain.waitlist.decisions import offer_dates as decide


@dataclass(frozen=True, kw_only=True)
class OfferDates:
    """Go through the listing's line: put down offers that lapsed, and make those that fit."""

    listing_id: UUID


def offer_dates(message: OfferDates, work: Work) -> None:
    """Nothing happens, and nothing but the waitlist is read, when nobody waits."""
    waitlist = work.waitlist(message.listing_id)
    if not (waitlist.state.line(work.now) or waitlist.state.lapsed(work.now)):
        return
    listing = work.listing(message.listing_id).state
    calendar = work.calendar(message.listing_id)
    offers = decide(waitlist.state, calendar.state, listing, work.now)
    if offers.waitlist:
        expire_lapsed(calendar.state, work)
    work.record(calendar, offers.calendar)
    work.record(waitlist, offers.waitlist)
