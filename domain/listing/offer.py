"""All that a host says about a listing, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from domain.booking.policy import FLEXIBLE, CancellationPolicy
from domain.kind import Kind
from domain.listing.facts import Location, Photo
from domain.local_time import is_zone
from domain.money import Money
from domain.refusals import InvalidOffer

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 10_000
LONGEST_LABEL = 40
MOST_UNITS = 1_000
MOST_GUESTS = 1_000
LONGEST_STAY = 730
MOST_AMENITIES = 100
MOST_PHOTOS = 100
LONGEST_URL = 2_000
LONGEST_ALT = 500


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
    amenities: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()

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
        _amenities(self.amenities)
        _photos(self.photos)
        if not is_zone(self.time_zone):
            raise InvalidOffer(field="time_zone", why="is not an IANA time zone")
        self.policy.check()
        if self.location is not None:
            _degrees("location.latitude", self.location.latitude, 90)
            _degrees("location.longitude", self.location.longitude, 180)


def _amenities(amenities: tuple[str, ...]) -> None:
    """Labels, none twice; a comma would part one into two when guests search for it."""
    if len(amenities) > MOST_AMENITIES:
        raise InvalidOffer(field="amenities", why=f"must be at most {MOST_AMENITIES}")
    for number, name in enumerate(amenities):
        field = f"amenities.{number}"
        _length(field, name, 1, LONGEST_LABEL)
        if "," in name or name != name.strip():
            raise InvalidOffer(field=field, why="can't have commas, or blanks around it")
    if len({name.casefold() for name in amenities}) < len(amenities):
        raise InvalidOffer(field="amenities", why="has the same name twice")


def _photos(photos: tuple[Photo, ...]) -> None:
    if len(photos) > MOST_PHOTOS:
        raise InvalidOffer(field="photos", why=f"must be at most {MOST_PHOTOS}")
    for number, photo in enumerate(photos):
        _length(f"photos.{number}.url", photo.url, 1, LONGEST_URL)
        _length(f"photos.{number}.alt", photo.alt, 0, LONGEST_ALT)
        if not photo.url.startswith(("https://", "http://")):
            raise InvalidOffer(field=f"photos.{number}.url", why="must begin with https://")
    if len({photo.url for photo in photos}) < len(photos):
        raise InvalidOffer(field="photos", why="has the same picture twice")


def _length(field: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most or (least and not text.strip()):
        raise InvalidOffer(field=field, why=f"must have {least} to {most} characters")


def _range(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidOffer(field=field, why=f"must be from {least} to {most}")


def _degrees(field: str, angle: float, most: int) -> None:
    if not isfinite(angle) or abs(angle) > most:
        raise InvalidOffer(field=field, why=f"must be from -{most} to {most} degrees")
