"""Commands decide on what their process knows; the log has the last word."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from time import monotonic, sleep
from uuid import UUID

import pytest

from commands.execute import Commands, Unavailable
from domain.calendar.state import evolve
from domain.refusals import NightsTaken, TooManyHolds
from domain.streams import account_stream, calendar_stream
from eventlog.append import Append, Appended, AppendFailed, VersionConflict
from eventlog.application import EventLog
from eventlog.committer import Committer
from eventlog.partitioner import PARTITIONS, partition_of
from eventlog.prepared import Prepared
from tests.commands.market import Market
from tests.eventlog.conftest import Database
from tests.keyring import sealing

pytestmark = pytest.mark.servers


@pytest.fixture
def elsewhere(database: Database) -> Iterator[Commands]:
    """Another process on the same log."""
    with EventLog(database.commands_url, sealing=sealing()) as log:
        yield Commands(log)


def test_nights_that_another_process_took_are_refused_although_this_one_thinks_them_free(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    first, second, third = (market.person() for _ in range(3))
    market.book(third, market.quote(third, 1))
    mine = market.quote(first, 5)
    market.book(second, market.quote(second, 5), on=elsewhere)
    with pytest.raises(NightsTaken):
        market.book(first, mine)


def test_nights_that_another_process_freed_are_not_refused_because_this_one_thinks_them_taken(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    first, second = market.person(), market.person()
    mine, theirs = market.quote(first, 5), market.quote(second, 5)
    taken = market.book(second, theirs).result
    assert taken is not None
    market.cancel(second, taken.state.id, on=elsewhere)
    assert market.book(first, mine).result is not None


def test_a_command_that_changes_nothing_says_so_only_of_what_is_stored(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    guest = market.person()
    held = market.book(guest, market.quote(guest, 5)).result
    assert held is not None
    market.cancel(guest, held.state.id, on=elsewhere)
    before = log.last_positions([f"booking-{held.state.id}"])
    market.cancel(guest, held.state.id)
    assert log.last_positions([f"booking-{held.state.id}"]) == before


def test_how_far_the_log_goes_is_the_latest_of_all_that_share_a_partition(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    # One more than there are partitions.
    streams = [account_stream(person := market.person()) for _ in range(PARTITIONS + 1)]
    latest: dict[int, int] = {}
    for key, position in sorted(log.last_positions(streams).items(), key=lambda each: each[1]):
        latest[partition_of(key)] = position
    assert elsewhere.standing(person, streams) == latest
    assert elsewhere.standing(person, streams[::-1]) == latest


def test_a_repeated_key_gets_its_first_answer_from_another_process_too(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    guest = market.person()
    quote = market.quote(guest, 5)
    first = market.book(guest, quote, key="once")
    for commands in (market.commands, elsewhere):
        again = market.book(guest, quote, key="once", on=commands)
        assert again.replayed
        assert again.response == first.response
        assert again.positions == first.positions


def test_the_last_hold_an_account_may_open_is_opened_once(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    guest = market.person()
    quotes = [market.quote(guest, day) for day in range(1, 13)]
    for quote in quotes[:9]:
        market.book(guest, quote)
    market.book(guest, quotes[9], on=elsewhere)
    for commands in (market.commands, elsewhere):
        with pytest.raises(TooManyHolds):
            market.book(guest, quotes[10], on=commands)


class HeldUp:
    """Storing that waits to be let go, and can fail once."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.go = Event()
        self.batches: list[int] = []
        self.taken = 0
        self.fail: AppendFailed | None = None

    def __call__(self, batch: Sequence[Prepared]) -> list[Appended | AppendFailed]:
        self.taken += len(batch)
        assert self.go.wait(10)
        self.batches.append(len(batch))
        if fail := self.fail:
            self.fail = None
            batch[0].append.not_stored()
            return [fail, *self.log.store(batch[1:])]
        return self.log.store(batch)


def held_up(log: EventLog) -> HeldUp:
    storing = HeldUp(log)
    log._committer = Committer(storing)  # pyright: ignore[reportPrivateUsage]
    return storing


def until_submitted(log: EventLog, storing: HeldUp, number: int) -> None:
    """Wait until so many commands wait to be stored, in the queue or in a batch that is held up."""
    until(lambda: storing.taken + len(log._committer._queue) >= number)  # pyright: ignore[reportPrivateUsage]


def until(holds: Callable[[], object]) -> None:
    give_up = monotonic() + 8
    while not holds():
        assert monotonic() < give_up, "it never came to that"
        sleep(0.001)


def test_commands_on_one_calendar_are_decided_in_turn_and_stored_together(log: EventLog) -> None:
    market = Market(log)
    guests = [market.person() for _ in range(8)]
    quotes = [market.quote(guest, day) for day, guest in enumerate(guests, 1)]
    market.book(guests[0], quotes[0])
    storing = held_up(log)
    with ThreadPoolExecutor(8) as threads:
        booked = [threads.submit(market.book, guests[n], quotes[n]) for n in range(1, 8)]
        until_submitted(log, storing, 7)
        storing.go.set()
        assert all(each.result().result for each in booked)
    assert sum(storing.batches) == 7
    assert len(storing.batches) <= 2


def test_when_an_earlier_decision_is_not_stored_the_later_ones_decide_again(log: EventLog) -> None:
    market = Market(log)
    guests = [market.person() for _ in range(6)]
    quotes = [market.quote(guest, day) for day, guest in enumerate(guests, 1)]
    storing = held_up(log)
    storing.fail = VersionConflict()
    with ThreadPoolExecutor(6) as threads:
        booked = [
            threads.submit(market.book, guest, quote)
            for guest, quote in zip(guests, quotes, strict=True)
        ]
        until_submitted(log, storing, 6)
        storing.go.set()
        assert all(each.result().result for each in booked)


def test_who_is_refused_because_of_a_decision_that_is_not_stored_gets_the_nights(
    log: EventLog,
) -> None:
    market = Market(log)
    first, second = market.person(), market.person()
    quotes = market.quote(first, 3), market.quote(second, 3)
    storing = held_up(log)
    storing.fail = VersionConflict()
    with ThreadPoolExecutor(2) as threads:
        booked = [
            threads.submit(market.book, guest, quote)
            for guest, quote in zip((first, second), quotes, strict=True)
        ]
        until_submitted(log, storing, 2)
        storing.go.set()
        outcomes = [each.exception() for each in booked]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NightsTaken", "NoneType"]


async def test_in_an_event_loop_a_command_is_carried_out_without_a_thread_each(
    log: EventLog,
) -> None:
    market = Market(log)
    guests = [market.person() for _ in range(20)]
    quotes = [market.quote(guest, day) for day, guest in enumerate(guests, 1)]
    market.book(guests[0], quotes[0])
    threads = threading.active_count()
    outcomes = await asyncio.gather(
        *(
            market.book_at_once(guest, quote, key="once")
            for guest, quote in zip(guests[1:], quotes[1:], strict=True)
        )
    )
    assert all(outcome and outcome.result and outcome.positions for outcome in outcomes)
    assert threading.active_count() <= threads
    assert log.open_holds(guests[5]) == 1


async def test_the_first_guest_of_a_listing_waits_for_no_thread_once_there_is_a_quote(
    log: EventLog,
) -> None:
    market = Market(log)
    first, second = market.person(), market.person()
    quotes = [market.quote(first, 1), market.quote(second, 1)]
    outcome = await market.book_at_once(first, quotes[0])
    assert outcome
    assert outcome.positions
    assert await market.book_at_once(second, quotes[1]) is None, "a refusal is made sure of"
    with pytest.raises(NightsTaken):
        market.book(second, quotes[1])


async def test_who_thinks_a_calendar_empty_that_another_process_filled_is_refused(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    first, second = market.person(), market.person()
    quotes = [market.quote(first, 1), market.quote(second, 1)]
    market.book(first, quotes[0], on=elsewhere)
    assert await market.book_at_once(second, quotes[1]) is None
    with pytest.raises(NightsTaken):
        market.book(second, quotes[1])


async def test_what_must_be_read_first_is_left_to_a_thread(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    guest = market.person()
    assert await market.book_at_once(guest, market.quote(guest, 1), on=elsewhere) is None
    assert log.open_holds(guest) == 0


async def test_a_refusal_in_an_event_loop_is_left_to_a_thread_that_makes_sure(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    first, second = market.person(), market.person()
    mine, theirs = market.quote(first, 5), market.quote(second, 5)
    taken = market.book(second, theirs).result
    assert taken is not None
    market.cancel(second, taken.state.id, on=elsewhere)
    assert await market.book_at_once(first, mine) is None
    assert market.book(first, mine).result is not None


async def test_a_conflict_in_an_event_loop_leaves_nothing_behind(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    first, second = market.person(), market.person()
    mine, theirs = market.quote(first, 5), market.quote(second, 5)
    market.book(first, market.quote(first, 1))
    market.book(second, theirs, on=elsewhere)
    assert await market.book_at_once(first, mine, key="once") is None
    assert log.receipt(first, "once") is None
    with pytest.raises(NightsTaken):
        market.book(first, mine, key="once")


async def test_a_command_that_waited_too_long_was_not_stored_and_says_so(log: EventLog) -> None:
    market = Market(log)
    guest = market.person()
    quote = market.quote(guest, 1)
    market.book(guest, market.quote(guest, 2))
    storing = held_up(log)
    hasty = Commands(log, deadline=0.05)
    first = log.submit(nothing_of(guest), {})
    until(lambda: storing.taken)
    with ThreadPoolExecutor(1) as threads:
        booked = threads.submit(market.book, guest, quote, key="late", on=hasty)
        until_submitted(log, storing, 2)
        submitted = monotonic()
        until(lambda: monotonic() > submitted + 0.06)
        storing.go.set()
        assert isinstance(booked.exception(), Unavailable)
    log.outcome(first, {}, {})
    assert log.receipt(guest, "late") is None
    assert log.open_holds(guest) == 1


def nothing_of(guest: UUID) -> Append:
    """An append that only takes its place in the queue."""
    return Append(
        writes=(),
        reads={},
        occurred_at=datetime.now(UTC),
        actor=str(guest),
        correlation_id="test",
        causation_id="command:test",
    )


def test_a_decision_on_what_was_not_stored_is_taken_again_although_its_version_fits(
    log: EventLog, elsewhere: Commands
) -> None:
    market = Market(log)
    calendar = calendar_stream(market.listing_id)
    guests = [market.person() for _ in range(3)]
    quotes = [market.quote(guest, day) for day, guest in enumerate(guests, 1)]
    storing = held_up(log)
    with ThreadPoolExecutor(2) as threads:
        earlier = threads.submit(market.book, guests[0], quotes[0], key="earlier")
        # That the calendar was empty is known since the quotes; now it no longer is.
        until(lambda: (seen := log.latest(calendar, evolve)) and seen.version)
        later = threads.submit(market.book, guests[1], quotes[1], key="later")
        until_submitted(log, storing, 2)
        # This takes the version that the earlier one was to have, so the later one's fits still.
        market.book(guests[2], quotes[2], on=elsewhere)
        storing.go.set()
        assert earlier.result().result
        assert later.result().result
    known, stored = log.latest(calendar, evolve), log.load(calendar, evolve)
    assert known
    assert stored
    assert (known.version, known.state) == (stored.version, stored.state)
