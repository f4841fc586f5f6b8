"""What a listing asks of stays and charges for them, as the numbers that ``stay.painless`` reads.

All are whole numbers of eight bytes, the greatest first, in the order in which they stand here;
-1 is none, and weekdays are bits. Whoever changes the one changes the other: a test compares what
the script makes of these numbers with what the domain makes of the listing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from struct import pack

from domain.listing.state import Listing
from domain.money import Money
from domain.rules.charges import Fee, Per, Tax, TaxedLine
from domain.rules.document import Rules, Season

EPOCH = date(1970, 1, 1)
PER: tuple[Per, ...] = ("booking", "unit", "night", "guest", "guest_night")
KINDS: tuple[TaxedLine, ...] = (
    "night",
    "extra_guests",
    "discount",
    "fee",
    "coupon",
    "service_fee",
)
MOST_DAYS = 10_000
BASES = ("percent", "night", "guest_night")


def tariff(listing: Listing) -> bytes:
    """The numbers of ``listing``; those of a listing without a price have no base."""
    numbers = list(_numbers(_by_the_slot(listing) if listing.kind == "slot" else listing))
    return pack(f">{len(numbers)}q", *numbers)


def _by_the_slot(listing: Listing) -> Listing:
    """As if days cost nothing and any number were taken, with the price of a slot as a fee.

    Dates of a listing by the hour are when to look for a slot: its total is what one costs.
    """
    fee = Fee(name="slot", amount=listing.price, per="unit") if listing.price else None
    return replace(
        listing,
        price=Money.zero(listing.price.currency) if listing.price else None,
        minimum_nights=1,
        maximum_nights=MOST_DAYS,
        rules=Rules(horizon_days=listing.rules.horizon_days, fees=(fee,) if fee else ()),
        overrides=(),
    )


def days(day: date) -> int:
    """How many days ``day`` is after the first of 1970."""
    return (day - EPOCH).days


def _numbers(listing: Listing) -> Iterator[int]:
    rules = listing.rules
    extra = rules.extra_guests
    added = [tax for tax in rules.taxes if not tax.included]
    yield _amount(listing.price)
    yield _amount(rules.weekend_price or listing.price)
    yield from (listing.units, listing.max_guests)
    yield from (listing.minimum_nights, listing.maximum_nights)
    yield from (rules.horizon_days, rules.notice_hours)
    yield from (_bits(rules.arrival_days), _bits(rules.departure_days), _bits(rules.weekend_days))
    yield rules.schedule.check_in.hour * 60 + rules.schedule.check_in.minute
    yield from (extra.included, extra.price.amount) if extra else (-1, 0)
    yield from (int(rules.discounts_stack), rules.service_fee)
    yield len(rules.seasons)
    yield len(rules.length_discounts)
    yield len(rules.early_bird)
    yield len(rules.last_minute)
    yield len(rules.fees)
    yield len(added)
    yield len(listing.overrides)
    for season in rules.seasons:
        yield from _season(season)
    for discount in rules.length_discounts:
        yield from (discount.nights, discount.share)
    for tier in (*rules.early_bird, *rules.last_minute):
        yield from (tier.days, tier.share)
    for fee in rules.fees:
        yield from (fee.amount.amount, PER.index(fee.per))
    for tax in added:
        yield from _tax(tax)
    for own in listing.overrides:
        yield from (days(own.start), days(own.end), _amount(own.price))
        yield from (_or_none(own.minimum_nights), int(own.closed))


def _season(season: Season) -> Iterator[int]:
    yield from (days(season.start), days(season.end))
    yield from (_amount(season.price), _amount(season.weekend_price))
    yield from (_or_none(season.minimum_nights), _or_none(season.maximum_nights))
    yield _bits(season.arrival_days) if season.arrival_days else -1
    yield _bits(season.departure_days) if season.departure_days else -1
    yield _or_none(season.notice_hours)


def _tax(tax: Tax) -> Iterator[int]:
    yield BASES.index(tax.basis)
    yield tax.share
    yield sum(1 << KINDS.index(kind) for kind in set(tax.on))
    yield tax.amount.amount if tax.amount else 0
    yield _or_none(tax.maximum_nights)


def _amount(money: Money | None) -> int:
    return money.amount if money else -1


def _or_none(number: int | None) -> int:
    return number if number is not None else -1


def _bits(weekdays: Iterable[int]) -> int:
    return sum(1 << day for day in set(weekdays))
