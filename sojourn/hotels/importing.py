"""All rooms, several at a time, with progress; an interrupted import goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import psycopg

from commands.execute import Outcome, Unavailable
from commands.receipts import KeyReused
from commands.together import Together
from sojourn.errors import Stop
from sojourn.hotels.asking import KEY, SUPPORT, Asking, Carrying, Command, Done, Tally
from sojourn.hotels.plan import Room, plan
from sojourn.hotels.rows import HotelBooking, RefusedRow

THREADS = 16
"""Rooms at a time: one room's steps follow each other, and what waits is stored together."""

PATIENCE = 60.0
"""Seconds that the import waits for a log that does not answer."""

RECEIPTS = "SELECT key, fingerprint, events FROM receipts WHERE account_id = %s AND key ^@ %s"


def receipts_of_imports(url: str) -> tuple[Done, int]:
    """What earlier imports have done, and in how many events; raises psycopg's errors."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(RECEIPTS, [SUPPORT, KEY]).fetchall()
    done = {key: bytes(fingerprint) for key, fingerprint, _ in rows}
    return done, sum(events for _, _, events in rows)


def import_bookings(
    commands: Carrying,
    rows: Iterable[HotelBooking | RefusedRow],
    done: Done,
    advance: Callable[[int, int], object],
    *,
    threads: int = THREADS,
) -> Tally:
    """Live through ``rows``; ``advance`` is told how many steps are through, and of how many.

    Rows that are no bookings, and what the platform refuses, are in the answer. Raises Stop when
    the same hotels were imported from another file.
    """
    given = list(rows)
    rooms = plan(given)
    asking = Asking(commands, done)
    try:
        asking.open_hotels({room.hotel for room in rooms})
        for room in rooms:
            asking.open_room(room)
    except KeyReused:
        raise Stop("the hotels were imported before, from another file") from None
    tally = Tally(refused=[row for row in given if isinstance(row, RefusedRow)])
    steps = sum(len(room.steps) for room in rooms)
    advance(0, steps)
    for lived in _all_at_once(asking, rooms, lambda by: advance(by, steps), threads):
        tally.add(lived)
    tally.refused.sort(key=lambda refused: (len(refused.row), refused.row))
    return tally


def _all_at_once(
    asking: Asking, rooms: list[Room], advance: Callable[[int], object], at_once: int
) -> list[Tally]:
    stopped = Event()

    def go_on(by: int) -> None:
        if stopped.is_set():
            raise _Stopped
        advance(by)

    with ThreadPoolExecutor(at_once, thread_name_prefix="import") as threads:
        running = [threads.submit(asking.live_through, room, go_on) for room in rooms]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            # What has begun is finished; nothing begins after it.
            stopped.set()
    failed = (room.exception() for room in running)
    for error in failed:
        if error is not None and not isinstance(error, _Stopped):
            raise error
    return [room.result() for room in running]


class _Stopped(Exception):
    """Another room failed, or a person lost patience."""


class Patient:
    """Commands that wait for a log that does not answer; keys make asking again harmless."""

    def __init__(self, commands: Together) -> None:
        self._commands = commands

    def execute(self, asked: Sequence[Command]) -> list[Outcome[Any]]:
        """See :meth:`commands.together.Together.execute`."""
        give_up = monotonic() + PATIENCE
        while True:
            try:
                return self._commands.execute(asked)
            except Unavailable:
                if monotonic() > give_up:
                    raise


def shipped_file() -> Path:
    """The data as shipped: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    name = "hotel_bookings.csv.gz"
    for place in (package / "data" / name, package.parent / "data" / name):
        if place.is_file():
            return place
    raise Stop(f"{name} is missing beside {package}: install the package again")
