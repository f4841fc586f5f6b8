"""Slots: opening hours on the wall clock, lengths in real time, and no slot twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.booking.decisions import request
from domain.booking.state import evolve
from domain.calendar.state import EMPTY
from domain.listing.state import Listing
from domain.local_time import local_date
from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.decisions import check_rules, quote
from domain.quote.pricing import price
from domain.quote.slots import shortest, slot_lengths
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    NotASlot,
    OutsideOpeningHours,
    Refusal,
    SlotPast,
    SlotReversed,
    WrongDates,
)
from domain.rules.document import Rules
from domain.rules.opening import may_start, open_until, starts_on
from domain.rules.schedule import Opening, Schedule
from domain.slot import Slot, asked_for, slot_between, whole_days
from domain.stay import Stay
from projections.calendar.slots import slots
from tests.domain.facts import BOOKING, GUEST, NOW, QUOTE, nights, published

EVERY_DAY = range(1, 8)


def hours(opens: str, closes: str, *, step: int = 60, slot: int = 60) -> Schedule:
    """Open between these times every day."""
    opening = tuple(
        Opening(weekday=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        for day in EVERY_DAY
    )
    return Schedule(opening=opening, step_minutes=step, slot_minutes=slot)


def studio(schedule: Schedule | None = None, **changes: Any) -> Listing:
    """A studio in Stockholm by the hour, open from nine to five unless said otherwise."""
    made = published(kind="slot", **changes)
    rules = Rules(schedule=schedule or hours("09:00", "17:00"))
    return replace(made, rules=rules)


def stockholm(text: str, until: str) -> Slot:
    """On 10 June, by the clocks of Stockholm."""
    day = date(2027, 6, 10)
    return slot_between(
        datetime.combine(day, time.fromisoformat(text)),
        datetime.combine(day, time.fromisoformat(until)),
        "Europe/Stockholm",
    )


def local(starts: list[datetime], zone: str) -> list[str]:
    """The instants as UTC, to the minute."""
    assert all(start.tzinfo is UTC for start in starts)
    return [f"{start:%d %H:%M}" for start in starts]


@pytest.mark.parametrize(
    ("zone", "day", "schedule", "expected"),
    [
        (
            "Europe/Stockholm",
            date(2027, 6, 10),
            hours("09:00", "12:00", step=60),
            ["10 07:00", "10 08:00", "10 09:00"],
        ),
        (
            "America/New_York",
            date(2026, 3, 8),
            hours("13:00", "18:00", step=150),
            ["08 17:00", "08 19:30"],
        ),
        (
            "America/New_York",
            date(2026, 3, 8),
            hours("01:00", "05:00"),
            ["08 06:00", "08 07:00", "08 08:00"],
        ),
        (
            "America/New_York",
            date(2026, 3, 8),
            hours("02:30", "05:00", step=60),
            ["08 07:30", "08 08:30"],
        ),
        (
            "America/New_York",
            date(2026, 11, 1),
            hours("00:30", "03:00", step=30),
            ["01 04:30", "01 05:00", "01 05:30", "01 07:00", "01 07:30"],
        ),
        (
            "Africa/Cairo",
            date(2026, 4, 24),
            hours("00:00", "03:00"),
            ["23 22:00", "23 23:00"],
        ),
        (
            "Asia/Beirut",
            date(2026, 3, 29),
            hours("00:00", "02:00"),
            ["28 22:00"],
        ),
        (
            "America/Santiago",
            date(2026, 9, 6),
            hours("00:00", "02:00", step=30),
            ["06 04:00", "06 04:30"],
        ),
        (
            "America/Havana",
            date(2026, 3, 8),
            hours("00:00", "02:00"),
            ["08 05:00"],
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 10, 4),
            hours("01:30", "03:30", step=30),
            ["03 15:00", "03 15:30", "03 16:00"],
        ),
        (
            "Antarctica/Troll",
            date(2026, 3, 29),
            hours("00:00", "05:00"),
            ["29 00:00", "29 01:00", "29 02:00"],
        ),
        ("Pacific/Apia", date(2011, 12, 30), hours("09:00", "17:00"), []),
        (
            "Pacific/Apia",
            date(2011, 12, 31),
            hours("09:00", "11:00"),
            ["30 19:00", "30 20:00"],
        ),
    ],
    ids=[
        "Stockholm, an ordinary day",
        "New York, after the clocks went forward",
        "New York, the hour that does not exist begins nothing twice",
        "New York, half past two does not exist and moves forward",
        "New York, the hour that comes twice begins slots once",
        "Cairo has no midnight: its first slot is at one",
        "Beirut has no midnight: its first slot is at one",
        "Santiago has no midnight: its first slot is at one",
        "Havana has no midnight: its first slot is at one",
        "Lord Howe loses half an hour",
        "Troll loses two hours",
        "Apia skipped that day whole",
        "Apia on the day after has its own slots alone",
    ],
)
def test_slots_begin_on_the_wall_clock_and_none_twice(
    zone: str, day: date, schedule: Schedule, expected: list[str]
) -> None:
    starts = starts_on(schedule, day, zone)
    assert local(starts, zone) == expected
    assert len(set(starts)) == len(starts)
    assert all(local_date(start, zone) == day for start in starts)


@for_all(
    st.sampled_from(
        ["America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Asia/Gaza"]
    ),
    st.dates(date(2010, 1, 1), date(2030, 12, 31)),
    st.sampled_from([30, 45, 50, 90, 120, 180]),
)
def test_over_any_week_no_start_comes_twice_and_all_are_in_order(
    zone: str, first: date, step: int
) -> None:
    schedule = Schedule(step_minutes=step)
    starts = [
        start
        for day in range(7)
        for start in starts_on(schedule, first + timedelta(days=day), zone)
    ]
    assert starts == sorted(set(starts))
    assert may_start(schedule, starts[0], zone)
    assert not may_start(schedule, starts[0] + timedelta(minutes=1), zone)


def test_a_listing_without_openings_is_always_open() -> None:
    always = Schedule()
    assert len(starts_on(always, date(2027, 6, 10), "Europe/Stockholm")) == 24
    late = datetime(2027, 6, 10, 21, tzinfo=UTC)
    wanted = late + timedelta(hours=5)
    assert (open_until(always, late, wanted, "Europe/Stockholm") or late) >= wanted


def test_on_a_day_that_is_not_named_it_is_closed() -> None:
    mondays = Schedule(opening=(Opening(weekday=1, opens=time(9), closes=time(10)),))
    assert starts_on(mondays, date(2027, 6, 10), "Europe/Stockholm") == []
    assert len(starts_on(mondays, date(2027, 6, 14), "Europe/Stockholm")) == 1
    thursday = datetime(2027, 6, 10, 9, tzinfo=UTC)
    assert open_until(mondays, thursday, thursday, "Europe/Stockholm") is None


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        ("09:00", "10:00", None),
        ("16:00", "17:00", None),
        ("09:00", "12:00", None),
        ("09:00", "13:00", AboveMaximumStay),
        ("09:30", "10:30", NotASlot),
        ("09:00", "09:30", NotASlot),
        ("09:00", "10:30", NotASlot),
        ("08:00", "09:00", NotASlot),
        ("17:00", "18:00", NotASlot),
        ("16:00", "18:00", OutsideOpeningHours),
    ],
    ids=[
        "the first of the day",
        "the last of the day",
        "the longest",
        "longer than the longest",
        "not on a step",
        "too short to be a slot",
        "one and a half",
        "before it opens",
        "after it closes",
        "begun in time, ended too late",
    ],
)
def test_a_slot_lies_on_a_step_and_within_opening_hours(
    starts: str, ends: str, refusal: type[Refusal] | None
) -> None:
    listing, slot = studio(maximum_nights=3), stockholm(starts, ends)
    if refusal is None:
        check_rules(listing, slot.days("Europe/Stockholm"), 1, 1, NOW, slot)
        return
    with pytest.raises(refusal) as told:
        check_rules(listing, slot.days("Europe/Stockholm"), 1, 1, NOW, slot)
    assert "{" not in str(told.value)


def test_a_slot_may_be_asked_for_until_it_begins() -> None:
    listing, slot = studio(), stockholm("09:00", "10:00")
    days = slot.days("Europe/Stockholm")
    check_rules(listing, days, 1, 1, slot.starts_at, slot)
    with pytest.raises(SlotPast, match="begun"):
        check_rules(listing, days, 1, 1, slot.starts_at + timedelta(seconds=1), slot)
    with pytest.raises(BeyondHorizon):
        check_rules(listing, days, 1, 1, slot.starts_at - timedelta(days=800), slot)


def test_a_minimum_counts_slot_lengths() -> None:
    listing, slot = studio(minimum_nights=2), stockholm("09:00", "10:00")
    with pytest.raises(BelowMinimumStay, match="2"):
        check_rules(listing, slot.days("Europe/Stockholm"), 1, 1, NOW, slot)
    assert shortest(listing, slot.starts_at) == stockholm("09:00", "11:00")


@pytest.mark.parametrize("kind", ["stay", "rental", "slot"])
def test_days_are_for_days_and_times_for_slots(kind: str) -> None:
    slot = stockholm("09:00", "10:00")
    wrong = None if kind == "slot" else slot
    with pytest.raises(WrongDates) as told:
        check_rules(published(kind=kind), nights(10, 12), 1, 1, NOW, wrong)
    assert told.value.values["kind"] == kind


def test_openings_that_touch_are_one_over_midnight_too() -> None:
    slot = slot_between(
        datetime.fromisoformat("2027-06-10T22:00"),
        datetime.fromisoformat("2027-06-11T02:00"),
        "Europe/Stockholm",
    )
    listing = studio(Schedule())
    check_rules(listing, slot.days("Europe/Stockholm"), 1, 1, NOW, slot)
    assert slot.days("Europe/Stockholm") == nights(10, 12)


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("2026-03-08T13:00", "2026-03-08T18:00", ("2026-03-08T17:00", "2026-03-08T22:00")),
        ("2026-03-08T02:30", "2026-03-08T04:00", ("2026-03-08T07:30", "2026-03-08T08:00")),
        ("2026-11-01T01:30", "2026-11-01T02:30", ("2026-11-01T05:30", "2026-11-01T07:30")),
        (
            "2026-11-01T01:30-05:00",
            "2026-11-01T02:30-05:00",
            ("2026-11-01T06:30", "2026-11-01T07:30"),
        ),
    ],
    ids=[
        "local times in summer time",
        "a time that does not exist moves forward",
        "an ambiguous time is the first",
        "an offset says which of the two",
    ],
)
def test_local_times_of_a_slot_become_instants_in_new_york(
    starts: str, ends: str, expected: tuple[str, str]
) -> None:
    when = (datetime.fromisoformat(starts), datetime.fromisoformat(ends))
    _, slot = asked_for(None, when, "America/New_York")
    first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in expected)
    assert slot == Slot(first, last)


def test_a_slot_ends_after_it_starts() -> None:
    with pytest.raises(SlotReversed) as told:
        stockholm("10:00", "10:00")
    assert "10" in str(told.value)


def test_a_slot_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    slot = slot_between(
        datetime.fromisoformat("2027-06-10T23:00"),
        datetime.fromisoformat("2027-06-11T00:00"),
        "Europe/Stockholm",
    )
    assert slot.days("Europe/Stockholm") == nights(10, 11)


def test_a_day_of_a_listing_by_the_hour_is_as_long_as_the_clocks_make_it() -> None:
    short, long = (
        Stay(day, day + timedelta(days=1)) for day in (date(2026, 3, 8), date(2026, 11, 1))
    )
    assert whole_days(short, "America/New_York").minutes == 23 * 60
    assert whole_days(long, "America/New_York").minutes == 25 * 60
    cairo = whole_days(Stay(date(2026, 4, 24), date(2026, 4, 25)), "Africa/Cairo")
    assert cairo.minutes == 23 * 60


def test_a_price_has_a_line_for_each_slot_length() -> None:
    listing, slot = studio(), stockholm("09:00", "11:00")
    asked = Asked(
        stay=slot.days("Europe/Stockholm"),
        guests=2,
        units=2,
        slot=slot,
        lengths=slot_lengths(listing, slot),
    )
    priced = price(listing, 3, asked, NOW)
    assert [line.description for line in priced.lines] == ["2027-06-10T07:00Z", "2027-06-10T08:00Z"]
    assert {line.kind for line in priced.lines} == {"slot"}
    assert priced.total == Money(400_000, "SEK")


def test_check_in_is_the_slots_start_and_departure_its_end() -> None:
    listing, slot = studio(), stockholm("09:00", "11:00")
    days = slot.days("Europe/Stockholm")
    [quoted] = quote(
        listing, 3, quote_id=QUOTE, guest_id=GUEST, stay=days, guests=1, units=1, now=NOW, slot=slot
    )
    [asked] = request(BOOKING, quoted, listing, (0,), NOW)
    booking = evolve(None, asked)
    assert (booking.check_in, booking.check_out) == (slot.starts_at, slot.ends_at)
    assert booking.departure_day == slot.ends_at
    assert booking.slot == quoted.slot == slot


def test_every_slot_that_is_shown_can_be_quoted() -> None:
    listing = studio(minimum_nights=2, units=2)
    shown = slots(listing, EMPTY, nights(10, 12), NOW)
    assert len(shown) == 14
    assert {each.units_free for each in shown} == {2}
    assert {each.price for each in shown} == {Money(200_000, "SEK")}
    assert shown[0].local_start.isoformat() == "2027-06-10T09:00:00+02:00"
    for each in shown:
        check_rules(listing, each.slot.days("Europe/Stockholm"), 1, 1, NOW, each.slot)


def test_slots_say_why_they_cannot_be_booked() -> None:
    listing = studio()
    late = stockholm("11:30", "12:00").starts_at
    shown = slots(listing, EMPTY, nights(10, 11), late)
    assert [each.reasons for each in shown[:4]] == [("past",), ("past",), ("past",), ()]
    [first, *_] = slots(listing, EMPTY, nights(10, 11), late - timedelta(days=740))
    assert first.reasons == ("beyond_horizon",)
