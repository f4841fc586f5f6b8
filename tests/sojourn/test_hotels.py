"""The real bookings are lived through by the domain: the whole file, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from domain.booking.facts import BookingMarkedNoShow, BookingRequested, PaymentCaptured
from domain.booking.state import Booking
from domain.calendar.facts import UnitsReassigned
from domain.calendar.state import Calendar
from domain.listing.state import Listing
from domain.local_time import local_date
from domain.money import total
from eventlog.personal.sealing import MARK
from sojourn.hotels.asking import SUPPORT, Tally
from sojourn.hotels.importing import import_bookings, shipped_file
from sojourn.hotels.plan import ZONE, Room, Step, plan
from sojourn.hotels.rows import HotelBooking, RefusedRow, id_of, read_bookings
from tests.commands.in_memory import InMemory
from tests.sojourn.test_hotel_rows import parsed


@dataclass(frozen=True)
class History:
    """All that happened, and what became of the rows."""

    rows: list[HotelBooking | RefusedRow]
    log: InMemory
    tally: Tally

    @property
    def bookings(self) -> Iterable[Booking]:
        return self.log.states("booking")


@pytest.fixture(scope="module")
def history() -> History:
    rows, log = list(read_bookings(shipped_file())), InMemory()
    tally = import_bookings(log, rows, {}, lambda _by, _of: None, threads=1)
    return History(rows, log, tally)


def test_every_row_is_lived_through_to_its_end_or_refused_with_its_reason(
    history: History,
) -> None:
    assert history.tally.ended == {"Check-Out": 6_839, "Canceled": 7_790, "No-Show": 207}
    statuses = Counter(booking.status for booking in history.bookings)
    assert statuses == {"completed": 6_839, "cancelled": 7_790, "no_show": 207}
    assert Counter(row.ending for row in history.tally.refused) == {"Check-Out": 99, "Canceled": 3}


def test_only_stays_without_nights_or_guests_are_refused(history: History) -> None:
    nobody = "A booking is for at least one guest; say how many come."
    reasons = Counter(row.reason == nobody for row in history.tally.refused)
    assert reasons == {False: 90, True: 12}
    assert all("must be after arrival" in row.reason or row.reason == nobody
               for row in history.tally.refused)  # fmt: skip


def test_each_room_type_has_as_many_units_as_were_ever_claimed_at_once(history: History) -> None:
    listings: list[Listing] = list(history.log.states("listing"))
    hosts = {host: Counter(each.host_id for each in listings)[host]
             for host in (id_of("host:Resort Hotel"), id_of("host:City Hotel"))}  # fmt: skip
    assert hosts == {id_of("host:Resort Hotel"): 9, id_of("host:City Hotel"): 7}
    assert {each.title: each.units for each in listings if each.units > 25} == {
        "Resort Hotel, room type A": 134,
        "Resort Hotel, room type D": 42,
        "Resort Hotel, room type E": 27,
        "City Hotel, room type A": 208,
        "City Hotel, room type D": 29,
    }
    assert all(each.max_guests == each.maximum_nights == 60 for each in listings)


def test_some_had_to_change_rooms_so_that_nobody_was_refused(history: History) -> None:
    moved = [each for each in history.log.happened if isinstance(each.event, UnitsReassigned)]
    assert 0 < len(moved) < 500


def test_no_two_claims_ever_shared_a_unit_and_a_night(history: History) -> None:
    calendars: list[Calendar] = list(history.log.states("calendar"))
    assert sum(len([*calendar.all_claims()]) for calendar in calendars) == 6_839 - 21
    for calendar in calendars:
        claimed = sorted(
            (unit, claim.stay.arrive, claim.stay.depart)
            for claim in calendar.all_claims()
            for unit in claim.units
        )
        for (unit, _, depart), (other, arrive, _) in pairwise(claimed):
            assert unit != other or depart <= arrive


def test_money_in_is_money_kept_and_money_back(history: History) -> None:
    recorded = {row.id(): row for row in history.rows if isinstance(row, HotelBooking)}
    for booking in history.bookings:
        row = recorded[booking.id]
        assert booking.total == booking.account.captured == row.paid
        assert total([line.amount for line in booking.lines], "EUR") == row.paid
        assert {line.rule for line in booking.lines} == {"imported"}
        assert len(booking.lines) == row.stay.length
        assert booking.account.refunded + booking.paid == row.paid
        assert booking.account.payouts == ()
        assert booking.policy == row.policy
        assert booking.source == row.imported
    happened = [each.event for each in history.log.happened]
    assert sum(isinstance(event, PaymentCaptured) for event in happened) == 14_836 - 209


def test_everything_was_decided_on_its_recorded_day(history: History) -> None:
    booked = {row.id(): row.booked_on for row in history.rows if isinstance(row, HotelBooking)}
    for each in history.log.happened:
        if isinstance(each.event, BookingRequested):
            day = local_date(each.occurred_at, ZONE)
            assert day == booked[each.event.booking_id]
            assert each.event.requested_at == each.occurred_at


def test_the_platform_said_early_that_one_guest_would_not_come(history: History) -> None:
    missed = [each for each in history.log.happened if isinstance(each.event, BookingMarkedNoShow)]
    assert len(missed) == 207
    [early] = [each for each in missed if each.actor == str(SUPPORT)]
    assert isinstance(early.event, BookingMarkedNoShow)
    assert early.event.reason
    assert early.event.reason.startswith(MARK)


def test_living_through_it_again_changes_nothing(history: History) -> None:
    before = len(history.log.happened)
    done = {key: asked.fingerprint for (_, key), (asked, _) in history.log.receipts.items()}
    tally = import_bookings(history.log, history.rows, done, lambda _by, _of: None, threads=1)
    assert tally.already_there == sum(tally.ended.values()) == 14_836
    assert len(history.log.happened) == before


def days(*steps: Step) -> list[tuple[str, int, str]]:
    return [(f"{step.at:%d %H}", step.booking.number, step.action) for step in steps]


def order(*bookings: HotelBooking) -> list[tuple[str, int, str]]:
    [room] = plan(bookings)
    return days(*room.steps)


def test_within_a_day_endings_come_first_then_bookings_then_arrivals() -> None:
    day = "2015-07-01"
    leaves = parsed(booking_no="9", booked_on="2015-06-20", arrival="2015-06-28", departure=day,
                    final_status_on=day)  # fmt: skip
    arrives = parsed(booking_no="8", booked_on="2015-06-30")
    cancels = parsed(booking_no="7", booked_on="2015-06-30", final_status="Canceled",
                     final_status_on=day)  # fmt: skip
    books = parsed(booking_no="2", booked_on=day, final_status="Canceled", final_status_on=day)
    later = parsed(booking_no="3", booked_on=day)
    assert [step for step in order(leaves, arrives, cancels, books, later) if step[0] < "02"] == [
        ("01 14", 7, "cancel"),
        ("01 14", 9, "complete"),
        ("01 15", 2, "book"),
        ("01 15", 2, "cancel"),
        ("01 15", 3, "book"),
        ("01 17", 3, "check-in"),
        ("01 17", 8, "check-in"),
    ]


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        (
            {"final_status_on": "2015-07-01"},
            [("01 15", 7, "book"), ("01 14", 7, "check-in"), ("01 14", 7, "complete")],
        ),
        (
            {"final_status_on": "2015-07-02"},
            [("01 15", 7, "book"), ("01 17", 7, "check-in"), ("02 14", 7, "complete")],
        ),
        (
            {"final_status": "No-Show", "final_status_on": "2015-07-01"},
            [("01 15", 7, "book"), ("01 14", 7, "no-show")],
        ),
        (
            {"final_status": "No-Show", "final_status_on": "2015-06-30"},
            [("01 15", 7, "book"), ("30 14", 7, "no-show")],
        ),
    ],
    ids=[
        "left on the day of arrival: in and out with the endings",
        "left a day later",
        "missed",
        "missed before the day of arrival",
    ],
)
def test_a_booking_is_lived_through_step_by_step(
    changes: dict[str, str], steps: list[tuple[str, int, str]]
) -> None:
    assert order(parsed(**changes)) == steps


@pytest.mark.parametrize(
    ("day", "by"), [("2015-06-30", "platform"), ("2015-07-01", "host"), ("2015-07-02", "host")]
)
def test_a_no_show_before_arrival_is_the_platform_s(day: str, by: str) -> None:
    [room] = plan([parsed(final_status="No-Show", final_status_on=day)])
    assert room.steps[-1].by == by


def test_a_room_type_whose_rows_are_all_refused_has_a_draft_without_a_price() -> None:
    refused = RefusedRow("1", ("City Hotel", "P"), "Canceled", "nobody came")
    [room] = plan([refused])
    assert (room.offer.price, room.offer.units, room.steps) == (None, 1, ())
    assert plan([RefusedRow("1", ("?", "?"), "?", "unreadable")]) == []


def test_units_are_what_was_claimed_at_once_and_no_more() -> None:
    def room(*bookings: HotelBooking) -> Room:
        [made] = plan(bookings)
        return made

    early = parsed(booking_no="1")
    beside = parsed(booking_no="2")
    after = parsed(booking_no="3", arrival="2015-07-04", departure="2015-07-06",
                   final_status_on="2015-07-06")  # fmt: skip
    gone = parsed(booking_no="4", booked_on="2015-05-01", final_status="Canceled",
                  final_status_on="2015-05-02")  # fmt: skip
    assert room(early).offer.units == 1
    assert room(early, after, gone).offer.units == 1
    assert room(early, beside, after).offer.units == 2


def test_a_step_that_is_refused_leaves_out_what_follows_it() -> None:
    fits, too_long = parsed(booking_no="1"), parsed(
        booking_no="2", departure="2015-08-31", final_status_on="2015-08-31"
    )  # fmt: skip
    log = InMemory()
    tally = import_bookings(log, [fits, too_long], {}, lambda _by, _of: None)
    [refused] = tally.refused
    assert (refused.row, tally.ended) == ("2", {"Check-Out": 1})
    assert "at most 60" in refused.reason


def test_a_row_that_says_something_else_now_is_refused() -> None:
    log = InMemory()
    import_bookings(log, [parsed()], {}, lambda _by, _of: None)
    done = {key: asked.fingerprint for (_, key), (asked, _) in log.receipts.items()}
    tally = import_bookings(log, [parsed(meal="HB")], done, lambda _by, _of: None)
    assert [row.reason for row in tally.refused] == [
        "it was imported before and said something else then"
    ]
