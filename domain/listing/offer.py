"""All that a host says about a listing, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from domain.booking.policy import FLEXIBLE, CancellationPolicy
from domain.kind import Kind
from domain.listing.facts import Location
from domain.local_time import is_zone
from domain.money import Money
from domain.refusals import InvalidOffer

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 10_000
LONGEST_LABEL = 40
MOST_UNITS = 1_000
MOST_GUESTS = 1_000
LONGEST_STAY = 730


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What is offered and on which terms; raises :class:`InvalidOffer` for an impossible value."""

    kind: Kind
    time_zone: str
    title: str
    description: str = ""
    room_type: str | None = None
    location: Location | None = None
    units: int = 1
    max_guests: int = 1
    price: Money | None = None
    minimum_nights: int = 1
    maximum_nights: int = 365
    instant: bool = True
    policy: CancellationPolicy = FLEXIBLE

    def __post_init__(self) -> None:
        _length("title", self.title, 1, LONGEST_TITLE)
        _length("description", self.description, 0, LONGEST_DESCRIPTION)
        if self.room_type is not None:
            _length("room_type", self.room_type, 1, LONGEST_LABEL)
        _range("units", self.units, 1, MOST_UNITS)
        _range("max_guests", self.max_guests, 1, MOST_GUESTS)
        _range("minimum_nights", self.minimum_nights, 1, LONGEST_STAY)
        _range("maximum_nights", self.maximum_nights, self.minimum_nights, LONGEST_STAY)
        if self.price is not None and self.price.amount < 0:
            raise InvalidOffer(field="price", why="can't be negative")
        if not is_zone(self.time_zone):
            raise InvalidOffer(field="time_zone", why="is not an IANA time zone")
        self.policy.check()
        if self.location is not None:
            _degrees("location.latitude", self.location.latitude, 90)
            _degrees("location.longitude", self.location.longitude, 180)


def _length(field: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most or (least and not text.strip()):
        raise InvalidOffer(field=field, why=f"must have {least} to {most} characters")


def _range(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidOffer(field=field, why=f"must be from {least} to {most}")


def _degrees(field: str, angle: float, most: int) -> None:
    if not isfinite(angle) or abs(angle) > most:
        raise InvalidOffer(field=field, why=f"must be from -{most} to {most} degrees")
