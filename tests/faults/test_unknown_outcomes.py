"""A connection that is lost while it commits: one effect, and the client learns of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import psycopg
import pytest

from commands.execute import Commands, Outcome, Unavailable
from eventlog.application import EventLog
from eventlog.reader import LogReader
from tests.commands.market import Market
from tests.eventlog.conftest import Database
from tests.faults.cutting import after_commit, amid, at_byte, before_commit, for_good, once
from tests.faults.wire import Rule, Side, Wire, never, wire_to
from tests.keyring import sealing

pytestmark = pytest.mark.servers

AFTER = "after the commit, before its answer"
CUTS: dict[str, Rule] = {
    "before the commit reaches Postgres": before_commit,
    AFTER: after_commit,
    "amid the claims": amid("claims"),
    "amid the events": amid("stored_events"),
}


@dataclass
class Scene:
    """A market on a log behind the wire, and what the log itself has."""

    market: Market
    log: EventLog
    wire: Wire
    reader: LogReader

    def requested(self) -> list[str]:
        """The bookings in the log."""
        records = self.reader.scan()
        return [each.stream for each in records if each.type == "booking.requested.v1"]

    def back_again(self) -> None:
        """Postgres can be reached from now on."""
        self.wire.rule, self.wire.closed = never, False

    def book_until_answered(self, guest: UUID, quote: UUID, key: str) -> Outcome[Any]:
        """What a client is told who repeats what got no answer."""
        for _ in range(3):
            try:
                return self.market.book(guest, quote, key=key)
            except Unavailable:
                continue
        raise AssertionError("there was never an answer")


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    with (
        wire_to(database.commands_url) as wire,
        EventLog(wire.url, sealing=sealing()) as log,
        LogReader(database.queries_url) as reader,
    ):
        # Nobody is helped by waiting longer for a Postgres that is gone.
        log._datastore.pool.timeout = 0.5  # pyright: ignore[reportPrivateUsage]
        yield Scene(Market(log), log, wire, reader)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("key", ["once", None], ids=["with a key", "without a key"])
def test_a_cut_is_healed_on_another_connection_before_the_client_notices(
    scene: Scene, cut: str, key: str | None
) -> None:
    guest = scene.market.person()
    quote = scene.market.quote(guest, 5)
    scene.wire.rule = once(CUTS[cut])
    booked = scene.market.book(guest, quote, key=key)
    assert scene.wire.cuts == 1
    assert booked.result is not None
    assert scene.requested() == [f"booking-{booked.result.state.id}"]
    assert max(booked.positions.values()) == scene.reader.head()
    assert scene.market.book(guest, scene.market.quote(guest, 9)).result is not None


@pytest.mark.parametrize("cut", CUTS)
def test_when_postgres_is_gone_the_client_repeats_its_key_and_there_is_one_effect(
    scene: Scene, database: Database, cut: str
) -> None:
    guest = scene.market.person()
    quote = scene.market.quote(guest, 5)
    scene.wire.rule = for_good(scene.wire, CUTS[cut])
    with pytest.raises(Unavailable):
        scene.market.book(guest, quote, key="once")
    scene.back_again()
    again = scene.market.book(guest, quote, key="once")
    assert again.replayed == (cut == AFTER)
    assert again.response is not None
    assert scene.requested() == [f"booking-{again.response.body.decode()}"]
    with EventLog(database.commands_url, sealing=sealing()) as elsewhere:
        third = scene.market.book(guest, quote, key="once", on=Commands(elsewhere))
    assert third.replayed
    assert (third.response, third.positions) == (again.response, again.positions)


@pytest.mark.parametrize("cut", CUTS)
def test_without_a_key_an_unknown_outcome_has_at_most_one_effect(scene: Scene, cut: str) -> None:
    guest = scene.market.person()
    quote = scene.market.quote(guest, 5)
    scene.wire.rule = for_good(scene.wire, CUTS[cut])
    with pytest.raises(Unavailable):
        scene.market.book(guest, quote)
    scene.back_again()
    assert len(scene.requested()) == (cut == AFTER)


@pytest.mark.parametrize(
    ("side", "bytes_to_cut_at"),
    [("client", range(0, 6_000, 239)), ("server", range(0, 800, 31))],
    ids=["asking", "answering"],
)
def test_wherever_the_bytes_are_cut_there_is_one_effect_and_one_answer(
    scene: Scene, side: Side, bytes_to_cut_at: range
) -> None:
    guest = scene.market.person()
    for number, byte in enumerate(bytes_to_cut_at):
        quote = scene.market.quote(guest, 5 + number)
        scene.wire.rule = once(at_byte(side, byte))
        first = scene.book_until_answered(guest, quote, f"key-{byte}")
        scene.wire.rule = never
        again = scene.market.book(guest, quote, key=f"key-{byte}")
        assert again.replayed
        assert first.response is not None
        assert (again.response, again.positions) == (first.response, first.positions)
        assert len(scene.requested()) == number + 1
        scene.market.cancel(guest, UUID(first.response.body.decode()))
    assert scene.wire.cuts > 10


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("gone", ["a moment", "for good"])
def test_all_commands_of_one_commit_are_answered_each_by_itself(
    scene: Scene, database: Database, cut: str, gone: str
) -> None:
    market = scene.market
    guests = [market.person() for _ in range(8)]
    quotes = [market.quote(guest, 5 + day) for day, guest in enumerate(guests)]
    # The first is under way alone when the lock comes free; the others wait for it together.
    with ThreadPoolExecutor(8) as threads:
        with psycopg.connect(database.owner_url) as owner:
            owner.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
            committer = scene.log._committer  # pyright: ignore[reportPrivateUsage]
            before = committer._last  # pyright: ignore[reportPrivateUsage]
            asked = [threads.submit(market.book, guests[0], quotes[0], key="key-0")]
            until(lambda: committer._last is not before and not committer._queue)  # pyright: ignore[reportPrivateUsage]
            asked += [
                threads.submit(market.book, guests[n], quotes[n], key=f"key-{n}")
                for n in range(1, 8)
            ]
            until(lambda: len(committer._queue) == 7)  # pyright: ignore[reportPrivateUsage]
            second = once(CUTS[cut], at=2)
            scene.wire.rule = for_good(scene.wire, second) if gone == "for good" else second
        failures = [each.exception() for each in asked]
    assert scene.wire.cuts >= 1
    if gone == "for good":
        assert sum(isinstance(each, Unavailable) for each in failures) == 7
    else:
        assert failures == [None] * 8
    scene.back_again()
    again = [
        market.book(guest, quote, key=f"key-{number}")
        for number, (guest, quote) in enumerate(zip(guests, quotes, strict=True))
    ]
    stored = 8 if gone == "a moment" or cut == AFTER else 1
    assert sum(each.replayed for each in again) == stored
    told = {each.response.body.decode() for each in again if each.response}
    assert {f"booking-{booking}" for booking in told} == set(scene.requested())
    assert len(scene.requested()) == 8


def until(holds: Callable[[], object]) -> None:
    give_up = monotonic() + 4
    while not holds():
        assert monotonic() < give_up, "it never came to that"
        sleep(0.001)
