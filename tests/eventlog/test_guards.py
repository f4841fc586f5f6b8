"""Each guard of the log, in a case in which the others cannot help."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from domain.account.facts import RoleGranted
from domain.buffers import Buffers
from domain.calendar.facts import HoldConfirmed, HoldReleased, UnitsReassigned
from domain.slot import Slot
from domain.streams import account_stream, calendar_stream
from eventlog.append import Append, Appended, ClaimsOverlap, ReceiptExists, VersionConflict
from eventlog.application import EventLog
from eventlog.reader import LogReader
from eventlog.recorder import Recorder
from tests.domain.facts import GUEST, LISTING, blocked, nights
from tests.eventlog.appends import LISTING_STREAM, holding, receipt, writing
from tests.eventlog.conftest import Database

pytestmark = pytest.mark.servers


def test_the_table_refuses_an_overlap_although_the_decision_and_the_version_allow_it(
    log: EventLog,
) -> None:
    log.append(writing(holding(nights(1, 4))))
    a_decision_that_lies = writing(holding(nights(3, 6)), expected=1)
    with pytest.raises(ClaimsOverlap):
        log.append(a_decision_that_lies)
    log.append(writing(holding(nights(4, 6)), expected=1))


def test_without_the_constraint_the_lie_is_stored(log: EventLog, database: Database) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE claims DROP CONSTRAINT claims_no_overlap")
    log.append(writing(holding(nights(1, 4))))
    log.append(writing(holding(nights(3, 6)), expected=1))


MORNING = datetime(2027, 6, 10, 7, tzinfo=UTC)


def slot(first: int, hours: int) -> Slot:
    """So many hours, from the ``first`` after nine in Stockholm on."""
    starts_at = MORNING + timedelta(hours=first)
    return Slot(starts_at, starts_at + timedelta(hours=hours))


def test_the_table_keeps_slots_of_one_day_apart_by_their_instants(log: EventLog) -> None:
    day = nights(10, 11)
    log.append(writing(holding(day, slot=slot(0, 2))))
    with pytest.raises(ClaimsOverlap):
        log.append(writing(holding(day, slot=slot(1, 2)), expected=1))
    log.append(writing(holding(day, slot=slot(2, 1)), expected=1))


@pytest.mark.parametrize(
    ("buffers", "lie", "apart"),
    [
        (Buffers(after=30), slot(2, 1), slot(3, 1)),
        (Buffers(before=30), slot(-2, 2), slot(-2, 1)),
        (Buffers(before=60, after=60), slot(2, 1), slot(3, 1)),
    ],
    ids=["the buffer after", "the buffer before", "both, and not their sum"],
)
def test_the_table_keeps_buffers_although_the_decision_and_the_version_forget_them(
    log: EventLog, buffers: Buffers, lie: Slot, apart: Slot
) -> None:
    day = nights(10, 11)
    log.append(writing(holding(day, slot=slot(0, 2), buffers=buffers)))
    with pytest.raises(ClaimsOverlap):
        log.append(writing(holding(day, slot=lie, buffers=buffers), expected=1))
    log.append(writing(holding(day, slot=apart, buffers=buffers), expected=1))


@pytest.mark.parametrize("which", ["before", "after"])
def test_without_its_constraint_a_buffer_is_forgotten(
    log: EventLog, database: Database, which: str
) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(f"ALTER TABLE claims DROP CONSTRAINT claims_no_buffer_{which}".encode())
    day, buffers = (
        nights(10, 11),
        Buffers(before=int(which == "before"), after=int(which == "after")),
    )
    log.append(writing(holding(day, slot=slot(0, 2), buffers=buffers)))
    log.append(writing(holding(day, slot=slot(2, 1), buffers=buffers), expected=1))


def test_a_block_keeps_no_distance_in_the_table_either(log: EventLog) -> None:
    whole_day = Buffers(before=1440, after=1440)
    log.append(writing(holding(nights(5, 8), buffers=whole_day)))
    log.append(writing(blocked(nights(8, 9)), expected=1))
    with pytest.raises(ClaimsOverlap):
        log.append(writing(holding(nights(8, 9), buffers=whole_day), expected=2))


def test_of_two_decisions_on_the_same_version_one_is_stored_without_any_claim_to_help(
    log: EventLog,
) -> None:
    stream = account_stream(GUEST)
    log.append(writing(RoleGranted(role="host"), stream=stream))
    with pytest.raises(VersionConflict):
        log.append(writing(RoleGranted(role="auditor"), stream=stream, expected=0))
    log.append(writing(RoleGranted(role="auditor"), stream=stream, expected=1))


def test_without_the_version_check_both_are_stored(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always(*_: object) -> bool:
        return True

    monkeypatch.setattr(Recorder, "as_expected", always)
    stream = account_stream(GUEST)
    log.append(writing(RoleGranted(role="host"), stream=stream))
    log.append(writing(RoleGranted(role="auditor"), stream=stream, expected=0))


def test_a_decision_is_not_stored_when_what_it_only_read_has_moved(log: EventLog) -> None:
    log.append(writing(RoleGranted(role="host"), stream=LISTING_STREAM))
    with pytest.raises(VersionConflict):
        log.append(writing(holding(nights(1, 2)), reads={LISTING_STREAM: 0}))
    log.append(writing(holding(nights(1, 2)), reads={LISTING_STREAM: 1}))


def test_a_key_has_one_effect_although_versions_and_claims_allow_two(log: EventLog) -> None:
    log.append(writing(holding(nights(1, 2)), receipt=receipt("once")))
    with pytest.raises(ReceiptExists):
        log.append(writing(holding(nights(5, 6)), expected=1, receipt=receipt("once")))
    kept = log.receipt(GUEST, "once")
    assert kept is not None
    assert (kept.status, kept.body, kept.headers) == (201, b"{}", {"Location": "/there"})
    assert set(kept.positions.values()) == {1}


def test_without_the_receipts_constraint_the_key_has_two_effects(
    log: EventLog, database: Database
) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE receipts DROP CONSTRAINT receipts_pkey")
    log.append(writing(holding(nights(1, 2)), receipt=receipt("once")))
    log.append(writing(holding(nights(5, 6)), expected=1, receipt=receipt("once")))


def test_the_log_itself_asks_for_the_key_where_no_receipt_is_to_be_stored(log: EventLog) -> None:
    log.append(writing(holding(nights(1, 2)), receipt=receipt("once")))
    again = dataclasses.replace(writing(holding(nights(5, 6)), expected=1), key=(GUEST, "once"))
    with pytest.raises(ReceiptExists):
        log.append(again)


def test_one_refused_command_never_harms_its_neighbours_in_a_batch(log: EventLog) -> None:
    streams = [f"{account_stream(GUEST)}-{n}" for n in range(8)]
    log.append(writing(holding(nights(1, 4)), receipt=receipt("once")))
    batch = [writing(RoleGranted(role="host"), stream=stream) for stream in streams]
    batch.insert(2, writing(holding(nights(3, 6)), expected=1))
    batch.insert(4, writing(holding(nights(8, 9)), expected=0))
    batch.insert(6, writing(HoldConfirmed(claim_id=GUEST), expected=1, receipt=receipt("once")))
    outcomes = log.append_together(batch)
    failed = {n: type(each) for n, each in enumerate(outcomes) if isinstance(each, Exception)}
    assert failed == {2: ClaimsOverlap, 4: VersionConflict, 6: ReceiptExists}


def test_a_violation_in_a_batch_costs_its_neighbours_neither_a_hole_nor_their_order(
    log: EventLog, database: Database
) -> None:
    log.append(writing(holding(nights(1, 4))))
    batch = [
        writing(RoleGranted(role="host"), stream=f"{account_stream(GUEST)}-{n}") for n in range(5)
    ]
    batch.insert(0, writing(holding(nights(3, 6)), expected=1))
    batch.insert(3, writing(holding(nights(2, 3)), expected=1, receipt=receipt("lies")))
    batch.append(writing(holding(nights(7, 8)), expected=1, receipt=receipt("true")))
    outcomes = log.append_together(batch)
    assert [type(each) for each in outcomes] == [
        *(ClaimsOverlap, Appended, Appended, ClaimsOverlap),
        *(Appended, Appended, Appended, Appended),
    ]
    with LogReader(database.queries_url) as reader:
        records = reader.read(0, 100)
    assert [record.position for record in records] == list(range(1, 8))
    assert len({record.recorded_at for record in records[1:]}) == 1
    assert log.receipt(GUEST, "lies") is None
    assert log.receipt(GUEST, "true") is not None
    assert log.append(writing(HoldReleased(claim_id=GUEST), expected=2)).positions


def test_what_is_released_is_free_in_the_same_step(log: EventLog) -> None:
    first = holding(nights(1, 4))
    log.append(writing(first))
    released = HoldReleased(claim_id=first.claim_id)
    log.append(writing(released, holding(nights(1, 4)), expected=1))


def test_what_one_step_takes_and_gives_back_is_free(log: EventLog) -> None:
    brief = holding(nights(1, 4))
    log.append(writing(brief, HoldReleased(claim_id=brief.claim_id)))
    log.append(writing(holding(nights(1, 4)), expected=2))


def test_claims_may_change_places_in_one_step(log: EventLog, database: Database) -> None:
    first, second = holding(nights(1, 4)), holding(nights(2, 5), unit=1)
    log.append(writing(first, second))
    log.append(
        writing(
            UnitsReassigned(claim_id=first.claim_id, before=(0,), after=(1,)),
            UnitsReassigned(claim_id=second.claim_id, before=(1,), after=(0,)),
            expected=2,
        )
    )
    with psycopg.connect(database.owner_url) as owner:
        rows = owner.execute("SELECT claim_id, unit FROM claims").fetchall()
    assert dict(rows) == {first.claim_id: 1, second.claim_id: 0}
    onto_another = UnitsReassigned(claim_id=first.claim_id, before=(1,), after=(0,))
    with pytest.raises(ClaimsOverlap):
        log.append(writing(onto_another, expected=4))


def test_a_reader_at_the_tail_never_misses_a_commit(log: EventLog, database: Database) -> None:
    done = threading.Event()
    seen: list[int] = []

    def tail() -> None:
        with LogReader(database.queries_url) as reader:
            while True:
                last_look = done.is_set()
                records = reader.read(seen[-1] if seen else 0, 1_000)
                seen.extend(record.position for record in records)
                if last_look and not records:
                    return

    def write(number: int) -> None:
        stream = account_stream(GUEST) + f"-{number}"
        for version in range(20):
            log.append(writing(RoleGranted(role="host"), stream=stream, expected=version))

    reading = threading.Thread(target=tail)
    reading.start()
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(write, range(12)))
    done.set()
    reading.join()
    assert seen == list(range(1, 241))


def test_without_the_lock_a_reader_at_the_tail_misses_a_late_commit(database: Database) -> None:
    columns = (
        "(notification_id, originator_id, originator_version, topic, state, key, recorded_at,"
        " occurred_at, actor, correlation_id, causation_id, hash)"
        " VALUES (%s, %s, 1, 't', '', 'k', now(), now(), '', '', '', sha256(''))"
    )
    with (
        psycopg.connect(database.commands_url) as late,
        psycopg.connect(database.commands_url, autocommit=True) as early,
        LogReader(database.queries_url) as reader,
    ):
        late.execute("INSERT INTO stored_events " + columns, [1, "late"])
        early.execute("INSERT INTO stored_events " + columns, [2, "early"])
        [seen] = reader.read(0, 10)
        late.commit()
        assert seen.position == 2
        assert reader.read(seen.position, 10) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET actor = 'nobody'",
        "DELETE FROM stored_events",
        "TRUNCATE stored_events",
        "ALTER TABLE stored_events DROP COLUMN hash",
        "DROP TABLE stored_events",
        "UPDATE receipts SET body = ''",
        "DELETE FROM receipts",
    ],
)
def test_no_role_of_ours_can_rewrite_what_happened(
    log: EventLog, database: Database, statement: str
) -> None:
    log.append(writing(holding(nights(1, 2)), receipt=receipt("k")))
    for url in database.roles:
        with (
            psycopg.connect(url, autocommit=True) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())


def test_the_query_role_can_only_read(database: Database) -> None:
    with psycopg.connect(database.queries_url) as connection:
        connection.execute("SELECT * FROM event_log")
        for statement in (
            "INSERT INTO stored_events SELECT * FROM stored_events",
            "LOCK TABLE stored_events IN EXCLUSIVE MODE",
            "SELECT * FROM credentials",
            "SELECT * FROM receipts",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()


def test_the_workers_role_reads_the_log_and_keeps_dead_letters(database: Database) -> None:
    with psycopg.connect(database.workers_url) as connection:
        connection.execute("SELECT * FROM stored_events")
        connection.execute("SELECT * FROM relay_checkpoint")
        connection.execute("UPDATE dead_letters SET state = 'open'")
        for statement in (
            "INSERT INTO stored_events SELECT * FROM stored_events",
            "UPDATE relay_checkpoint SET position = 0",
            "LOCK TABLE stored_events IN EXCLUSIVE MODE",
            "DELETE FROM dead_letters",
            "SELECT * FROM credentials",
            "SELECT * FROM receipts",
        ):
            connection.rollback()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_holds_are_counted_under_the_lock_where_no_stream_and_no_claim_can_tell(
    log: EventLog,
) -> None:
    def another(day: int) -> Append:
        stream = f"{calendar_stream(LISTING)}-{day}"
        return writing(holding(nights(day, day + 1)), stream=stream, holds={GUEST: 1})

    log.append(writing(holding(nights(1, 2))))
    outcomes = log.append_together([another(3), another(4)])
    assert [type(outcome) for outcome in outcomes] == [Appended, VersionConflict]
    with pytest.raises(VersionConflict):
        log.append(another(5))
    assert log.open_holds(GUEST) == 2
