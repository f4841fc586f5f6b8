from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event, Thread
from time import monotonic

import pytest

from eventlog import committer
from eventlog.append import Append, Appended, AppendFailed, TooLate, VersionConflict
from eventlog.committer import Committer, QueueFull

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def append(name: str) -> Append:
    return Append(
        writes=(), reads={}, occurred_at=NOW, actor=name, correlation_id="", causation_id=""
    )


class Storing:
    """A store that can be held up, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered = Event()
        self.go = Event()
        self.go.set()

    def __call__(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
        self.entered.set()
        assert self.go.wait(10)
        self.batches.append([each.actor for each in batch])
        return [
            VersionConflict()
            if each.actor.startswith("lost")
            else Appended(positions={0: int(each.actor)}, recorded_at=NOW)
            for each in batch
        ]


def test_commands_that_wait_are_stored_together_each_with_its_own_outcome() -> None:
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    with ThreadPoolExecutor(12) as threads:
        first = threads.submit(gathering.append, append("0"))
        assert storing.entered.wait(10)
        others = [threads.submit(gathering.append, append(str(n))) for n in range(1, 10)]
        loser = threads.submit(gathering.append, append("lost"))
        while len(gathering._queue) < 10:  # pyright: ignore[reportPrivateUsage]
            pass
        storing.go.set()
        assert first.result().positions == {0: 0}
        assert [other.result().positions[0] for other in others] == list(range(1, 10))
        with pytest.raises(VersionConflict):
            loser.result()
    assert [len(batch) for batch in storing.batches] == [1, 10]


def test_a_batch_has_a_bound_and_everybody_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "MAX_BATCH", 3)
    storing = Storing()
    gathering = Committer(storing)
    together = Barrier(20)

    def ask(number: int) -> int:
        together.wait()
        return gathering.append(append(str(number))).positions[0]

    with ThreadPoolExecutor(20) as threads:
        assert sorted(threads.map(ask, range(20))) == list(range(20))
    assert max(len(batch) for batch in storing.batches) <= 3


def test_one_too_many_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "MAX_WAITING", 1)
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    leader = Thread(target=gathering.append, args=[append("1")])
    leader.start()
    assert storing.entered.wait(10)
    second = Thread(target=gathering.append, args=[append("2")])
    second.start()
    while not gathering._queue:  # pyright: ignore[reportPrivateUsage]
        pass
    with pytest.raises(QueueFull):
        gathering.append(append("3"))
    storing.go.set()
    leader.join()
    second.join()


def test_a_store_that_fails_fails_everybody_and_then_goes_on() -> None:
    class Failing(Storing):
        def __call__(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
            if self.batches:
                return super().__call__(batch)
            self.batches.append([])
            raise ConnectionError("gone")

    gathering = Committer(Failing())
    with pytest.raises(ConnectionError):
        gathering.append(append("1"))
    assert gathering.append(append("2")).positions == {0: 2}


def test_nobody_need_ask_for_an_outcome_for_it_to_come_about() -> None:
    storing = Storing()
    gathering = Committer(storing)
    late = gathering.enqueue(append("1"))
    assert gathering.append(append("2")).positions == {0: 2}
    assert gathering.outcome(late).positions == {0: 1}
    gathering.close()
    assert [name for batch in storing.batches for name in batch] == ["1", "2"]


def test_what_waits_beyond_its_deadline_is_not_stored_and_harms_nobody() -> None:
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    first = gathering.enqueue(append("1"))
    assert storing.entered.wait(10)
    given_up = gathering.enqueue(append("2"), monotonic() + 0.01)
    patient = gathering.enqueue(append("3"), monotonic() + 60)
    while monotonic() < (given_up.deadline or 0):
        pass
    storing.go.set()
    with pytest.raises(TooLate):
        gathering.outcome(given_up)
    assert gathering.outcome(first).positions == {0: 1}
    assert gathering.outcome(patient).positions == {0: 3}
    assert storing.batches == [["1"], ["3"]]


def test_what_is_being_stored_when_its_deadline_passes_is_told() -> None:
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    mine = gathering.enqueue(append("1"), monotonic() + 0.05)
    assert storing.entered.wait(10)
    while monotonic() < (mine.deadline or 0):
        pass
    storing.go.set()
    assert gathering.outcome(mine).positions == {0: 1}


def test_whoever_comes_first_is_stored_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "MAX_BATCH", 2)
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    waiting = [gathering.enqueue(append(str(number))) for number in range(9)]
    storing.go.set()
    for each in waiting:
        gathering.outcome(each)
    assert [name for batch in storing.batches for name in batch] == [str(n) for n in range(9)]


async def test_tasks_of_an_event_loop_wait_without_a_thread_each() -> None:
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    threads = threading.active_count()
    waiting = [gathering.enqueue(append(str(number))) for number in range(50)]
    known = asyncio.gather(*(each.known() for each in waiting))
    await asyncio.sleep(0)
    assert threading.active_count() <= threads + 1
    storing.go.set()
    await known
    assert [gathering.outcome(each).positions[0] for each in waiting] == list(range(50))


async def test_a_task_that_was_cancelled_while_it_waited_holds_nobody_up() -> None:
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    waiting = [gathering.enqueue(append(str(number))) for number in range(3)]
    tasks = [asyncio.create_task(each.known()) for each in waiting]
    await asyncio.sleep(0)
    tasks[1].cancel()
    storing.go.set()
    await asyncio.gather(tasks[0], tasks[2])
    assert [gathering.outcome(each).positions[0] for each in waiting] == [0, 1, 2]


def test_what_waits_when_the_log_is_closed_is_stored_and_nothing_after_it() -> None:
    storing = Storing()
    gathering = Committer(storing)
    storing.go.clear()
    waiting = [gathering.enqueue(append(str(number))) for number in range(3)]
    closing = Thread(target=gathering.close)
    closing.start()
    storing.go.set()
    closing.join(10)
    assert [gathering.outcome(each).positions[0] for each in waiting] == [0, 1, 2]
    with pytest.raises(QueueFull):
        gathering.enqueue(append("4"))


async def test_what_a_loop_decides_in_one_go_is_stored_together() -> None:
    storing = Storing()
    gathering = Committer(storing)
    for _ in range(3):
        waiting = [gathering.enqueue(append(str(number))) for number in range(5)]
        await asyncio.gather(*(each.known() for each in waiting))
    assert storing.batches == [["0", "1", "2", "3", "4"]] * 3


async def test_a_loop_that_is_blocks_is_served_without_having_had_its_turn() -> None:
    storing = Storing()
    gathering = Committer(storing)
    for number in range(20):
        await gathering.enqueue(append(str(number))).known()
        # Blocks the loop, which can't say that it had its turn.
        gathering.append(append(str(number)))
        gathering.enqueue(append(str(number)))
        gathering.settle()
    assert storing.batches == [[str(number)] for number in range(20) for _ in range(3)]


async def test_a_loop_that_is_busy_holds_no_thread_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "TURN", 60)
    gathering = Committer(Storing())
    await gathering.enqueue(append("0")).known()
    mine = gathering.enqueue(append("1"))
    other = Thread(target=gathering.append, args=(append("2"),))
    other.start()
    other.join(30)
    assert (other.is_alive(), mine.outcome is None) == (False, False)


def test_a_loop_that_is_gone_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "TURN", 60)
    storing = Storing()
    gathering = Committer(storing)

    async def ask_and_go() -> None:
        storing.go.clear()
        asking = asyncio.create_task(gathering.enqueue(append("0")).known())
        await asyncio.to_thread(storing.entered.wait, 10)
        asking.cancel()

    asyncio.run(ask_and_go())
    storing.go.set()

    async def ask() -> None:
        await asyncio.wait_for(gathering.enqueue(append("1")).known(), 30)

    asyncio.run(ask())
    assert storing.batches == [["0"], ["1"]]
