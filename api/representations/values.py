"""Money, days, instants and text as clients write and read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
)
from pydantic_core import PydanticCustomError

from domain.currencies import NO_CURRENCY, is_currency
from domain.money import LARGEST_AMOUNT
from domain.money import Money as DomainMoney

EARLIEST_YEAR, LATEST_YEAR = 1900, 9000
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:[Zz]|[+-]\d{2}:\d{2}))?", re.ASCII
)


def _day(given: Any) -> Any:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        raise PydanticCustomError("bad_date", "must be a date such as 2026-11-01")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise PydanticCustomError("bad_date", "there is no such day") from None


def _whole(given: Any) -> Any:
    if isinstance(given, str) and not _WHOLE.fullmatch(given):
        raise PydanticCustomError("int_parsing", "must be a whole number such as 20")
    return given


_LOCAL = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


def _local(given: Any) -> Any:
    if not isinstance(given, str) or not _LOCAL.fullmatch(given):
        raise PydanticCustomError("bad_time", "must be a time such as 2026-11-01T01:30")
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise PydanticCustomError("bad_time", "there is no such time") from None
    # Nearer to the ends of the calendar an offset leads out of it.
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise PydanticCustomError("bad_time", "is too far away")
    return moment


def _instant(given: Any) -> Any:
    # A plus sign that was not escaped in a query arrives as a space.
    text = given.replace(" ", "+") if isinstance(given, str) else ""
    if not _INSTANT.fullmatch(text):
        raise PydanticCustomError("bad_time", "must be a time such as 2026-11-01T15:00:00Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("bad_time", "there is no such time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number in a query: digits, and nothing that only looks like them."""

Day = Annotated[date, BeforeValidator(_day)]
"""``YYYY-MM-DD``, and nothing that only looks like it."""

Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An RFC 3339 time; a bare day is its midnight in UTC."""


LocalTime = Annotated[datetime, BeforeValidator(_local)]
"""A time where the listing is, such as ``2026-11-01T01:30``, or an instant by its offset."""


def not_blank(given: str) -> str:
    """``given``, if there is something to read in it."""
    if not given.strip():
        raise PydanticCustomError("too_short", "must not be blank")
    return given


class Input(BaseModel):
    """A body that a client sends: fields that nobody knows are refused."""

    model_config = ConfigDict(extra="forbid")


class Empty(Input):
    """The body of an action that takes none: ``{}`` or nothing."""


class Reason(Input):
    """Why, in the person's own words."""

    reason: Annotated[str, Field(max_length=1000)] | None = None


def _assigned(code: str) -> str:
    if not is_currency(code):
        raise PydanticCustomError("unknown_currency", NO_CURRENCY)
    return code


Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["SEK"]), AfterValidator(_assigned)]
"""An ISO 4217 code that people pay with."""


class Money(Input):
    """Minor units of an ISO 4217 currency."""

    amount: Annotated[StrictInt, Field(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT, examples=[12345])]
    currency: Currency

    @classmethod
    def of(cls, money: DomainMoney) -> Self:
        """As the domain has it."""
        return cls.model_construct(amount=money.amount, currency=money.currency)

    def to_domain(self) -> DomainMoney:
        """As the domain takes it."""
        return DomainMoney(self.amount, self.currency)


def is_absent(value: object) -> bool:
    """Whether an optional field is left out of an answer."""
    return value is None


def page_of(model: BaseModel) -> bytes:
    """The bytes that every app answers for the same ``model``."""
    return model.model_dump_json(by_alias=True).encode()
