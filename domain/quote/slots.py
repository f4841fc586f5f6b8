"""Slots of a listing by the hour: which may be asked for, and what they cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.listing.state import Listing
from domain.listing.terms import price_on, terms_on
from domain.local_time import local_date
from domain.quote.facts import QuoteLine
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    ListingIncomplete,
    NotASlot,
    OutsideOpeningHours,
    SlotPast,
    WrongDates,
)
from domain.rules.opening import may_start, open_until
from domain.rules.refusals import NoticeTooShort
from domain.slot import Slot

WANTED = {
    "stay": "arrive and depart, as dates",
    "rental": "arrive and depart, as dates",
    "slot": "starts_at and ends_at, as times",
}


def check_kind(listing: Listing, slot: Slot | None) -> None:
    """Raise WrongDates when a listing by the hour is asked for by days, or the reverse."""
    if (listing.kind == "slot") != (slot is not None):
        raise WrongDates(kind=listing.kind, wanted=WANTED[listing.kind])


def check_slot(listing: Listing, slot: Slot, now: datetime) -> None:
    """Raise the refusal of the first rule of ``listing`` that ``slot`` breaks.

    A slot begins on a step from an opening time and lasts a whole number of slot lengths, between
    the minimum and the maximum of the day it begins on; the listing is open all the while.
    """
    schedule, zone = listing.rules.schedule, listing.time_zone
    check_not_begun(slot, now)
    day = local_date(slot.starts_at, zone)
    terms = terms_on(listing, day)
    latest = slot.starts_at - timedelta(hours=terms.notice_hours)
    if terms.notice_hours and now > latest:
        raise NoticeTooShort(arrive=day, hours=terms.notice_hours, book_by=latest)
    last = local_date(now, zone) + timedelta(days=listing.rules.horizon_days)
    if slot.days(zone).depart > last:
        raise BeyondHorizon(depart=slot.days(zone).depart, last=last)
    lengths = slot_lengths(listing, slot)
    if lengths is None or not may_start(schedule, slot.starts_at, zone):
        raise NotASlot(step_minutes=schedule.step_minutes, slot_minutes=schedule.slot_minutes)
    if lengths < terms.minimum_nights:
        raise BelowMinimumStay(nights=lengths, minimum=terms.minimum_nights)
    if lengths > terms.maximum_nights:
        raise AboveMaximumStay(nights=lengths, maximum=terms.maximum_nights)
    closes_at = open_until(schedule, slot.starts_at, slot.ends_at, zone)
    if closes_at is not None and closes_at < slot.ends_at:
        raise OutsideOpeningHours(closes_at=closes_at)


def check_not_begun(slot: Slot, now: datetime) -> None:
    """Raise SlotPast when ``slot`` has begun."""
    if slot.starts_at < now:
        raise SlotPast(starts_at=slot.starts_at)


def slot_lengths(listing: Listing, slot: Slot | None) -> int | None:
    """How many of the listing's slot lengths ``slot`` has; none when that is no whole number."""
    lengths = slot.minutes / listing.rules.schedule.slot_minutes if slot else 0.5
    return int(lengths) if lengths.is_integer() else None


def shortest(listing: Listing, starts_at: datetime) -> Slot:
    """The shortest slot from ``starts_at`` that the listing takes."""
    terms = terms_on(listing, local_date(starts_at, listing.time_zone))
    minutes = listing.rules.schedule.slot_minutes * terms.minimum_nights
    return Slot(starts_at, starts_at + timedelta(minutes=minutes))


def slot_lines(listing: Listing, version: int, slot: Slot, units: int) -> list[QuoteLine]:
    """One line for each slot length, named by the instant at which it begins.

    Each costs what its local day does; raises ListingIncomplete for one without a price.
    """
    length = timedelta(minutes=listing.rules.schedule.slot_minutes)
    lines: list[QuoteLine] = []
    starts_at = slot.starts_at
    while starts_at < slot.ends_at:
        price = price_on(listing, local_date(starts_at, listing.time_zone))
        if price is None:
            raise ListingIncomplete(missing=("price",))
        line = QuoteLine(
            kind="slot",
            description=f"{starts_at:%Y-%m-%dT%H:%MZ}",
            amount=price.amount * units,
            rule=price.rule,
            rule_version=version,
        )
        lines.append(line)
        starts_at += length
    return lines
