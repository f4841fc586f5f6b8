"""Stays that are over, whenever that was: written to the platform's log as its commands would."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from api.positions import encode_positions
from commands.context import Context
from commands.execute import Commands
from commands.work import Work
from domain.booking.facts import BookingCheckedIn, BookingCompleted
from eventlog.application import EventLog
from sojourn.wiring import sealing
from tests.api.people import Person, hold, offer
from tests.processes import Processes

M = TypeVar("M")


@dataclass(frozen=True)
class Past:
    """Lets things have happened, for ``people`` to see."""

    commands: Commands

    def done(
        self, handle: Callable[[M, Work], object], message: M, actor: Person, *people: Person
    ) -> None:
        """Carry out ``message`` as ``actor``; everybody named sees it."""
        context = Context(actor=UUID(actor.id), correlation_id="the past")
        positions = self.commands.execute(handle, message, context).positions
        for person in (actor, *people):
            token = encode_positions(positions)
            person.seen = f"{person.seen},{token}" if person.seen else token

    def completed(self, booking: str, host: Person, guest: Person, *, days_ago: float = 0) -> None:
        """The guest came and left, so many days ago."""

        def leave(identity: UUID, work: Work) -> None:
            at = work.now - timedelta(days=days_ago)
            came = BookingCheckedIn(at=at - timedelta(days=1))
            work.record(work.booking(identity), [came, BookingCompleted(at=at)])

        self.done(leave, UUID(booking), host, guest)


@contextmanager
def past_of(running: Processes) -> Generator[Past]:
    """The past of a running platform."""
    log = EventLog(
        running.platform.settings.need("postgres_commands_url"),
        sealing=sealing(running.platform.settings),
    )
    try:
        yield Past(Commands(log))
    finally:
        log.close()


def confirmed(host: Person, guest: Person, listing: str | None = None, first: int = 30) -> str:
    """The id of a confirmed booking, of a new listing unless one is given."""
    guest.seen = guest.seen or host.seen
    held = hold(guest, listing or offer(host), first)
    assert held.status_code == 201, held.text
    answer = guest.post(f"/v1/bookings/{held.json()['id']}/confirm")
    assert answer.status_code == 200, answer.text
    host.seen = guest.seen
    return held.json()["id"]
