"""The scheduler on a real log: nothing is missed, done twice, or held up by what fails."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from commands.execute import Commands, Unavailable
from domain.booking.facts import BookingCancelled, BookingConfirmed, BookingExpired
from domain.money import Money
from domain.refusals import PolicyForbids, TooEarly
from domain.streams import booking_stream
from domain.timers import Due, Timer, fold
from streams.metrics import TimerMetrics
from streams.timers import table as timer_table
from streams.timers.firing import FIRST_WAIT, Fire, fire_one, use_cases, wait_after
from streams.timers.following import TimerFollower
from streams.timers.running import run_timers
from streams.timers.table import Taken, TimerTable
from tests.domain.facts import BOOKING, LISTING, NOW, requested
from tests.streams.conftest import PATIENCE, Pipeline, until

pytestmark = pytest.mark.servers

CANCELLED = BookingCancelled(by="guest", reason=None, refund=(), refund_total=Money(0, "SEK"))
HOUR = timedelta(hours=1)


@pytest.fixture
def table(pipeline: Pipeline) -> Iterator[TimerTable]:
    with TimerTable(pipeline.settings.postgres_url) as opened:
        yield opened


@pytest.fixture
def metrics() -> TimerMetrics:
    return TimerMetrics(CollectorRegistry())


def request(pipeline: Pipeline, *, lapsing: datetime, booking: UUID | None = None) -> Timer:
    """A booking whose hold lapses then, and its timer."""
    booking = booking or uuid4()
    event = replace(requested(), booking_id=booking, hold_expires_at=lapsing)
    pipeline.append(event, stream=booking_stream(booking), key=LISTING)
    return Timer("hold_expiry", booking)


def follow(pipeline: Pipeline, table: TimerTable) -> None:
    TimerFollower(pipeline.reading, table).reach_end()


def stored(pipeline: Pipeline) -> dict[Timer, Due]:
    with psycopg.connect(pipeline.settings.postgres_url) as connection:
        rows = connection.execute("SELECT kind, subject, due_at, position, key FROM timers")
        return {Timer(row[0], row[1]): Due(row[2].astimezone(UTC), *row[3:]) for row in rows}


def expected(pipeline: Pipeline) -> dict[Timer, Due]:
    return fold(record.decoded() for record in pipeline.log())


def live(pipeline: Pipeline, seed: int = 7) -> None:
    """Twenty bookings, in any order at any stage."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    bookings = [uuid4() for _ in range(20)]
    for booking in bookings:
        request(pipeline, lapsing=NOW + random.random() * HOUR, booking=booking)
    for booking in random.choices(bookings, k=25):
        fact = random.choice([BookingConfirmed(booking_id=booking), CANCELLED])
        pipeline.append(fact, stream=booking_stream(booking), key=LISTING)


class Running:
    """Schedulers in threads, all on the same table."""

    def __init__(self, pipeline: Pipeline, fire: Fire, *, how_many: int = 1) -> None:
        self.stop = threading.Event()
        self._stack = ExitStack()
        self._pool = ThreadPoolExecutor(how_many)
        self._ends = [
            self._pool.submit(
                run_timers,
                pipeline.reading,
                self._stack.enter_context(TimerTable(pipeline.settings.postgres_url)),
                fire,
                TimerMetrics(CollectorRegistry()),
                self.stop,
                poll=0.01,
            )
            for _ in range(how_many)
        ]

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for end in self._ends:
            end.result(PATIENCE)
        self._pool.shutdown()
        self._stack.close()


class Fired:
    """Remembers what was fired, and fails as it is told to."""

    def __init__(self, fails: Callable[[Timer], Exception | None] = lambda _: None) -> None:
        self.timers: Counter[Timer] = Counter()
        self._fails = fails

    def __call__(self, taken: Taken) -> None:
        self.timers[taken.timer] += 1
        if error := self._fails(taken.timer):
            raise error


def test_the_table_is_the_fold_of_the_log_in_whatever_pages_and_however_often_it_starts_anew(
    pipeline: Pipeline, table: TimerTable
) -> None:
    live(pipeline)
    for page in (1, 7, 1_000):
        follower = TimerFollower(pipeline.reading, table, page=page)
        for _ in range(12):
            follower.step()
        TimerFollower(pipeline.reading, table, page=page).reach_end()
        assert stored(pipeline) == expected(pipeline)
        assert table.position() == pipeline.reading.head()
        table.restart()
        assert stored(pipeline) == {}


def test_of_two_that_follow_the_same_events_the_second_changes_nothing(
    pipeline: Pipeline, table: TimerTable
) -> None:
    timer = request(pipeline, lapsing=NOW)
    quick, slow = (TimerFollower(pipeline.reading, table) for _ in range(2))
    quick.look()
    slow.look()
    quick.step()
    table.settle(Taken(timer, stored(pipeline)[timer], 1))
    slow.step()
    assert timer not in {upcoming.timer for upcoming in table.upcoming(10)}


def test_followers_that_race_leave_the_fold_of_the_log(
    pipeline: Pipeline, table: TimerTable
) -> None:
    followers = [TimerFollower(pipeline.reading, table, page=3) for _ in range(4)]
    stop = threading.Event()

    def go_on(follower: TimerFollower) -> None:
        while not stop.is_set():
            follower.step()

    with ThreadPoolExecutor(4) as pool:
        racing = [pool.submit(go_on, follower) for follower in followers]
        live(pipeline)
        until(lambda: table.position() == pipeline.reading.head(), "the log was not followed")
        stop.set()
        for each in racing:
            each.result(PATIENCE)
    assert stored(pipeline) == expected(pipeline)


def test_who_dies_between_events_and_checkpoint_has_done_neither(
    pipeline: Pipeline, table: TimerTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(pipeline)
    with monkeypatch.context() as dying:
        dies = "SELECT pg_terminate_backend(pg_backend_pid()), %s::text[], %s::uuid[]"
        dying.setattr(timer_table, "CLEAR", dies)
        with pytest.raises(psycopg.OperationalError):
            follow(pipeline, table)
    assert (table.position(), stored(pipeline)) == (0, {})
    follow(pipeline, table)
    assert stored(pipeline) == expected(pipeline)


def test_schedulers_that_run_twice_fire_each_due_timer_once(pipeline: Pipeline) -> None:
    due = {request(pipeline, lapsing=NOW - 1_000 * timedelta(days=1)) for _ in range(30)}
    later = request(pipeline, lapsing=NOW + timedelta(days=3_650))
    fired = Fired()
    with Running(pipeline, fired, how_many=3):
        until(lambda: fired.timers.keys() >= due, "not all were fired")
    assert {timer for timer in fired.timers if timer.kind == "hold_expiry"} == due
    assert later not in fired.timers
    assert set(fired.timers.values()) == {1}


def test_a_timer_is_fired_within_a_quarter_of_a_second(
    pipeline: Pipeline, table: TimerTable
) -> None:
    done: dict[UUID, datetime] = {}

    def fire(taken: Taken) -> None:
        done[taken.timer.subject] = datetime.now(UTC)

    with Running(pipeline, fire):
        until(lambda: table.position() == pipeline.reading.head(), "not even begun")
        lapsing = [datetime.now(UTC) + timedelta(seconds=0.3 * n) for n in range(1, 6)]
        booked = {request(pipeline, lapsing=at).subject: at for at in lapsing}
        until(lambda: done.keys() >= booked.keys(), "not all were fired")
    delays = sorted(done[booking] - at for booking, at in booked.items())
    assert timedelta(0) <= delays[0]
    assert delays[len(delays) // 2] < timedelta(seconds=0.25), delays


def test_one_that_fails_backs_off_alone(pipeline: Pipeline, table: TimerTable) -> None:
    broken = request(pipeline, lapsing=NOW - 1_001 * timedelta(days=1))

    def fails(timer: Timer) -> Exception | None:
        return ValueError("never") if timer == broken else None

    fired = Fired(fails)
    with Running(pipeline, fired):
        until(lambda: fired.timers[broken] == 1, "the broken one was not fired")
        others = {request(pipeline, lapsing=datetime.now(UTC)) for _ in range(20)}
        until(lambda: fired.timers.keys() >= others, "it kept the others waiting")
        until(lambda: fired.timers[broken] == 3, "it was not tried again")
    assert all(fired.timers[timer] == 1 for timer in others)
    [left] = [each for each in table.upcoming(100) if each.timer == broken]
    assert (left.attempts, left.problem) == (3, "ValueError: never")
    assert left.try_at > left.due_at


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 0.25), (2, 0.5), (5, 4.0), (14, 2_048.0), (15, 3_600.0), (10_000, 3_600.0)],
)
def test_each_failure_doubles_the_wait_up_to_an_hour(attempts: int, seconds: float) -> None:
    assert wait_after(attempts, HOUR) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (PolicyForbids(action="x", status="y", because="it is y", instead="Wait."), 2_048.0),
        (ValueError("x"), 2_048.0),
        (Unavailable(), 5.0),
    ],
    ids=["refused", "broken", "while the log is down, the fault is not the timer's"],
)
def test_after_fourteen_failures_it_waits(
    pipeline: Pipeline, table: TimerTable, metrics: TimerMetrics, error: Exception, wait: float
) -> None:
    timer = request(pipeline, lapsing=NOW - 1_000 * timedelta(days=1))
    follow(pipeline, table)
    [taken] = [each for each in table.take(10) if each.timer == timer]
    fire_one(replace(taken, attempts=14), Fired(lambda _: error), table, metrics)
    [left] = [each for each in table.upcoming(10) if each.timer == timer]
    left_to_wait = left.try_at - table.glance().now
    assert timedelta(seconds=wait - 2) < left_to_wait <= timedelta(seconds=wait)


def test_one_that_is_early_waits_for_its_time(
    pipeline: Pipeline, table: TimerTable, metrics: TimerMetrics
) -> None:
    timer = request(pipeline, lapsing=NOW - 1_000 * timedelta(days=1))
    follow(pipeline, table)
    [taken] = table.take(10)
    assert taken.timer == timer
    earliest = datetime.now(UTC) + HOUR
    early = TooEarly(action="complete", earliest=earliest)
    fire_one(taken, Fired(lambda _: early), table, metrics)
    [left] = [each for each in table.upcoming(10) if each.timer == timer]
    assert left.try_at == earliest
    assert FIRST_WAIT < HOUR


def test_a_clock_that_was_set_back_loses_no_timer(
    pipeline: Pipeline, table: TimerTable, metrics: TimerMetrics
) -> None:
    due = datetime.now(UTC) + HOUR
    timer = request(pipeline, lapsing=due)
    follow(pipeline, table)
    taken = Taken(timer, stored(pipeline)[timer], 1)
    fire_one(taken, use_cases(Commands(pipeline.writing)), table, metrics)
    [left] = [each for each in table.upcoming(10) if each.timer == timer]
    assert left.try_at == due


def test_what_a_dead_process_took_is_taken_again_when_its_lease_ends(
    pipeline: Pipeline, table: TimerTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    timer = request(pipeline, lapsing=NOW - 1_000 * timedelta(days=1))
    follow(pipeline, table)
    monkeypatch.setattr(timer_table, "LEASE", timedelta(seconds=0.3))
    [taken] = table.take(10)
    assert taken.timer == timer
    assert table.take(10) == []
    again: list[Taken] = []
    until(lambda: bool(again.extend(table.take(10)) or again), "the lease never ended")
    assert (again[0].timer, again[0].attempts) == (timer, 2)


def test_a_timer_that_is_set_anew_while_it_is_fired_stays(
    pipeline: Pipeline, table: TimerTable
) -> None:
    booking = uuid4()
    timer = request(pipeline, lapsing=NOW - 1_000 * timedelta(days=1), booking=booking)
    follow(pipeline, table)
    [taken] = table.take(10)
    request(pipeline, lapsing=NOW - 999 * timedelta(days=1), booking=booking)
    follow(pipeline, table)
    table.settle(taken)
    table.postpone(taken, HOUR, "too late")
    [again] = [each for each in table.take(10) if each.timer == timer]
    assert again.attempts == 1
    table.settle(again)
    assert table.take(10) == []


def test_a_table_without_its_checkpoint_starts_anew(pipeline: Pipeline, table: TimerTable) -> None:
    live(pipeline)
    follow(pipeline, table)
    before = stored(pipeline)
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        owner.execute("TRUNCATE timers_checkpoint")
        owner.execute("INSERT INTO timers VALUES ('completion', gen_random_uuid(), now(), 1, 'x')")
    follow(pipeline, table)
    assert stored(pipeline) == before == expected(pipeline)


def test_nothing_is_fired_before_the_log_is_followed_to_its_end(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.timers.following.PAGE", 2)
    long_ago = NOW - 1_000 * timedelta(days=1)
    for _ in range(5):
        timer = request(pipeline, lapsing=long_ago)
        ended = BookingExpired(expired_at=long_ago)
        pipeline.append(ended, stream=booking_stream(timer.subject), key=LISTING)
    left = request(pipeline, lapsing=long_ago)
    fired = Fired()
    with Running(pipeline, fired):
        until(lambda: left in fired.timers, "the one that is due was not fired")
    assert [timer for timer in fired.timers if timer.kind == "hold_expiry"] == [left]


def test_metrics_tell_what_is_overdue_and_how_far_the_log_is_followed(
    pipeline: Pipeline, table: TimerTable
) -> None:
    request(pipeline, lapsing=NOW - 1_000 * timedelta(days=1))
    follow(pipeline, table)
    request(pipeline, lapsing=NOW)
    registry = CollectorRegistry()
    metrics = TimerMetrics(registry)
    metrics.look(table.glance(), table.position(), pipeline.reading.head())
    assert registry.get_sample_value("sojourn_timers_overdue") == 1
    assert registry.get_sample_value("sojourn_timers_lag") == 1
    assert (registry.get_sample_value("sojourn_timers_next_due_seconds") or 0) < 0
    [taken] = table.take(1)
    fire_one(taken, Fired(), table, metrics)
    told: Mapping[str, str] = {"kind": "hold_expiry", "outcome": "done"}
    assert registry.get_sample_value("sojourn_timers_fired_total", dict(told)) == 1


def test_due_timers_are_found_by_index_however_many_wait(
    pipeline: Pipeline, table: TimerTable
) -> None:
    with psycopg.connect(pipeline.platform.settings.need("postgres_url"), autocommit=True) as owner:
        owner.execute(
            "INSERT INTO timers SELECT 'completion', gen_random_uuid(), now() + n * interval '1 h',"
            " 1, 'x', now() + n * interval '1 h' FROM generate_series(1, 20000) AS n"
        )
        owner.execute("ANALYZE timers")
        for asked in (timer_table.LOOK, timer_table.UPCOMING, timer_table.TAKE):
            plan = owner.execute("EXPLAIN " + asked.replace("%s", "'1'"))
            text = "\n".join(row[0] for row in plan)
            assert "Seq Scan" not in text, text
            assert text.count("Index Cond") >= (0 if asked is timer_table.UPCOMING else 1), text


def test_a_booking_that_ended_has_no_timer(pipeline: Pipeline, table: TimerTable) -> None:
    request(pipeline, lapsing=NOW, booking=BOOKING)
    pipeline.append(CANCELLED, stream=booking_stream(BOOKING), key=LISTING)
    follow(pipeline, table)
    assert stored(pipeline) == {}
