"""Slots of a listing by the hour: which may be asked for, and what they cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.listing.state import Listing
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
    the listing's minimum and maximum; the listing is open all the while.
    """
    schedule, zone = listing.rules.schedule, listing.time_zone
    if slot.starts_at < now:
        raise SlotPast(starts_at=slot.starts_at)
    last = local_date(now, zone) + timedelta(days=listing.rules.horizon_days)
    if slot.days(zone).depart > last:
        raise BeyondHorizon(depart=slot.days(zone).depart, last=last)
    lengths = slot_lengths(listing, slot)
    if lengths is None or not may_start(schedule, slot.starts_at, zone):
        raise NotASlot(step_minutes=schedule.step_minutes, slot_minutes=schedule.slot_minutes)
    closes_at = open_until(schedule, slot.starts_at, slot.ends_at, zone)
    if closes_at is not None and closes_at < slot.ends_at:
        raise OutsideOpeningHours(closes_at=closes_at)
    if lengths < listing.minimum_nights:
        raise BelowMinimumStay(nights=lengths, minimum=listing.minimum_nights)
    if lengths > listing.maximum_nights:
        raise AboveMaximumStay(nights=lengths, maximum=listing.maximum_nights)


def slot_lengths(listing: Listing, slot: Slot) -> int | None:
    """How many of the listing's slot lengths ``slot`` has; none when that is no whole number."""
    lengths = slot.minutes / listing.rules.schedule.slot_minutes
    return int(lengths) if lengths.is_integer() else None


def shortest(listing: Listing, starts_at: datetime) -> Slot:
    """The shortest slot from ``starts_at`` that the listing takes."""
    minutes = listing.rules.schedule.slot_minutes * listing.minimum_nights
    return Slot(starts_at, starts_at + timedelta(minutes=minutes))


def slot_lines(listing: Listing, version: int, slot: Slot, units: int) -> tuple[QuoteLine, ...]:
    """One line for each slot length, named by the instant at which it begins."""
    if listing.price is None:
        raise ListingIncomplete(missing=("price",))
    length = timedelta(minutes=listing.rules.schedule.slot_minutes)
    return tuple(
        QuoteLine(
            kind="slot",
            description=f"{slot.starts_at + number * length:%Y-%m-%dT%H:%MZ}",
            amount=listing.price * units,
            rule="base",
            rule_version=version,
        )
        for number in range(slot_lengths(listing, slot) or 0)
    )
