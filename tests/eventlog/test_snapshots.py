"""A state that was read on from a snapshot is the one that was read from the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.account.facts import RoleGranted
from domain.buffers import Buffers
from domain.calendar.facts import CalendarEvent, HoldConfirmed, HoldReleased, RangeBlocked
from domain.calendar.state import Calendar, evolve
from domain.events import Event
from domain.slot import Slot
from domain.stay import Stay
from domain.streams import account_stream, calendar_stream
from eventlog import snapshots
from eventlog.application import EventLog
from eventlog.snapshots import decode_state, encode_state
from tests.domain.facts import GUEST, LISTING, nights
from tests.eventlog.appends import holding, writing
from tests.eventlog.conftest import Database

CALENDAR = calendar_stream(LISTING)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds have none


def stay_of(arrive: date, length: int) -> Stay:
    return Stay(arrive, arrive + timedelta(days=length))


def slot_of(starts_at: datetime, minutes: int) -> Slot:
    return Slot(starts_at, starts_at + timedelta(minutes=minutes))


FEW_IDS = st.integers(1, 6).map(lambda number: UUID(int=number))
MINUTES = st.integers(0, 3_000)

st.register_type_strategy(UUID, FEW_IDS)
st.register_type_strategy(datetime, INSTANTS)
st.register_type_strategy(Stay, st.tuples(DAYS, st.integers(1, 30)).map(lambda g: stay_of(*g)))
st.register_type_strategy(Slot, st.tuples(INSTANTS, st.integers(1, 600)).map(lambda g: slot_of(*g)))
st.register_type_strategy(Buffers, st.builds(Buffers, before=MINUTES, after=MINUTES))
ANY_EVENT: st.SearchStrategy[CalendarEvent] = st.one_of(
    *(st.from_type(each) for each in get_args(CalendarEvent))
)


def folded(events: Sequence[CalendarEvent], state: Calendar | None = None) -> Calendar | None:
    for event in events:
        state = evolve(state, event)
    return state


@settings(max_examples=300)
@given(st.lists(ANY_EVENT, min_size=1, max_size=30), st.data())
def test_reading_on_from_a_snapshot_ends_where_reading_everything_does(
    events: list[CalendarEvent], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(events)))
    before = folded(events[:cut])
    assert before is not None
    kept = encode_state(before)
    if kept is None:
        assert any(claim.reason for claim in before.claims.values())
        return
    again = folded(events[cut:], decode_state(kept))
    expected = folded(events)
    assert expected is not None
    assert again is not None
    assert again == expected
    assert list(again.claims) == list(expected.claims)


def test_a_hosts_words_go_into_no_snapshot() -> None:
    blocked = RangeBlocked(
        listing_id=LISTING, claim_id=GUEST, stay=nights(1, 2), units=(0,), reason="my wedding"
    )
    assert encode_state(evolve(None, blocked)) is None


def test_only_calendars_have_snapshots() -> None:
    assert encode_state(object()) is None


@pytest.fixture
def long_calendar(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> EventLog:
    monkeypatch.setattr(snapshots, "EVERY", 20)
    for year in range(6):
        events: list[Event] = []
        for day in range(1, 4):
            hold = holding(nights(day, day + 1))
            ends = HoldReleased if (year, day) != (5, 2) else HoldConfirmed
            events += [hold, ends(claim_id=hold.claim_id)]
        log.append(writing(*events, expected=6 * year))
    return log


@pytest.mark.servers
def test_a_long_stream_is_read_from_its_beginning_once(
    long_calendar: EventLog, database: Database
) -> None:
    with EventLog(database.commands_url) as fresh:
        from_the_beginning = fresh.load(CALENDAR, evolve)
    long_calendar.append(writing(holding(nights(10, 11)), expected=36))
    read: list[CalendarEvent] = []

    def noting(state: Calendar | None, event: CalendarEvent) -> Calendar:
        read.append(event)
        return evolve(state, event)

    with EventLog(database.commands_url) as fresher:
        read_on = fresher.load(CALENDAR, noting)
    assert from_the_beginning
    assert read_on
    assert (from_the_beginning.version, read_on.version, len(read)) == (36, 37, 1)
    assert read_on.state == evolve(from_the_beginning.state, read[0])


def kept(database: Database) -> list[tuple[int, str, bytes]]:
    with psycopg.connect(database.owner_url) as owner:
        return owner.execute("SELECT version, made_by, state FROM snapshots").fetchall()


@pytest.mark.servers
@pytest.mark.parametrize(
    "spoiling",
    [
        "UPDATE snapshots SET made_by = 'older code', state = '{\"claims\":{}}'",
        "UPDATE snapshots SET state = 'what is this'",
        "DELETE FROM snapshots",
    ],
    ids=["made by other code", "unreadable", "gone"],
)
def test_without_a_snapshot_that_is_good_for_anything_all_is_read_and_a_new_one_made(
    long_calendar: EventLog, database: Database, spoiling: str
) -> None:
    with EventLog(database.commands_url) as fresh:
        expected = fresh.load(CALENDAR, evolve)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        assert owner.execute(spoiling.encode()).rowcount == 1
    with EventLog(database.commands_url) as fresher:
        assert fresher.load(CALENDAR, evolve) == expected
    [(version, code, state)] = kept(database)
    assert (version, code) == (36, snapshots.made_by())
    assert expected
    assert decode_state(state) == expected.state


@pytest.mark.servers
def test_a_process_that_keeps_up_makes_no_snapshots(
    long_calendar: EventLog, database: Database
) -> None:
    long_calendar.append(writing(RoleGranted(role="host"), stream=account_stream(GUEST)))
    long_calendar.load(CALENDAR, evolve)
    before = kept(database)
    long_calendar.append(writing(holding(nights(10, 11)), expected=36))
    long_calendar.load(CALENDAR, evolve)
    assert [version for version, *_ in before] == [36]
    assert kept(database) == before
