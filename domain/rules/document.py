"""A listing's rules as one document, every default of which means the plainest listing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.money import Money
from domain.rules.charges import AheadDiscount, ExtraGuests, Fee, LengthDiscount, Tax
from domain.rules.schedule import USUAL_SCHEDULE, Schedule

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
"""ISO weekdays, Monday first."""

FRIDAY_AND_SATURDAY = (5, 6)

HORIZON_DAYS = 730
"""How far ahead a listing may be booked, in days, unless it says otherwise."""

HOLD_MINUTES = 15
"""How long a guest may take to confirm, unless the listing says otherwise."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class Season:
    """What is different from ``start`` up to but not including ``end``; none is as always."""

    name: str
    start: date
    end: date
    price: Money | None = None
    weekend_price: Money | None = None
    minimum_nights: int | None = None
    maximum_nights: int | None = None
    arrival_days: tuple[int, ...] | None = None
    departure_days: tuple[int, ...] | None = None
    notice_hours: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a stay must keep and what is charged, beside the listing's price and lengths.

    Weekdays are ISO numbers, those of ``weekend_days`` the days on which the nights begin; shares
    are ten-thousandths.
    """

    schedule: Schedule = USUAL_SCHEDULE
    horizon_days: int = HORIZON_DAYS
    notice_hours: int = 0
    arrival_days: tuple[int, ...] = EVERY_DAY
    departure_days: tuple[int, ...] = EVERY_DAY
    hold_minutes: int = HOLD_MINUTES
    decide_within_hours: int = 24
    weekend_price: Money | None = None
    weekend_days: tuple[int, ...] = FRIDAY_AND_SATURDAY
    seasons: tuple[Season, ...] = ()
    extra_guests: ExtraGuests | None = None
    length_discounts: tuple[LengthDiscount, ...] = ()
    early_bird: tuple[AheadDiscount, ...] = ()
    last_minute: tuple[AheadDiscount, ...] = ()
    discounts_stack: bool = False
    fees: tuple[Fee, ...] = ()
    service_fee: int = 0
    taxes: tuple[Tax, ...] = ()
    deposit: Money | None = None

    def season_of(self, day: date) -> Season | None:
        """The one season that ``day`` lies in, if any."""
        return next((each for each in self.seasons if each.start <= day < each.end), None)


def named(days: tuple[int, ...]) -> tuple[str, ...]:
    """The names of ISO weekdays, in the order of the week."""
    return tuple(WEEKDAYS[day - 1] for day in sorted(days))


NO_RULES = Rules()
"""The plainest listing: a price a night, and nothing else asked or charged."""
