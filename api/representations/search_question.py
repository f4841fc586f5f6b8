"""A search as guests ask it."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from api.representations.values import Currency, Day, Whole
from domain.kind import Kind
from domain.listing.offer import LONGEST_LABEL, MOST_GUESTS
from domain.money import LARGEST_AMOUNT
from domain.stay import Stay
from projections.listing_search.criteria import Box, Criteria, Cursor, Near, Sort

_DECIMAL = re.compile(r"\s*[+-]?\d{1,3}(?:\.\d*)?(?:[eE][+-]?\d{1,3})?\s*", re.ASCII)
Amount = Annotated[Whole, Field(ge=0, le=LARGEST_AMOUNT)]


def degrees(text: str, limits: tuple[float, ...]) -> list[float]:
    """The comma-separated numbers of ``text``, each within its limit; ValueError otherwise."""
    parts = text.split(",")
    if len(parts) != len(limits) or not all(map(_DECIMAL.fullmatch, parts)):
        raise ValueError("not so many numbers")
    numbers = [float(part) for part in parts]
    if any(abs(number) > limit for number, limit in zip(numbers, limits, strict=True)):
        raise ValueError("not degrees")
    return numbers


class SearchQuestion(BaseModel):
    """What a guest looks for; what is left out is not asked for."""

    q: Annotated[StrictStr, Field(max_length=200)] | None = None
    near: Annotated[str | None, Field(description="`latitude,longitude`", max_length=100)] = None
    radius_km: Annotated[float, Field(gt=0, le=20_100, allow_inf_nan=False)] | None = None
    bbox: Annotated[str | None, Field(description="`west,south,east,north`", max_length=200)] = None
    arrive: Day | None = None
    depart: Day | None = None
    guests: Annotated[Whole, Field(ge=1, le=MOST_GUESTS)] | None = None
    price_min: Amount | None = None
    price_max: Amount | None = None
    currency: Currency | None = None
    room_type: Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)] | None = None
    kind: Kind | None = None
    amenities: Annotated[
        str | None, Field(description="Comma-separated; listings have all.", max_length=1000)
    ] = None
    instant: bool | None = None
    sort: Sort | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.arrive is None) != (self.depart is None):
            missing = "arrive" if self.arrive is None else "depart"
            raise PydanticCustomError(
                "wrong_dates", "give both arrive and depart, or neither", {"field": missing}
            )
        if (self.price_min or 0) > (LARGEST_AMOUNT if self.price_max is None else self.price_max):
            raise PydanticCustomError(
                "bad_range", "price_min is more than price_max", {"field": "price_min"}
            )
        return self

    def names(self) -> tuple[str, ...]:
        """``amenities``, each by itself."""
        parts = (part.strip() for part in (self.amenities or "").split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def place(self) -> Near | None:
        """``near``, parsed; ValueError when it can't be."""
        return Near(*degrees(self.near, (90, 180))) if self.near is not None else None

    def window(self) -> Box | None:
        """``bbox``, parsed; ValueError when it can't be."""
        if self.bbox is None:
            return None
        west, south, east, north = degrees(self.bbox, (180, 90, 180, 90))
        if south > north:
            raise ValueError("south of north")
        return Box(west, south, east, north)

    def criteria(
        self, near: Near | None, box: Box | None, limit: int, cursor: Cursor | None
    ) -> Criteria:
        """As the read model takes it; raises DatesReversed, and ValueError for nonsense."""
        stay = Stay(self.arrive, self.depart) if self.arrive and self.depart else None
        return Criteria(
            q=(self.q or "").strip() or None,
            near=near,
            radius_km=self.radius_km,
            box=box,
            stay=stay,
            guests=self.guests,
            price_min=self.price_min,
            price_max=self.price_max,
            currency=self.currency,
            room_type=self.room_type,
            amenities=self.names(),
            kind=self.kind,
            instant=self.instant,
            sort=self.sort,
            limit=limit,
            cursor=cursor,
            clusters=box is not None,
        )
