"""What a guest asks a search for, and where the next page of its answer begins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import msgspec

from domain.kind import Kind
from domain.stay import Stay

Sort = Literal["relevance", "price", "distance", "newest", "rating"]


@dataclass(frozen=True)
class Near:
    """A place, in degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """A map's window in degrees; crosses the date line when ``west`` is greater than ``east``."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Degrees of longitude from edge to edge."""
        return (self.east - self.west) % 360 or 360.0


@dataclass(frozen=True)
class Cursor:
    """The last item of a page, by what it was sorted by and its id."""

    sort: Sort
    value: float | int
    id: str

    def encode(self) -> str:
        """As text; see :meth:`decode`."""
        return msgspec.json.encode((self.sort, self.value, self.id)).decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """The cursor that :meth:`encode` wrote; raises ValueError when ``text`` is none."""
        try:
            sort, value, identity = msgspec.json.decode(text, type=tuple[Sort, int | float, str])
        except msgspec.MsgspecError as error:
            raise ValueError("not a cursor") from error
        if not math.isfinite(value) or abs(value) >= 2**63 or "\x00" in identity:
            raise ValueError("not a cursor")
        return cls(sort, value, identity)


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """A search; what is none is not asked for.

    ``price_min`` and ``price_max`` are minor units of ``currency``: of the whole stay when there
    is one, else of a night. ``radius_km`` is around ``near``. What suits has all ``amenities``.
    Raises ValueError when it makes no sense: a sort by distance from nowhere, or a cursor of
    another sort.
    """

    q: str | None = None
    near: Near | None = None
    radius_km: float | None = None
    box: Box | None = None
    stay: Stay | None = None
    guests: int | None = None
    price_min: int | None = None
    price_max: int | None = None
    currency: str | None = None
    room_type: str | None = None
    amenities: tuple[str, ...] = ()
    kind: Kind | None = None
    instant: bool | None = None
    sort: Sort | None = None
    limit: int = 20
    cursor: Cursor | None = None
    clusters: bool = False

    def __post_init__(self) -> None:
        if self.sort == "distance" and self.near is None:
            raise ValueError("sorting by distance needs a place to be near to")
        if self.radius_km is not None and self.near is None:
            raise ValueError("a radius needs a place to be near to")
        if self.cursor and self.cursor.sort != self.order:
            raise ValueError("the cursor belongs to another order")

    @property
    def order(self) -> Sort:
        """The sort that was asked for, or the natural one: relevance to words, then distance."""
        if self.sort and not (self.sort == "relevance" and not self.q):
            return self.sort
        if self.q:
            return "relevance"
        return "distance" if self.near else "newest"
