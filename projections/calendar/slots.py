"""Which slots of this listing are free, and at which price?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.calendar.extent import extent_of
from domain.calendar.room import units_free
from domain.calendar.state import Calendar
from domain.listing.state import Listing
from domain.listing.terms import terms_on
from domain.local_time import local_date
from domain.money import Money, total
from domain.quote.slots import shortest, slot_lines
from domain.refusals import AmountTooLarge, ListingIncomplete
from domain.rules.opening import open_until, starts_on
from domain.slot import Slot
from domain.stay import Stay

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Nearer to the ends of the calendar some zones have no instants."""

Reason = Literal["claimed", "not_published", "past", "beyond_horizon", "closed", "notice_too_short"]


@dataclass(frozen=True, kw_only=True)
class SlotOffer:
    """The shortest slot from one time on; ``available`` means that at least one unit is unclaimed.

    ``price`` is that of the whole slot. ``reasons`` says why it can't be booked all the same.
    """

    slot: Slot
    local_start: datetime
    available: bool
    units_free: int
    price: Money | None
    reasons: tuple[Reason, ...]


def slots(listing: Listing, claims: Calendar, days: Stay, now: datetime) -> list[SlotOffer]:
    """The slots that begin on ``days``, in order, each once, as they are at ``now``."""
    zone = ZoneInfo(listing.time_zone)
    return [
        SlotOffer(
            slot=slot,
            local_start=slot.starts_at.astimezone(zone),
            available=bool(free),
            units_free=free or 0,
            price=_price(listing, slot),
            reasons=_reasons(listing, slot, free, now),
        )
        for slot, free in free_slots(listing, claims, days, now)
    ]


def _reasons(listing: Listing, slot: Slot, free: int | None, now: datetime) -> tuple[Reason, ...]:
    days = slot.days(listing.time_zone)
    last = local_date(now, listing.time_zone) + timedelta(days=listing.rules.horizon_days)
    hours = terms_on(listing, days.arrive).notice_hours
    latest = slot.starts_at - timedelta(hours=hours)
    found: list[tuple[Reason, bool]] = [
        ("claimed", free == 0),
        ("not_published", listing.status != "published"),
        ("past", slot.starts_at < now),
        ("beyond_horizon", days.depart > last),
        ("closed", any(terms_on(listing, day).closed for day in days.nights())),
        ("notice_too_short", bool(hours) and now > latest),
    ]
    return tuple(reason for reason, holds in found if holds)


def free_slots(
    listing: Listing, claims: Calendar, days: Stay, now: datetime
) -> Iterator[tuple[Slot, int | None]]:
    """Each slot that begins on ``days``, with the units that are free for it at ``now``.

    Of days so long past that their claims are not kept any more nobody knows.
    """
    buffers, zone = listing.buffers, listing.time_zone
    for day, taken in claims.taken_by_day(days, _most_days(listing, days), buffers, now).items():
        for slot in _begin_on(listing, day):
            asked = extent_of(slot.days(zone), slot, buffers)
            free = units_free(taken, asked, listing.units)
            yield slot, None if claims.forgot(day) else free


def most_free(listing: Listing, claims: Calendar, days: Stay, now: datetime) -> dict[date, int]:
    """By each of ``days`` the most units that are free for one of the slots that begin on it."""
    buffers, zone = listing.buffers, listing.time_zone
    found: dict[date, int] = {}
    for day, taken in claims.taken_by_day(days, _most_days(listing, days), buffers, now).items():
        most = 0
        for slot in _begin_on(listing, day):
            asked = extent_of(slot.days(zone), slot, buffers)
            most = max(most, units_free(taken, asked, listing.units))
            if most == listing.units:
                break
        found[day] = most
    return found


def _begin_on(listing: Listing, day: date) -> Iterator[Slot]:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return
    schedule, zone = listing.rules.schedule, listing.time_zone
    for starts_at in starts_on(schedule, day, zone):
        slot = shortest(listing, starts_at)
        closes_at = open_until(schedule, starts_at, slot.ends_at, zone)
        if closes_at is not None and closes_at >= slot.ends_at:
            yield slot


def _most_days(listing: Listing, days: Stay) -> int:
    """The most local days that a shortest slot touches that begins on one of ``days``."""
    most = max(terms_on(listing, day).minimum_nights for day in days.nights())
    return 2 + listing.rules.schedule.slot_minutes * most // (24 * 60)


def _price(listing: Listing, slot: Slot) -> Money | None:
    """That of the whole slot for one unit; one that no amount can hold is shown without."""
    try:
        lines = slot_lines(listing, 0, slot, 1)
        return total([line.amount for line in lines], lines[0].amount.currency)
    except (ListingIncomplete, AmountTooLarge):
        return None
