"""What a host may ask and charge, always and on single dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from domain.listing.currency import currency_beside_rules, currency_of
from domain.listing.facts import ListingEvent
from domain.listing.state import Listing
from domain.local_time import local_date
from domain.money import Money
from domain.refusals import CurrencyMismatch, InvalidOffer, ListingArchived
from domain.rules.checking import LONGEST_STAY, check_rules_document
from domain.rules.dates import DateOverride, by_date, override_of
from domain.rules.document import Rules
from domain.rules.facts import DatesChanged, RulesSet

MOST_NIGHTS = 3_660
"""How many nights one change may set, and how far ahead they may lie."""

Field = Literal["price", "minimum_nights", "closed"]


@dataclass(frozen=True, kw_only=True)
class DatesChange:
    """From ``start`` up to ``end``, the fields that are ``given`` are set; none resets one."""

    start: date
    end: date
    given: frozenset[Field]
    price: Money | None = None
    minimum_nights: int | None = None
    closed: bool = False


def set_rules(listing: Listing, rules: Rules) -> list[ListingEvent]:
    """The listing asks and charges what ``rules`` say; it does already, nothing happens.

    Raises ListingArchived, and InvalidOffer or CurrencyMismatch for rules that can't be.
    """
    if listing.status == "archived":
        raise ListingArchived(listing_id=listing.id)
    check_rules_document(rules, currency_beside_rules(listing))
    return [] if rules == listing.rules else [RulesSet(rules=rules)]


def change_dates(
    listing: Listing, changes: Sequence[DatesChange], now: datetime
) -> list[ListingEvent]:
    """All of ``changes``, the later over the earlier; nothing new, nothing happens.

    Raises ListingArchived; InvalidOffer with the dotted name of a field that can't be;
    CurrencyMismatch for a price in another currency than the listing's.
    """
    if listing.status == "archived":
        raise ListingArchived(listing_id=listing.id)
    today = local_date(now, listing.time_zone)
    _check(listing, changes, today)
    set_now: dict[date, DateOverride] = {}
    for change in changes:
        new = {field: getattr(change, field) for field in change.given}
        for number in range((change.end - change.start).days):
            day = change.start + timedelta(days=number)
            before = set_now.get(day) or _set_for(listing, day)
            set_now[day] = replace(before, **new)
    news = [
        (day, set_now[day])
        for day in sorted(set_now)
        if set_now[day].says != _set_for(listing, day).says
    ]
    return [DatesChanged(on=today, overrides=by_date(news))] if news else []


def _set_for(listing: Listing, day: date) -> DateOverride:
    return override_of(listing.overrides, day) or DateOverride(start=day, end=day)


def _check(listing: Listing, changes: Sequence[DatesChange], today: date) -> None:
    currency = currency_of(listing)
    last = today + timedelta(days=MOST_NIGHTS)
    nights = 0
    for number, change in enumerate(changes):
        field = f"changes.{number}"
        if change.start < today:
            raise InvalidOffer(field=f"{field}.from", why=f"is past; the earliest is {today}")
        if change.end <= change.start:
            raise InvalidOffer(field=f"{field}.to", why=f"must be after {change.start}")
        if change.end > last:
            raise InvalidOffer(field=f"{field}.to", why=f"is too far ahead; the last is {last}")
        nights += (change.end - change.start).days
        minimum = change.minimum_nights
        if minimum is not None and not 1 <= minimum <= LONGEST_STAY:
            raise InvalidOffer(
                field=f"{field}.minimum_nights", why=f"must be from 1 to {LONGEST_STAY}"
            )
        if change.price is not None:
            if change.price.amount < 0:
                raise InvalidOffer(field=f"{field}.price", why="can't be negative")
            currency = currency or change.price.currency
            if change.price.currency != currency:
                raise CurrencyMismatch(expected=currency, given=change.price.currency)
    if nights > MOST_NIGHTS:
        raise InvalidOffer(field="changes", why=f"may set {MOST_NIGHTS} nights at once, not more")
