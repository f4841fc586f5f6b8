"""Every row of the shipped bookings is read as the rules say, or refused with its reason."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from domain.booking.policy import FLEXIBLE, MODERATE, NON_REFUNDABLE
from domain.money import Money
from sojourn.hotels.importing import shipped_file
from sojourn.hotels.rows import COLUMNS, HotelBooking, RefusedRow, parse, read_bookings

DIGEST = "aa2d960edddfda1efe268661215a574c5ecf93178f33df011b80b137f70dd8ca"
"""SHA-256 of the data itself, without the lines of attribution."""

ROW = {
    "booking_no": "7",
    "hotel": "Resort Hotel",
    "booked_on": "2015-06-01",
    "arrival": "2015-07-01",
    "departure": "2015-07-04",
    "adults": "2",
    "children": "1",
    "babies": "0",
    "meal": "BB",
    "market_segment": "Direct",
    "room_type_reserved": "A",
    "room_type_assigned": "C",
    "changes": "3",
    "deposit_type": "No Deposit",
    "customer_type": "Transient",
    "average_daily_rate": "75.5",
    "special_requests": "1",
    "final_status": "Check-Out",
    "final_status_on": "2015-07-04",
}


@pytest.fixture(scope="module")
def rows() -> list[HotelBooking | RefusedRow]:
    return list(read_bookings(shipped_file()))


def parsed(**changes: str) -> HotelBooking:
    booking = parse(ROW | changes)
    assert isinstance(booking, HotelBooking), booking
    return booking


def test_the_shipped_file_is_the_published_one_behind_its_attribution() -> None:
    lines = gzip.decompress(shipped_file().read_bytes()).splitlines(keepends=True)
    attribution = [line for line in lines if line.startswith(b"#")]
    assert b"Hotel booking demand datasets" in attribution[0]
    assert b"CC BY 4.0" in attribution[0]
    assert hashlib.sha256(b"".join(lines[len(attribution) :])).hexdigest() == DIGEST


def test_all_rows_are_told_apart(rows: list[HotelBooking | RefusedRow]) -> None:
    bookings = [row for row in rows if isinstance(row, HotelBooking)]
    assert (len(rows), len(bookings)) == (14_938, 14_836)
    assert len({booking.id() for booking in bookings}) == 14_836
    assert len({booking.fingerprint for booking in bookings}) == 14_836


def test_rows_that_look_alike_are_bookings_of_their_own() -> None:
    with gzip.open(shipped_file(), "rt", encoding="utf-8") as file:
        said = Counter(
            line.partition(",")[2] for line in file if not line.startswith(("#", "booking_no"))
        )
    assert said.total() == 14_938
    assert said.total() - len(said) == 4_861


def test_the_data_reaches_its_extremes(rows: list[HotelBooking | RefusedRow]) -> None:
    bookings = [row for row in rows if isinstance(row, HotelBooking)]
    assert max(booking.guests for booking in bookings) == 55
    assert max(booking.stay.length for booking in bookings) == 56
    assert max((b.stay.depart - b.booked_on).days for b in bookings) == 737
    assert sum(not booking.paid.amount for booking in bookings) == 209
    assert sum(booking.imported.changes > 0 for booking in bookings) == 2_222
    assert {booking.imported.children for booking in bookings} == {None, 0, 1, 2, 3, 10}


def test_what_the_file_says_is_kept() -> None:
    imported = parsed().imported
    assert (imported.reference, imported.changes) == ("7", 3)
    assert (imported.room_reserved, imported.room_assigned) == ("A", "C")
    assert (imported.adults, imported.children, imported.babies) == (2, 1, 0)
    assert parsed(children="NA").imported.children is None
    assert (parsed().guests, parsed(children="NA").guests) == (3, 2)
    assert parsed().ended_on == date(2015, 7, 4)


@pytest.mark.parametrize(
    ("rate", "cents"),
    [("75.5", 22_650), ("0", 0), ("33.335", 10_000), ("33.345", 10_004), ("0.005", 2)],
    ids=[
        "three nights at 75.50",
        "nothing",
        "100.005 is rounded to the even cent below",
        "100.035 is rounded to the even cent above",
        "rounding comes once, after the nights",
    ],
)
def test_the_total_is_the_rate_times_the_nights(rate: str, cents: int) -> None:
    assert parsed(average_daily_rate=rate).paid == Money(cents, "EUR")


def test_a_deposit_says_what_a_guest_who_cancels_loses() -> None:
    assert parsed(deposit_type="No Deposit").policy == FLEXIBLE
    assert parsed(deposit_type="Refundable").policy == MODERATE
    assert parsed(deposit_type="Non Refund").policy == NON_REFUNDABLE


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"departure": "2015-07-01"}, "Departure 2015-07-01 must be after arrival 2015-07-01."),
        ({"adults": "0", "children": "0"}, "A booking is for at least one guest"),
        ({"adults": "0", "children": "NA"}, "A booking is for at least one guest"),
        ({"final_status_on": "2015-05-31"}, "final_status_on must not be before booked_on"),
        ({"average_daily_rate": "-1"}, "average_daily_rate can't be negative"),
        ({"average_daily_rate": "free"}, "average_daily_rate must be a number"),
        ({"average_daily_rate": "NaN"}, "average_daily_rate must be a number"),
        ({"arrival": "2015-02-30"}, "day is out of range"),
        ({"adults": "-1"}, "'-1' is not a whole number"),
        ({"hotel": "Grand Hotel"}, "no such hotel: 'Grand Hotel'"),
        ({"room_type_reserved": ""}, "room_type_reserved must have 1 to 20 characters"),
        ({"deposit_type": "Some"}, "no such deposit_type: 'Some'"),
        ({"final_status": "Lost"}, "no such final_status: 'Lost'"),
        ({"booking_no": ""}, "booking_no must be a number"),
    ],
)
def test_a_row_that_is_no_booking_says_why(changes: dict[str, str], reason: str) -> None:
    refused = parse(ROW | changes)
    assert isinstance(refused, RefusedRow)
    assert reason in refused.reason


def test_another_file_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("# a comment\nbooking_no,hotel\n1,x\n")
    with pytest.raises(ValueError, match="lacks the columns adults, "):
        list(read_bookings(path))


def test_every_column_is_part_of_the_fingerprint() -> None:
    plain = parsed().fingerprint
    others = {
        "hotel": "City Hotel",
        "deposit_type": "Refundable",
        "final_status": "No-Show",
        "booked_on": "2015-06-02",
        "arrival": "2015-07-02",
        "departure": "2015-07-05",
        "final_status_on": "2015-07-03",
    }
    for name in COLUMNS:
        assert parsed(**{name: others.get(name, "9")}).fingerprint != plain, name
