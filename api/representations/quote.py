"""What given dates cost, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from api.representations.values import Money, is_absent
from api.representations.when import ForSomeTime
from domain.listing.offer import MOST_GUESTS, MOST_UNITS
from domain.money import Money as DomainMoney
from domain.quote.facts import QuoteLine
from domain.quote.state import Quote as DomainQuote

Guests = Annotated[StrictInt, Field(ge=1, le=MOST_GUESTS)]
Units = Annotated[StrictInt, Field(ge=1, le=MOST_UNITS)]
Age = Annotated[StrictInt, Field(ge=0, le=130)]


class QuoteBody(ForSomeTime):
    """Which listing, or which booking to change; when and for how many; stays take days."""

    listing_id: UUID | None = None
    booking_id: UUID | None = Field(default=None, description="Instead of a listing: a change.")
    guests: Guests
    ages: Annotated[list[Age], Field(max_length=MOST_GUESTS)] | None = None
    units: Units = 1
    coupon: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _names_one_subject(self) -> Self:
        if (self.listing_id is None) == (self.booking_id is None):
            raise PydanticCustomError(
                "required", "name a listing_id, or a booking_id to change", {"field": "listing_id"}
            )
        return self


class Line(BaseModel):
    """One amount of a price."""

    kind: str
    description: str
    amount: Money


class PriceLine(Line):
    """One amount of a price, and the rule behind it."""

    rule: Annotated[str, Field(description="The part of the listing's rules that says so.")]
    rule_version: Annotated[int, Field(description="The listing's version that says so.")]
    included: Annotated[bool, Field(description="A tax that is in the other lines already.")]
    contained: Annotated[
        Money | None,
        Field(default=None, exclude_if=is_absent, description="Of included: what of them it is."),
    ]


def lines_of(lines: Iterable[QuoteLine]) -> list[PriceLine]:
    """The lines as clients read them."""
    return [
        PriceLine.model_construct(
            kind=line.kind,
            description=line.description,
            amount=Money.of(line.amount),
            rule=line.rule,
            rule_version=line.rule_version,
            included=line.included,
            contained=Money.of(line.contained) if line.contained else None,
        )
        for line in lines
    ]


class Price(BaseModel):
    """What a stay costs now, without a promise."""

    listing_id: UUID
    arrive: date
    depart: date
    starts_at: datetime | None = Field(default=None, exclude_if=is_absent)
    ends_at: datetime | None = Field(default=None, exclude_if=is_absent)
    guests: int
    units: int
    lines: list[PriceLine]
    total: Money
    deposit: Annotated[Money | None, Field(description="Comes back; not part of the total.")]
    available: Annotated[bool, Field(description="Whether the nights are free at the moment.")]
    expires_at: datetime


class Quote(Price):
    """What a stay costs, pinned until the quote expires."""

    id: UUID
    booking_id: UUID | None = Field(default=None, exclude_if=is_absent)
    old_total: Money | None = Field(default=None, exclude_if=is_absent)
    difference: Money | None = Field(
        default=None, exclude_if=is_absent, description="To pay; less than nothing comes back."
    )

    @classmethod
    def of(
        cls, quote: DomainQuote, *, available: bool, old_total: DomainMoney | None = None
    ) -> Self:
        """As it was made; a change is compared with ``old_total``."""
        return cls.model_construct(
            booking_id=quote.booking_id,
            old_total=Money.of(old_total) if old_total else None,
            difference=Money.of(quote.total - old_total) if old_total else None,
            id=quote.quote_id,
            listing_id=quote.listing_id,
            arrive=quote.stay.arrive,
            depart=quote.stay.depart,
            starts_at=quote.slot.starts_at if quote.slot else None,
            ends_at=quote.slot.ends_at if quote.slot else None,
            guests=quote.guests,
            units=quote.units,
            lines=lines_of(quote.lines),
            total=Money.of(quote.total),
            deposit=Money.of(quote.deposit) if quote.deposit else None,
            available=available,
            expires_at=quote.expires_at,
        )
