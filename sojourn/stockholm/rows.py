"""The shipped file becomes listings: each row checked, folded and given its ids."""

from __future__ import annotations

import csv
import hashlib
import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from uuid import UUID, uuid5

from domain.listing.facts import ListingImported, Location
from domain.listing.offer import Offer
from domain.money import Money
from domain.refusals import Refusal

SOURCE = "Inside Airbnb, Stockholm, late 2024"
COLUMNS = (
    *("listing_no", "host_no", "title", "neighbourhood", "latitude", "longitude", "room_type"),
    *("nightly_price_sek", "minimum_nights", "number_of_reviews", "last_review"),
    "availability_365",
)
MAX_GUESTS = {"Entire home/apt": 4, "Private room": 2, "Shared room": 1, "Hotel room": 2}
"""The data does not say how many guests fit, so the room type does."""

NAMESPACE = UUID("7b0d1f5e-2f0c-5c55-9a55-6f2a3e1c8d47")
"""Ids derive from the file's own numbers under this name, so that a repeat finds its own."""


@dataclass(frozen=True, kw_only=True)
class StockholmListing:
    """One row, ready to be asked for as commands."""

    number: str
    host_number: str
    offer: Offer
    imported: ListingImported
    fingerprint: bytes

    @property
    def id(self) -> UUID:
        """The listing's id."""
        return uuid5(NAMESPACE, f"listing:{self.number}")

    @property
    def host_id(self) -> UUID:
        """Its host's id."""
        return host_id(self.host_number)


@dataclass(frozen=True)
class BadRow:
    """A row that is no listing, and why."""

    row: str
    reason: str


def host_id(number: str) -> UUID:
    """The id of the host with this number in the file."""
    return uuid5(NAMESPACE, f"host:{number}")


def read_listings(path: Path) -> Iterator[StockholmListing | BadRow]:
    """Every row of the file; lines that begin with ``#`` before the header are attribution.

    Raises OSError, and ValueError when the file's columns are others.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(_behind_comments(file))
        if missing := set(COLUMNS) - set(rows.fieldnames or ()):
            raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
        for row in rows:
            yield parse(row)


def parse(row: Mapping[str, str | None]) -> StockholmListing | BadRow:
    """The listing that ``row`` tells of, or why it is none."""
    try:
        return _listing({name: row.get(name) or "" for name in COLUMNS})
    except (ValueError, InvalidOperation, Refusal, KeyError) as error:
        reason = f"no such room type: {error}" if isinstance(error, KeyError) else str(error)
        return BadRow(row.get("listing_no") or "?", reason)


def _listing(row: Mapping[str, str]) -> StockholmListing:
    if not row["listing_no"].isdecimal() or not row["host_no"].isdecimal():
        raise ValueError("listing_no and host_no must be numbers")
    minimum = int(row["minimum_nights"])
    price = row["nightly_price_sek"]
    offer = Offer(
        kind="stay",
        time_zone="Europe/Stockholm",
        title=fold(row["title"]),
        room_type=row["room_type"],
        max_guests=MAX_GUESTS[row["room_type"]],
        location=Location(
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            neighbourhood=fold(row["neighbourhood"]) or None,
            city="Stockholm",
            country="SE",
        ),
        price=Money(int(Decimal(price) * 100), "SEK") if price else None,
        minimum_nights=minimum,
        maximum_nights=max(minimum, 365),
    )
    imported = ListingImported(
        source=SOURCE,
        reference=row["listing_no"],
        number_of_reviews=int(row["number_of_reviews"]),
        last_review=row["last_review"] or None,
        availability_365=int(row["availability_365"]),
    )
    told = "\0".join(row[name] for name in COLUMNS)
    return StockholmListing(
        number=row["listing_no"],
        host_number=row["host_no"],
        offer=offer,
        imported=imported,
        fingerprint=hashlib.sha256(told.encode()).digest(),
    )


def fold(text: str) -> str:
    """``text`` with HTML entities read and every run of white space as one blank."""
    return " ".join(html.unescape(text).split())


def _behind_comments(lines: Iterable[str]) -> Iterator[str]:
    unread = iter(lines)
    for line in unread:
        if not line.startswith("#"):
            yield line
            break
    yield from unread
