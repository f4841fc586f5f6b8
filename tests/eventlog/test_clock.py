from __future__ import annotations

from datetime import UTC, datetime, timedelta

from eventlog.clock import DatabaseClock

START = datetime(2027, 3, 1, tzinfo=UTC)


class World:
    """Postgres's clock and this machine's, moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.skew = timedelta(0)
        self.asked = 0

    @property
    def true(self) -> datetime:
        return START + timedelta(seconds=self.passed) + self.skew

    def ask(self) -> datetime:
        self.asked += 1
        return self.true

    def clock(self) -> DatabaseClock:
        return DatabaseClock(self.ask, lambda: self.passed)


def test_the_database_is_asked_once_a_second_at_most() -> None:
    world = World()
    clock = world.clock()
    for _ in range(100):
        assert clock.now() == world.true
        world.passed += 0.05
    assert world.asked == 5


def test_an_answer_that_took_long_does_not_set_the_clock_back() -> None:
    world = World()
    clock = world.clock()
    assert clock.now() == world.true
    world.passed += 0.4
    clock.note(world.true - timedelta(milliseconds=200))
    assert clock.now() == world.true


def test_time_stands_still_rather_than_going_back_by_little() -> None:
    world = World()
    clock = world.clock()
    told = clock.now()
    world.skew -= timedelta(seconds=1.9)
    world.passed += 1.0
    assert clock.now() == told
    world.passed += 0.95
    assert clock.now() == world.true > told


def test_a_database_that_is_set_back_is_believed() -> None:
    world = World()
    clock = world.clock()
    clock.now()
    world.skew -= timedelta(hours=1)
    world.passed += 1.0
    assert clock.now() == world.true


def test_under_traffic_no_answer_gets_so_old_that_it_must_be_asked_for() -> None:
    world = World()
    clock = world.clock()
    assert not clock.fresh()
    clock.now()
    for _ in range(100):
        world.passed += 0.3
        clock.note(world.true - timedelta(milliseconds=5))
        assert clock.fresh()
    assert world.asked == 1
    world.passed += 1.0
    assert not clock.fresh()
