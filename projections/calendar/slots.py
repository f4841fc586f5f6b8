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
from domain.local_time import local_date
from domain.money import LARGEST_AMOUNT, Money
from domain.quote.slots import shortest
from domain.rules.apart import buffers_of
from domain.rules.opening import open_until, starts_on
from domain.slot import Slot
from domain.stay import Stay

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Nearer to the ends of the calendar some zones have no instants."""

Reason = Literal["claimed", "not_published", "past", "beyond_horizon"]


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
    last = local_date(now, listing.time_zone) + timedelta(days=listing.rules.horizon_days)
    found: list[SlotOffer] = []
    for slot, free in free_slots(listing, claims, days, now):
        reasons: list[tuple[Reason, bool]] = [
            ("claimed", free == 0),
            ("not_published", listing.status != "published"),
            ("past", slot.starts_at < now),
            ("beyond_horizon", slot.days(listing.time_zone).depart > last),
        ]
        found.append(
            SlotOffer(
                slot=slot,
                local_start=slot.starts_at.astimezone(zone),
                available=free > 0,
                units_free=free,
                price=_price(listing),
                reasons=tuple(reason for reason, holds in reasons if holds),
            )
        )
    return found


def free_slots(
    listing: Listing, claims: Calendar, days: Stay, now: datetime
) -> Iterator[tuple[Slot, int]]:
    """Each slot that begins on ``days``, with the units that are free for it at ``now``."""
    buffers, zone = buffers_of(listing.kind, listing.rules.schedule), listing.time_zone
    for day, taken in claims.taken_by_day(days, _days(listing), buffers, now).items():
        for slot in _begin_on(listing, day):
            asked = extent_of(slot.days(zone), slot, buffers)
            yield slot, units_free(taken, asked, listing.units)


def most_free(listing: Listing, claims: Calendar, days: Stay, now: datetime) -> dict[date, int]:
    """By each of ``days`` the most units that are free for one of the slots that begin on it."""
    buffers, zone = buffers_of(listing.kind, listing.rules.schedule), listing.time_zone
    found: dict[date, int] = {}
    for day, taken in claims.taken_by_day(days, _days(listing), buffers, now).items():
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


def _days(listing: Listing) -> int:
    """The most local days that the shortest slot touches."""
    minutes = listing.rules.schedule.slot_minutes * listing.minimum_nights
    return 2 + minutes // (24 * 60)


def _price(listing: Listing) -> Money | None:
    """That of the shortest slot; one that no amount can hold is shown without."""
    price = listing.price
    if price is None or price.amount * listing.minimum_nights > LARGEST_AMOUNT:
        return None
    return price * listing.minimum_nights
