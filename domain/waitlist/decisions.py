"""Who gets in line, and who in line is offered nights that come free."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from domain.calendar import decisions as calendars
from domain.calendar.extent import extent_of
from domain.calendar.facts import CalendarEvent
from domain.calendar.room import units_free
from domain.calendar.state import Calendar
from domain.calendar.state import evolve as evolve_calendar
from domain.folding import after
from domain.listing.state import Listing
from domain.local_time import instant, local_date
from domain.quote.decisions import check_rules
from domain.refusals import PolicyForbids, Refusal, SlotPast
from domain.rules.schedule import CHECK_IN
from domain.slot import Slot
from domain.stay import Stay
from domain.waitlist.facts import (
    OfferLapsed,
    OfferTaken,
    WaitlistEvent,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistOffered,
)
from domain.waitlist.refusals import DatesFree, OfferHasLapsed
from domain.waitlist.state import Entry, Status, Waitlist

OFFER_FOR = timedelta(hours=24)
"""How long an offer stands at most."""

_INSTEAD: Final[dict[Status, str]] = {
    "waiting": "You are in line: an offer comes when the dates are free and your turn has come.",
    "booked": "You took it already: see your trips.",
    "left": "You left the line: join it again, or choose other dates.",
    "lapsed": "Join the line again, or choose other dates.",
    "expired": "The time has come without an offer: choose other dates.",
}
"""What there is for who has no offer."""

SHORTEST_OFFER = timedelta(minutes=15)
"""How long it stands at least, as long as the stay has not begun: time enough to book."""


@dataclass(frozen=True)
class Offers:
    """What nights that came free lead to, on the waitlist and on the calendar; both or neither."""

    waitlist: list[WaitlistEvent] = field(default_factory=list[WaitlistEvent])
    calendar: list[CalendarEvent] = field(default_factory=list[CalendarEvent])


def join(  # noqa: PLR0913 - a wish is made of these
    waitlist: Waitlist,
    calendar: Calendar,
    listing: Listing,
    *,
    entry_id: UUID,
    guest_id: UUID,
    stay: Stay,
    guests: int,
    units: int,
    now: datetime,
    slot: Slot | None = None,
) -> list[WaitlistEvent]:
    """Get in line; who is in line for these nights already stays where they are.

    Raises the refusal of a rule that the stay, or ``slot``, breaks, and DatesFree when there is
    nothing to wait for.
    """
    if waitlist.open_entry(guest_id, stay, now, slot):
        return []
    check_rules(listing, stay, guests, units, now, slot)
    if slot and slot.starts_at <= now:
        raise SlotPast(starts_at=slot.starts_at)
    if _has_room(calendar, listing, stay, slot, units, now):
        raise DatesFree(
            listing_id=listing.id,
            arrive=stay.arrive,
            depart=stay.depart,
            starts_at=slot.starts_at if slot else None,
            ends_at=slot.ends_at if slot else None,
        )
    return [
        WaitlistJoined(
            listing_id=listing.id,
            entry_id=entry_id,
            guest_id=guest_id,
            stay=stay,
            guests=guests,
            units=units,
            joined_at=now,
            closes_at=slot.starts_at
            if slot
            else closes_at(stay, listing.time_zone, now, check_in=listing.rules.schedule.check_in),
            slot=slot,
        )
    ]


def closes_at(stay: Stay, time_zone: str, now: datetime, check_in: time = CHECK_IN) -> datetime:
    """Until when waiting makes sense: check-in time, or that day's end for who joins even later."""
    begins = instant(stay.arrive, check_in, time_zone)
    if now < begins:
        return begins
    return instant(stay.arrive + timedelta(days=1), time(0), time_zone)


def leave(waitlist: Waitlist, entry_id: UUID, now: datetime) -> list[WaitlistEvent]:
    """Wait no longer, and give an offer back; waiting no longer anyway, nothing happens."""
    entry = waitlist.entries[entry_id]
    return [WaitlistLeft(entry_id=entry_id)] if entry.open_at(now) else []


def offer_dates(waitlist: Waitlist, calendar: Calendar, listing: Listing, now: datetime) -> Offers:
    """Offer what is free, in the order of the line, to everyone whose wish fits; hold it for them.

    Offers that lapsed are put down first, so that their nights pass on in the same step. Nobody to
    offer anything to and nothing lapsed, nothing happens.
    """
    told: list[WaitlistEvent] = [OfferLapsed(entry_id=each.id) for each in waitlist.lapsed(now)]
    held = calendars.tidy(calendar, now)
    for entry in waitlist.line(now):
        before = after(calendar, evolve_calendar, held)
        if not _fits(entry, before, listing, now):
            continue
        until = offer_until(entry.closes_at, now)
        held += calendars.hold_for_offer(
            before,
            listing_id=listing.id,
            capacity=listing.units,
            claim_id=entry.id,
            guest_id=entry.guest_id,
            stay=entry.stay,
            units=entry.units,
            until=until,
            today=local_date(now, listing.time_zone),
            now=now,
            slot=entry.slot,
            buffers=listing.buffers,
        )
        told.append(WaitlistOffered(listing_id=listing.id, entry_id=entry.id, until=until))
    return Offers(told, held) if told else Offers()


def offer_until(closes_at: datetime, now: datetime) -> datetime:
    """A day; half of what is left when arrival is near, so that the next in line has a chance.

    Never past ``closes_at``.
    """
    left = closes_at - now
    return now + min(OFFER_FOR, max(left / 2, min(left, SHORTEST_OFFER)))


def check_offered(entry: Entry, now: datetime) -> None:
    """Raise OfferHasLapsed, or PolicyForbids, unless the entry has an offer that stands."""
    status = entry.status_at(now)
    if status == "lapsed":
        raise OfferHasLapsed(entry_id=entry.id, lapsed_at=entry.offered_until or now)
    if status != "offered":
        raise PolicyForbids(
            action="accept an offer",
            status=status,
            because=f"the status is {status}",
            instead=_INSTEAD[status],
        )


def take(entry_id: UUID, booking_id: UUID) -> list[WaitlistEvent]:
    """The offer became a booking."""
    return [OfferTaken(entry_id=entry_id, booking_id=booking_id)]


def _fits(entry: Entry, calendar: Calendar, listing: Listing, now: datetime) -> bool:
    try:
        check_rules(listing, entry.stay, entry.guests, entry.units, now, entry.slot)
    except Refusal:
        return False
    return _has_room(calendar, listing, entry.stay, entry.slot, entry.units, now)


def _has_room(
    calendar: Calendar,
    listing: Listing,
    stay: Stay,
    slot: Slot | None,
    units: int,
    now: datetime,
) -> bool:
    """Whether a claim like a booking's would find ``units`` units, buffers counted."""
    buffers = listing.buffers
    taken = calendar.taken(stay, buffers, now)
    return units_free(taken, extent_of(stay, slot, buffers), listing.units) >= units
