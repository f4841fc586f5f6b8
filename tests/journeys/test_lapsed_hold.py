"""A hold that lapses frees its dates at once, everywhere, whoever tidies up and however often."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from api.positions import encode_positions
from commands.book import Book, book
from commands.context import Context
from commands.execute import Commands
from commands.expire_hold import ExpireHold, expire_hold
from domain.booking import decisions
from eventlog.application import EventLog
from tests.api.people import Person, hold, in_days, offer, stay
from tests.journeys.test_booking import found, free_nights
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

DATES = {"arrive": in_days(30), "depart": in_days(33)}


@pytest.fixture
def log(running: Processes) -> Iterator[EventLog]:
    """The platform's own log, as its command app sees it."""
    with EventLog(running.platform.settings.need("postgres_commands_url")) as opened:
        yield opened


def held_for(
    seconds: float, guest: Person, listing: str, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, datetime]:
    """A booking of :data:`DATES` whose hold is short, and when it lapses."""
    quote = guest.post("/v1/quotes", json=stay(listing)).json()
    with monkeypatch.context() as patched:
        patched.setattr(decisions, "HOLD_FOR", timedelta(seconds=seconds))
        outcome = Commands(log).execute(
            book,
            Book(booking_id=uuid7(), quote_id=UUID(quote["id"])),
            Context(actor=UUID(guest.id), correlation_id="a short hold"),
        )
    guest.seen = encode_positions(outcome.positions)
    assert outcome.result is not None
    booking = outcome.result.state
    assert booking.hold_expires_at is not None
    return str(booking.id), booking.hold_expires_at


def until(holds: Callable[[], bool], seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"not within {seconds} s"
        time.sleep(0.02)


def test_a_lapsed_hold_is_free_at_once_and_found_within_two_seconds(
    host: Person, guest: Person, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = offer(host, title="Glasshouse in the reeds")
    guest.seen = host.seen
    booking, lapses = held_for(3, guest, listing, log, monkeypatch)
    assert free_nights(guest, listing, DATES) == [False, False, False]
    assert found(guest, q="glasshouse", **DATES) == []
    assert hold(guest, listing).json()["code"] == "nights_taken"

    until(lambda: log.now() >= lapses, seconds=10)
    lapsed = time.monotonic()
    assert guest.get(f"/v1/bookings/{booking}").json()["status"] == "expired"
    assert free_nights(guest, listing, DATES) == [True, True, True]
    until(lambda: found(guest, q="glasshouse", **DATES) == [listing], seconds=2)
    assert time.monotonic() - lapsed < 2
    late = guest.post(f"/v1/bookings/{booking}/confirm")
    assert (late.status_code, late.json()["code"]) == (409, "hold_lapsed")
    assert hold(guest, listing).status_code == 201


def test_tidying_up_twice_changes_nothing(
    running: Processes,
    host: Person,
    guest: Person,
    log: EventLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing = offer(host)
    guest.seen = host.seen
    booking, lapses = held_for(0.3, guest, listing, log, monkeypatch)
    until(lambda: log.now() >= lapses, seconds=10)
    for _ in range(2):
        context = Context(process="timers", correlation_id="twice")
        Commands(log).execute(expire_hold, ExpireHold(booking_id=UUID(booking)), context)
    asked = sojourn(running.platform, "audit", "query", "--stream", f"booking-{booking}")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.count("booking.expired.v1") == 1
