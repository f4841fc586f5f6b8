"""What a listing asks on a given date: what is set for the date beats its season, that the base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.listing.state import Listing
from domain.money import Money
from domain.rules.dates import override_of

PriceRule = Literal["base", "weekend", "season", "override"]


@dataclass(frozen=True, kw_only=True)
class DayTerms:
    """What holds for stays that begin on a date, and whether they may end on it.

    ``closed`` is of the night that begins on it; weekdays are ISO numbers.
    """

    closed: bool
    minimum_nights: int
    maximum_nights: int
    arrival_days: tuple[int, ...]
    departure_days: tuple[int, ...]
    notice_hours: int


@dataclass(frozen=True)
class NightPrice:
    """What a night of one unit costs, and by which rule."""

    amount: Money
    rule: PriceRule


def terms_on(listing: Listing, day: date) -> DayTerms:
    """What ``listing`` asks on ``day``."""
    rules, season = listing.rules, listing.rules.season_of(day)
    own = override_of(listing.overrides, day)
    return DayTerms(
        closed=own is not None and own.closed,
        minimum_nights=_first(
            own and own.minimum_nights, season and season.minimum_nights, listing.minimum_nights
        ),
        maximum_nights=_first(season and season.maximum_nights, listing.maximum_nights),
        arrival_days=(season and season.arrival_days) or rules.arrival_days,
        departure_days=(season and season.departure_days) or rules.departure_days,
        notice_hours=_first(season and season.notice_hours, rules.notice_hours),
    )


def price_on(listing: Listing, night: date) -> NightPrice | None:
    """What ``night`` costs; none while the listing has no price for it.

    A season's one price is for its weekends too.
    """
    own = override_of(listing.overrides, night)
    if own and own.price:
        return NightPrice(own.price, "override")
    rules, season = listing.rules, listing.rules.season_of(night)
    weekend = night.isoweekday() in rules.weekend_days
    if season and weekend and season.weekend_price:
        return NightPrice(season.weekend_price, "season")
    if season and season.price:
        return NightPrice(season.price, "season")
    if weekend and rules.weekend_price:
        return NightPrice(rules.weekend_price, "weekend")
    return NightPrice(listing.price, "base") if listing.price else None


def _first(*known: int | None) -> int:
    return next(value for value in known if value is not None)
