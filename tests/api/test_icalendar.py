"""Calendars are read strictly and written so that others can read them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from api.icalendar.reading import Event, Unreadable, read_events
from api.icalendar.writing import is_echo, write_calendar
from domain.calendar.state import EMPTY, Calendar, evolve
from domain.slot import Slot
from tests.domain.facts import CLAIM, LISTING, NOW, blocked, held, nights


def event(*lines: str) -> str:
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "BEGIN:VEVENT",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


TENTH = "DTSTART;VALUE=DATE:20270610"
DAYS = Event("a@b", date(2027, 6, 10), date(2027, 6, 12))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (event("UID:a@b", TENTH, "DTEND;VALUE=DATE:20270612"), DAYS),
        (event("UID:a", " @b", TENTH, "DURATION:P2D"), DAYS),
        (event("UID:a@b", TENTH), Event("a@b", date(2027, 6, 10), date(2027, 6, 11))),
        (
            event("UID:x", "DTSTART:20270610T090000Z", "DURATION:PT1H30M"),
            Event(
                "x",
                datetime(2027, 6, 10, 9, tzinfo=UTC),
                datetime(2027, 6, 10, 10, 30, tzinfo=UTC),
            ),
        ),
        (
            event(
                "UID:x",
                'DTSTART;TZID="Europe/Stockholm":20270610T090000',
                "DTEND;TZID=Europe/Stockholm:20270610T100000",
            ),
            Event(
                "x",
                datetime(2027, 6, 10, 7, tzinfo=UTC),
                datetime(2027, 6, 10, 8, tzinfo=UTC),
            ),
        ),
        (
            event(
                "UID:a@b",
                TENTH,
                "DTEND;VALUE=DATE:20270612",
                "BEGIN:VALARM",
                "UID:no",
                "END:VALARM",
            ),
            DAYS,
        ),
        (event("UID:x", TENTH, "STATUS:CANCELLED"), None),
        (event("UID:x", TENTH, "TRANSP:TRANSPARENT"), None),
        (event("UID:x", "DTSTART:20270610T090000Z"), None),
    ],
    ids=[
        "days",
        "a folded line, and a length",
        "one day without an end",
        "times in UTC",
        "times in a zone",
        "an alarm of its own",
        "a cancelled event takes nothing",
        "nor one that leaves its time free",
        "nor one without a length",
    ],
)
def test_events_are_read(text: str, expected: Event | None) -> None:
    assert read_events(text) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "does not end"),
        ("hello", "line 1: is not NAME:value"),
        ("BEGIN:VCALENDAR\r\n", "does not end"),
        ("BEGIN:VCARD\r\nEND:VCARD\r\n", "begins with BEGIN:VCALENDAR"),
        ("END:VCALENDAR\r\n", "ends nothing"),
        (event(TENTH), "no UID"),
        (event("UID:x"), "no DTSTART"),
        (event("UID:x", TENTH, "RRULE:FREQ=DAILY"), "recurring"),
        (event("UID:x", "DTSTART:20270230"), "no such time"),
        (event("UID:x", "DTSTART:yesterday"), "neither a day nor a time"),
        (event("UID:x", "DTSTART;TZID=Mars:20270610T090000", "DURATION:PT1H"), "IANA"),
        (event("UID:x", TENTH, "DTEND;VALUE=DATE:20270609"), "after DTSTART"),
        (event("UID:x", TENTH, "DTEND:20270611T090000Z"), "both be days"),
        (event("UID:x", "DTSTART:20270610T090000", "DTEND:20270610T100000Z"), "both have a zone"),
        (event("UID:x", TENTH, "DURATION:P"), "DURATION"),
        (event("UID:x", "DTSTART:00010101"), "too far"),
        (event("UID:" + "x" * 501, TENTH), "500"),
    ],
)
def test_what_is_not_understood_is_said(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_events(text)


@for_all(
    st.text(max_size=300)
    | st.lists(st.sampled_from(event("UID:x", TENTH).splitlines())).map("\n".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        read_events(text)


def test_what_is_written_can_be_read_and_is_known_again() -> None:
    start = datetime.fromisoformat("2027-06-10T07:00+00:00")
    slot = Slot(start, start + timedelta(hours=1))
    for fact, starts in [
        (held(nights(10, 12)), date(2027, 6, 10)),
        (blocked(nights(10, 12)), date(2027, 6, 10)),
    ]:
        state: Calendar = evolve(EMPTY, fact)
        [read] = read_events(write_calendar(LISTING, state, NOW).decode())
        assert read.starts == starts
        assert is_echo(LISTING, read.uid)
        assert not is_echo(UUID(int=999), read.uid)
    by_the_hour = evolve(EMPTY, replace(held(nights(10, 11)), slot=slot))
    [read] = read_events(write_calendar(LISTING, by_the_hour, NOW).decode())
    assert (read.starts, read.ends) == (slot.starts_at, slot.ends_at)
    assert write_calendar(LISTING, by_the_hour, NOW + timedelta(hours=1)).count(b"VEVENT") == 0
    assert str(CLAIM) in read.uid
