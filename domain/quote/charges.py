"""The lines of nights, extra guests and fees: each an amount times how often it is charged."""

from __future__ import annotations

from domain.listing.state import Listing
from domain.listing.terms import price_on
from domain.quote.asked import Asked
from domain.quote.facts import QuoteLine
from domain.quote.slots import slot_lines
from domain.refusals import ListingIncomplete
from domain.rules.charges import Fee


def nights(listing: Listing, version: int, asked: Asked) -> list[QuoteLine]:
    """A line a night, day or slot length, in their order.

    Raises ListingIncomplete for one without a price.
    """
    if asked.slot:
        return slot_lines(listing, version, asked.slot, asked.units)
    lines: list[QuoteLine] = []
    for night in asked.stay.nights():
        price = price_on(listing, night)
        if price is None:
            raise ListingIncomplete(missing=("price",))
        line = QuoteLine(
            kind="day" if listing.kind == "rental" else "night",
            description=night.isoformat(),
            amount=price.amount * asked.units,
            rule=price.rule,
            rule_version=version,
        )
        lines.append(line)
    return lines


def extra_guests(listing: Listing, version: int, asked: Asked) -> list[QuoteLine]:
    """What the guests beyond those included in the units cost; no line when there are none."""
    rule = listing.rules.extra_guests
    extra = asked.guests - rule.included * asked.units if rule else 0
    if rule is None or extra <= 0:
        return []
    length = asked.length
    line = QuoteLine(
        kind="extra_guests",
        description=f"{_counted(extra, 'extra guest')}, {_counted(length, 'night')}",
        amount=rule.price * (extra * length),
        rule="extra_guests",
        rule_version=version,
    )
    return [line]


def fees(listing: Listing, version: int, asked: Asked) -> list[QuoteLine]:
    """A line for each fee, in the order of the rules."""
    return [
        QuoteLine(
            kind="fee",
            description=fee.name,
            amount=fee.amount * _times(fee, asked),
            rule="fees",
            rule_version=version,
        )
        for fee in listing.rules.fees
    ]


def _times(fee: Fee, asked: Asked) -> int:
    match fee.per:
        case "booking":
            return 1
        case "unit":
            return asked.units
        case "night":
            return asked.unit_nights
        case "guest":
            return asked.guests
        case "guest_night":
            return asked.guests * asked.length


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
