"""Days of a stay or a rental, or the times of a slot: one pair that a client names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.representations.values import Day, Input, LocalTime
from domain.slot import Times
from domain.stay import Stay


class WrongPair(ValueError):
    """The message says which pair to give; ``field`` is to blame."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class When:
    """One pair of the two; raises WrongPair for none, half of one, or both."""

    arrive: date | None
    depart: date | None
    starts_at: datetime | None
    ends_at: datetime | None

    def __post_init__(self) -> None:
        by_times = self.starts_at is not None or self.ends_at is not None
        pair = ("starts_at", "ends_at") if by_times else ("arrive", "depart")
        for field in pair:
            if getattr(self, field) is None:
                raise WrongPair(field, f"give both {pair[0]} and {pair[1]}")
        if by_times and (self.arrive is not None or self.depart is not None):
            raise WrongPair("starts_at", "give days, or the times of a slot, not both")

    @property
    def stay(self) -> Stay | None:
        """The days, if it is days; raises DatesReversed."""
        return Stay(self.arrive, self.depart) if self.arrive and self.depart else None

    @property
    def times(self) -> Times | None:
        """The times of a slot, if it is one."""
        return (self.starts_at, self.ends_at) if self.starts_at and self.ends_at else None


OF_A_SLOT = "Of a listing by the hour; local where it is, unless the time has an offset."


class ForSomeTime(Input):
    """A body that names days, or the times of a slot."""

    arrive: Day | None = None
    depart: Day | None = None
    starts_at: Annotated[LocalTime | None, Field(description=OF_A_SLOT)] = None
    ends_at: Annotated[LocalTime | None, Field(description=OF_A_SLOT)] = None

    @model_validator(mode="after")
    def _names_one_range(self) -> Self:
        try:
            self.when()
        except WrongPair as wrong:
            # Its type asks for a literal, lest a client's text be formatted: this one is ours.
            raise PydanticCustomError("wrong_dates", str(wrong), {"field": wrong.field}) from None  # type: ignore[arg-type]
        return self

    def when(self) -> When:
        """The days or the times that are asked for."""
        return When(
            arrive=self.arrive, depart=self.depart, starts_at=self.starts_at, ends_at=self.ends_at
        )
