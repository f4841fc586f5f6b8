"""The shipped file becomes bookings: each row checked and given its ids."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, TextIO, cast, get_args
from uuid import UUID, uuid5

from domain.booking.facts import BookingImported
from domain.booking.policy import FLEXIBLE, MODERATE, NON_REFUNDABLE, CancellationPolicy
from domain.money import Money
from domain.refusals import NoGuests, Refusal
from domain.stay import Stay

SOURCE = "Antonio, Almeida and Nunes, Hotel booking demand datasets (2019)"
COLUMNS = (
    *("booking_no", "hotel", "booked_on", "arrival", "departure", "adults", "children", "babies"),
    *("meal", "market_segment", "room_type_reserved", "room_type_assigned", "changes"),
    *("deposit_type", "customer_type", "average_daily_rate", "special_requests"),
    *("final_status", "final_status_on"),
)
POLICIES = {"No Deposit": FLEXIBLE, "Refundable": MODERATE, "Non Refund": NON_REFUNDABLE}
"""What a deposit meant for a guest who cancelled: nothing lost, some of it, or all."""

HOTELS = frozenset({"Resort Hotel", "City Hotel"})
LONGEST_TYPE = 20
CURRENCY = "EUR"
UNKNOWN = "NA"
NAMESPACE = UUID("3c1f9a52-8c1d-5d0e-9a39-0b6f4d8e7a10")
"""Ids derive from the file's own numbers under this name, so that a repeat finds its own."""

Ending = Literal["Check-Out", "Canceled", "No-Show"]


@dataclass(frozen=True, kw_only=True)
class HotelBooking:
    """One row, ready to be lived through."""

    number: int
    room: tuple[str, str]
    booked_on: date
    stay: Stay
    guests: int
    paid: Money
    policy: CancellationPolicy
    ending: Ending
    ended_on: date
    imported: BookingImported
    fingerprint: bytes

    def id(self, what: str = "booking") -> UUID:
        """The id of the booking, or of what belongs to it."""
        return id_of(f"{what}:{self.number}")


@dataclass(frozen=True)
class RefusedRow:
    """A row that is not lived through, or not to its end, and why.

    ``room`` is its hotel and the type reserved, ``ending`` its final status.
    """

    row: str
    room: tuple[str, str]
    ending: str
    reason: str


def id_of(name: str) -> UUID:
    """The id of what the import calls ``name``."""
    return uuid5(NAMESPACE, name)


def read_bookings(path: Path) -> Iterator[HotelBooking | RefusedRow]:
    """Every row of the file; lines that begin with ``#`` before the header are attribution.

    A name that ends in ``.gz`` is decompressed. Raises OSError, EOFError, and ValueError when the
    file's columns are others.
    """
    with _opened(path) as file:
        rows = csv.DictReader(_behind_comments(file))
        if missing := set(COLUMNS) - set(rows.fieldnames or ()):
            raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
        for row in rows:
            yield parse(row)


def parse(row: Mapping[str, str | None]) -> HotelBooking | RefusedRow:
    """The booking that ``row`` tells of, or why it is none."""
    try:
        return _booking({name: row.get(name) or "" for name in COLUMNS})
    except (ValueError, Refusal) as error:
        room = (row.get("hotel") or "?", row.get("room_type_reserved") or "?")
        number, ending = row.get("booking_no") or "?", row.get("final_status") or "?"
        return RefusedRow(number, room, ending, str(error))


def _booking(row: Mapping[str, str]) -> HotelBooking:
    if not row["booking_no"].isdecimal():
        raise ValueError("booking_no must be a number")
    stay = Stay(date.fromisoformat(row["arrival"]), date.fromisoformat(row["departure"]))
    imported = _imported(row)
    guests = imported.adults + (imported.children or 0) + imported.babies
    if guests < 1:
        raise NoGuests
    booked_on = date.fromisoformat(row["booked_on"])
    ended_on = date.fromisoformat(row["final_status_on"])
    if ended_on < booked_on:
        raise ValueError("final_status_on must not be before booked_on")
    told = "\0".join(row[name] for name in COLUMNS)
    return HotelBooking(
        number=int(row["booking_no"]),
        room=(row["hotel"], row["room_type_reserved"]),
        booked_on=booked_on,
        stay=stay,
        guests=guests,
        paid=_paid(row["average_daily_rate"], stay.length),
        policy=_one_of(POLICIES, row["deposit_type"], "deposit_type"),
        ending=_ending(row["final_status"]),
        ended_on=ended_on,
        imported=imported,
        fingerprint=hashlib.sha256(told.encode()).digest(),
    )


def _imported(row: Mapping[str, str]) -> BookingImported:
    if row["hotel"] not in HOTELS:
        raise ValueError(f"no such hotel: {row['hotel']!r}")
    if not 1 <= len(row["room_type_reserved"]) <= LONGEST_TYPE:
        raise ValueError(f"room_type_reserved must have 1 to {LONGEST_TYPE} characters")
    return BookingImported(
        source=SOURCE,
        reference=row["booking_no"],
        room_reserved=row["room_type_reserved"],
        room_assigned=row["room_type_assigned"],
        changes=_count(row["changes"]),
        adults=_count(row["adults"]),
        children=None if row["children"] == UNKNOWN else _count(row["children"]),
        babies=_count(row["babies"]),
        meal=row["meal"],
        market_segment=row["market_segment"],
        customer_type=row["customer_type"],
        deposit=row["deposit_type"],
        special_requests=_count(row["special_requests"]),
    )


def _paid(rate: str, nights: int) -> Money:
    """The rate of one night times ``nights``, rounded half to even, once."""
    try:
        exact = Decimal(rate) * nights * 100
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise ValueError("average_daily_rate must be a number")
    if exact < 0:
        raise ValueError("average_daily_rate can't be negative")
    return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), CURRENCY)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _ending(text: str) -> Ending:
    if text not in get_args(Ending):
        raise ValueError(f"no such final_status: {text!r}")
    return cast("Ending", text)


def _one_of(known: Mapping[str, CancellationPolicy], text: str, column: str) -> CancellationPolicy:
    if text not in known:
        raise ValueError(f"no such {column}: {text!r}")
    return known[text]


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _behind_comments(lines: Iterable[str]) -> Iterator[str]:
    unread = iter(lines)
    for line in unread:
        if not line.startswith("#"):
            yield line
            break
    yield from unread
