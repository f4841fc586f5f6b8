"""A price that was paid elsewhere becomes a quote, so that a booking can be made from it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.listing.state import Listing
from domain.money import Money
from domain.quote.decisions import VALID_FOR, check_rules
from domain.quote.facts import Quoted, QuoteEvent, QuoteLine
from domain.stay import Stay

RULE = "imported"
"""The rule behind each line: the price was not ours to make."""


def quote_imported(
    listing: Listing,
    version: int,
    *,
    quote_id: UUID,
    guest_id: UUID,
    stay: Stay,
    guests: int,
    paid: Money,
    now: datetime,
) -> list[QuoteEvent]:
    """Pin ``paid`` as the price of the whole stay in one unit, a line a night.

    Raises the refusal of a rule that the stay breaks.
    """
    check_rules(listing, stay, guests, 1, now)
    lines = tuple(
        QuoteLine(
            kind="night",
            description=night.isoformat(),
            amount=amount,
            rule=RULE,
            rule_version=version,
        )
        for night, amount in zip(stay.nights(), evenly(paid, stay.length), strict=True)
    )
    return [
        Quoted(
            quote_id=quote_id,
            listing_id=listing.id,
            guest_id=guest_id,
            stay=stay,
            guests=guests,
            units=1,
            lines=lines,
            total=paid,
            expires_at=now + VALID_FOR,
            quoted_at=now,
        )
    ]


def evenly(amount: Money, parts: int) -> list[Money]:
    """``amount`` in ``parts`` that add up to it and differ by one minor unit at most.

    The larger ones come first.
    """
    each, rest = divmod(amount.amount, parts)
    return [Money(each + (part < rest), amount.currency) for part in range(parts)]
