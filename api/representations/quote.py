"""What given dates cost, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from api.representations.values import Day, Input, LocalTime, Money
from domain.listing.offer import MOST_GUESTS, MOST_UNITS
from domain.quote.facts import QuoteLine
from domain.quote.state import Quote as DomainQuote
from domain.stay import Stay

Guests = Annotated[StrictInt, Field(ge=1, le=MOST_GUESTS)]
Units = Annotated[StrictInt, Field(ge=1, le=MOST_UNITS)]
Age = Annotated[StrictInt, Field(ge=0, le=130)]


OF_A_SLOT = "Of a listing by the hour; local where it is, unless the time has an offset."


class QuoteBody(Input):
    """Which listing, when and for how many: days of a stay or a rental, times of a slot."""

    listing_id: UUID
    arrive: Day | None = None
    depart: Day | None = None
    starts_at: Annotated[LocalTime | None, Field(description=OF_A_SLOT)] = None
    ends_at: Annotated[LocalTime | None, Field(description=OF_A_SLOT)] = None
    guests: Guests
    ages: Annotated[list[Age], Field(max_length=MOST_GUESTS)] | None = None
    units: Units = 1
    coupon: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _names_one_range(self) -> Self:
        slot = self.starts_at is not None or self.ends_at is not None
        pair = ("starts_at", "ends_at") if slot else ("arrive", "depart")
        for field in pair:
            if getattr(self, field) is None:
                raise _wrong_dates(f"give both {pair[0]} and {pair[1]}", field)
        if slot and (self.arrive is not None or self.depart is not None):
            raise _wrong_dates("give days, or the times of a slot, not both", "starts_at")
        check_coupon(self.coupon)
        return self

    @property
    def stay(self) -> Stay | None:
        """The days, if it is days; raises DatesReversed."""
        return Stay(self.arrive, self.depart) if self.arrive and self.depart else None

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """The times of a slot, if it is one."""
        return (self.starts_at, self.ends_at) if self.starts_at and self.ends_at else None


def _wrong_dates(message: str, field: str) -> PydanticCustomError:
    # The message is never a client's text, but its type asks for a literal.
    return PydanticCustomError("wrong_dates", message, {"field": field})  # type: ignore[arg-type]


def check_coupon(coupon: str | None) -> None:
    """Refuses every code: no promotion has been made yet."""
    if coupon:
        raise PydanticCustomError("unknown_coupon", "there is no such coupon", {"field": "coupon"})


class Line(BaseModel):
    """One amount of a price."""

    kind: str
    description: str
    amount: Money


def lines_of(lines: Iterable[QuoteLine]) -> list[Line]:
    """The lines as clients read them."""
    return [
        Line.model_construct(
            kind=line.kind, description=line.description, amount=Money.of(line.amount)
        )
        for line in lines
    ]


def is_absent(value: object) -> bool:
    """Whether a field is left out of an answer."""
    return value is None


class Price(BaseModel):
    """What a stay costs now, without a promise."""

    listing_id: UUID
    arrive: date
    depart: date
    starts_at: datetime | None = Field(default=None, exclude_if=is_absent)
    ends_at: datetime | None = Field(default=None, exclude_if=is_absent)
    guests: int
    units: int
    lines: list[Line]
    total: Money
    available: Annotated[bool, Field(description="Whether the nights are free at the moment.")]
    expires_at: datetime


class Quote(Price):
    """What a stay costs, pinned until the quote expires."""

    id: UUID

    @classmethod
    def of(cls, quote: DomainQuote, *, available: bool) -> Self:
        """As it was made."""
        return cls.model_construct(
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
            available=available,
            expires_at=quote.expires_at,
        )
