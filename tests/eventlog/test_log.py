from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, timedelta

import psycopg
import pytest

from domain.calendar.facts import HoldConfirmed
from domain.calendar.state import evolve
from domain.streams import calendar_stream
from eventlog.application import EventLog
from eventlog.hashing import COLUMNS, canonical, hash_of
from eventlog.partitioner import partition_of
from eventlog.reader import Filter, LogReader
from migrations.run import upgrade
from tests.domain.facts import GUEST, LISTING, NOW, nights
from tests.eventlog.appends import holding, writing
from tests.eventlog.conftest import Database
from tests.keyring import sealing

pytestmark = pytest.mark.servers
CALENDAR = calendar_stream(LISTING)


def test_what_is_appended_is_read_back_equal_with_its_place_time_and_hash(
    log: EventLog, database: Database
) -> None:
    held = holding(nights(1, 4))
    before = log.now()
    appended = log.append(writing(held, HoldConfirmed(claim_id=held.claim_id)))
    with LogReader(database.queries_url) as reader:
        records = list(reader.scan())
    assert [record.decoded().event for record in records] == [
        held,
        HoldConfirmed(claim_id=held.claim_id),
    ]
    assert [(each.position, each.stream, each.version) for each in records] == [
        (1, CALENDAR, 1),
        (2, CALENDAR, 2),
    ]
    assert appended.positions == {partition_of(str(LISTING)): 2}
    for record in records:
        assert before <= record.recorded_at <= before + timedelta(minutes=1)
        assert (record.occurred_at, record.recorded_at.tzinfo) == (NOW, UTC)
        assert (
            hash_of(canonical(**{name: getattr(record, name) for name in COLUMNS})) == record.hash
        )


def test_every_stored_column_but_the_hash_is_hashed(log: EventLog, database: Database) -> None:
    log.append(writing(holding(nights(1, 2))))
    with LogReader(database.queries_url) as reader:
        [record] = reader.read(0, 10)
    assert {field.name for field in fields(record)} == {*COLUMNS, "hash"}


def test_a_cached_state_is_brought_up_to_date(log: EventLog, database: Database) -> None:
    first = holding(nights(1, 4))
    log.append(writing(first))
    loaded = log.load(CALENDAR, evolve)
    assert loaded is not None
    assert (loaded.version, set(loaded.state.claims)) == (1, {first.claim_id})
    second = holding(nights(4, 5))
    with EventLog(database.commands_url, sealing=sealing()) as another_process:
        another_process.append(writing(second, expected=1))
    again = log.load(CALENDAR, evolve)
    assert again is not None
    assert (again.version, set(again.state.claims)) == (2, {first.claim_id, second.claim_id})
    assert log.load("calendar-nothing", evolve) is None


def test_open_holds_are_counted_by_the_databases_clock(log: EventLog) -> None:
    now = log.now()
    lapsed = holding(nights(1, 2), until=now - timedelta(seconds=1))
    standing = holding(nights(3, 4), until=now + timedelta(hours=1))
    log.append(writing(lapsed, standing))
    assert log.open_holds(GUEST) == 1
    log.append(writing(HoldConfirmed(claim_id=standing.claim_id), expected=2))
    assert log.open_holds(GUEST) == 0


def test_an_auditor_finds_events_by_every_column(log: EventLog, database: Database) -> None:
    log.append(writing(holding(nights(1, 2)), holding(nights(2, 3)), holding(nights(3, 4))))
    with LogReader(database.queries_url) as reader:
        [first, *_] = everything = reader.read(0, 10)
        for asked, found in [
            (Filter(stream=CALENDAR), 3),
            (Filter(stream="calendar-x"), 0),
            (Filter(type="calendar.nights_held.v1"), 3),
            (Filter(type="calendar.hold_lapsed.v1"), 0),
            (Filter(actor="tester"), 3),
            (Filter(actor="nobody"), 0),
            (Filter(correlation_id="test"), 3),
            (Filter(since=first.recorded_at), 3),
            (Filter(until=first.recorded_at), 0),
            (Filter(after=2), 1),
        ]:
            assert len(reader.select(asked, 10)) == found, asked
        assert reader.read_key(str(LISTING), after=1) == everything[1:]
        assert reader.select(Filter(), 2) == everything[:2]
        assert reader.head() == 3


def test_connections_that_died_in_the_pool_are_replaced_unnoticed(
    log: EventLog, database: Database
) -> None:
    with ThreadPoolExecutor(8) as threads:
        for _ in range(64):
            threads.submit(log.now)
    for version in range(3):
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = current_database() || '_commands'"
            )
        log.append(writing(holding(nights(1 + version, 2 + version)), expected=version))
        log.now()
        loaded = log.load(CALENDAR, evolve)
        assert loaded is not None
        assert loaded.version == version + 1


def test_migrating_again_changes_nothing(log: EventLog, database: Database) -> None:
    log.append(writing(holding(nights(1, 2))))
    upgrade(database.owner_url, *database.roles)
    log.append(writing(holding(nights(2, 3)), expected=1))
