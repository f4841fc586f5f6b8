"""All that a listing charges is in one currency, however it came to be set."""

from __future__ import annotations

from collections.abc import Iterable

from domain.listing.state import Listing
from domain.money import Money
from domain.rules.checking import amounts


def currency_of(listing: Listing) -> str | None:
    """The currency of all that the listing charges; none while it charges nothing."""
    return _first([listing.price]) or currency_beside_price(listing)


def currency_beside_price(listing: Listing) -> str | None:
    """The currency of what the rules and single dates charge."""
    return _first(amount for _, amount in amounts(listing.rules)) or _of_dates(listing)


def currency_beside_rules(listing: Listing) -> str | None:
    """The currency of the price and of single dates."""
    return _first([listing.price]) or _of_dates(listing)


def _of_dates(listing: Listing) -> str | None:
    return _first(each.price for each in listing.overrides)


def _first(amounts: Iterable[Money | None]) -> str | None:
    return next((amount.currency for amount in amounts if amount), None)
