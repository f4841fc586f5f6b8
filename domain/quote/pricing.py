"""What a stay costs: lines in one fixed order, which add up to the total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.listing.state import Listing
from domain.local_time import local_date
from domain.money import Money, total
from domain.quote.asked import Asked
from domain.quote.charges import extra_guests, fees, nights
from domain.quote.discounts import discounts, percent
from domain.quote.facts import QuoteLine
from domain.quote.taxes import taxes


@dataclass(frozen=True, kw_only=True)
class Price:
    """The lines of a price, which add up to its total; the deposit is not part of it."""

    lines: tuple[QuoteLine, ...]
    total: Money
    deposit: Money | None = None


def price(listing: Listing, version: int, asked: Asked, now: datetime) -> Price:
    """The price under the rules of ``listing`` at stream ``version``, for who asks at ``now``.

    The order is nights, extra guests, discounts, fees, service fee, taxes. Each line is rounded
    once, half to even. Raises ListingIncomplete without a price, CurrencyMismatch and
    AmountTooLarge.
    """
    rules = listing.rules
    days_ahead = (asked.stay.arrive - local_date(now, listing.time_zone)).days
    lines = nights(listing, version, asked)
    currency = lines[0].amount.currency
    of_nights = total([line.amount for line in lines], currency)
    lines += extra_guests(listing, version, asked)
    lines += discounts(rules, version, asked, days_ahead, of_nights)
    lines += fees(listing, version, asked)
    lines += _service_fee(rules.service_fee, version, lines, currency)
    lines += taxes(rules, version, asked, lines)
    return Price(
        lines=tuple(lines),
        total=total([line.amount for line in lines], currency),
        deposit=rules.deposit,
    )


def _service_fee(
    share: int, version: int, lines: list[QuoteLine], currency: str
) -> list[QuoteLine]:
    """The platform's share of all ``lines`` before it; no line when it takes none."""
    if not share:
        return []
    line = QuoteLine(
        kind="service_fee",
        description=f"service fee, {percent(share)}",
        amount=total([line.amount for line in lines], currency).share(share),
        rule="service_fee",
        rule_version=version,
    )
    return [line]
