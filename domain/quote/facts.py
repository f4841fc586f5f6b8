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
    """One amount of a price, and the rule and its version behind it."""

    kind: str
    description: str
    amount: Money
    rule: str
    rule_version: int


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A guest was told what a stay costs, until an instant.

    For a listing by the hour that is ``slot``, and ``stay`` the local days it touches.
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
    slot: Slot | None = None


QuoteEvent = Quoted
