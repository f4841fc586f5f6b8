"""What can happen to a quote: it is made, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.money import Money
from domain.slot import Slot
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    """One amount of a price, and the rule and its version behind it.

    A tax that is ``included`` in the prices adds nothing; ``contained`` is what of them it is.
    """

    kind: str
    description: str
    amount: Money
    rule: str
    rule_version: int
    included: bool = False
    contained: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A guest was told what a stay costs, until an instant; the deposit comes back.

    For a listing by the hour it is of ``slot``, and ``stay`` is the local days it touches. The
    price was made from ``ages`` and ``quoted_at`` too, which the oldest quotes lack. With a
    ``booking_id`` it is what that booking would cost instead.
    """

    quote_id: UUID
    listing_id: UUID
    guest_id: UUID
    stay: Stay
    guests: int
    units: int
    lines: tuple[QuoteLine, ...]
    total: Money
    expires_at: datetime
    ages: tuple[int, ...] | None = None
    deposit: Money | None = None
    quoted_at: datetime | None = None
    booking_id: UUID | None = None
    promotion_id: UUID | None = None
    slot: Slot | None = None


QuoteEvent = Quoted
