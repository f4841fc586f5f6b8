"""A hold that lapses frees its dates at once, everywhere, whoever tidies up and however often."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry
from uuid_utils.compat import uuid7

from api.positions import encode_positions
from commands.book import Book, book
from commands.context import Context
from commands.execute import Commands
from domain.booking import decisions
from eventlog.application import EventLog
from eventlog.reader import LogReader
from sojourn.wiring import sealing
from streams.metrics import TimerMetrics
from streams.timers.firing import use_cases
from streams.timers.running import run_timers
from streams.timers.table import TimerTable
from tests.api.people import Person, hold, in_days, offer, stay
from tests.journeys.test_booking import found, free_nights
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

DATES = {"arrive": in_days(30), "depart": in_days(33)}


@pytest.fixture
def log(running: Processes) -> Iterator[EventLog]:
    """The platform's log, as its command app has it."""
    opened = EventLog(
        running.platform.settings.need("postgres_commands_url"),
        sealing=sealing(running.platform.settings),
    )
    yield opened
    opened.close()


@pytest.fixture
def no_timers(running: Processes) -> Iterator[None]:
    """For as long as nobody tidies up."""
    running.stop("timers")
    yield
    running.start("timers")


def held_for(
    seconds: float, guest: Person, listing: str, log: EventLog, patch: pytest.MonkeyPatch
) -> tuple[str, datetime]:
    """A booking of :data:`DATES` that is held for a few seconds, and when that ends."""
    quote = guest.post("/v1/quotes", json=stay(listing)).json()

    def short(_minutes: int) -> timedelta:
        return timedelta(seconds=seconds)

    with patch.context() as shorter:
        shorter.setattr(decisions, "hold_for", short)
        outcome = Commands(log).execute(
            book,
            Book(booking_id=uuid7(), quote_id=UUID(quote["id"])),
            Context(actor=UUID(guest.id), correlation_id="a short hold"),
        )
    guest.seen = encode_positions(outcome.positions)
    assert outcome.result is not None
    held = outcome.result.state
    assert held.hold_expires_at is not None
    return str(held.id), held.hold_expires_at


def wait_until(moment: datetime) -> None:
    time.sleep(max((moment - datetime.now(UTC)).total_seconds() + 0.01, 0))


def facts_of(running: Processes, stream: str) -> Counter[str]:
    """How often each kind of fact is in ``stream``."""
    with LogReader(running.platform.settings.need("postgres_queries_url")) as reader:
        return Counter(record.type for record in reader.read_stream(stream))


def test_dates_are_free_everywhere_the_instant_a_hold_lapses(
    host: Person, guest: Person, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = offer(host, title="Lapsing loft", room_type=host.id)
    guest.seen = host.seen
    booking, end = held_for(3, guest, listing, log, monkeypatch)
    assert guest.get(f"/v1/bookings/{booking}").json()["status"] == "held"
    assert free_nights(guest, listing, DATES) == [False, False, False]
    assert found(guest, room_type=host.id, **DATES) == []
    assert hold(host, listing).status_code == 409

    wait_until(end)
    guest.seen = ""
    assert free_nights(guest, listing, DATES) == [True, True, True]
    page = guest.get(f"/v1/bookings/{booking}").json()
    assert (page["status"], page["actions"], page["hold_expires_at"]) == (
        "expired",
        ["message"],
        None,
    )
    [trip] = guest.get("/v1/me/trips").json()["items"]
    assert trip["status"] == "expired"
    late = guest.post(f"/v1/bookings/{booking}/confirm")
    assert (late.status_code, late.json()["code"]) == (409, "hold_lapsed")
    while found(guest, room_type=host.id, **DATES) != [listing]:
        assert datetime.now(UTC) < end + timedelta(seconds=2), "search still hides the dates"
    assert hold(host, listing).status_code == 201


def test_the_next_guest_need_not_wait_for_who_tidies_up(
    host: Person,
    guest: Person,
    log: EventLog,
    running: Processes,
    no_timers: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing = offer(host)
    booking, end = held_for(0.5, guest, listing, log, monkeypatch)
    assert hold(host, listing).status_code == 409
    wait_until(end)
    assert hold(host, listing).status_code == 201
    assert facts_of(running, f"booking-{booking}")["booking.expired.v1"] == 1
    assert facts_of(running, f"calendar-{listing}")["calendar.hold_lapsed.v1"] == 1


def test_timers_that_run_twice_tidy_up_once(
    host: Person,
    guest: Person,
    log: EventLog,
    running: Processes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = threading.Event()
    url = running.platform.settings.need("postgres_commands_url")
    fired = TimerMetrics(registry := CollectorRegistry())

    def schedule() -> None:
        with LogReader(url) as reader, TimerTable(url) as table:
            run_timers(reader, table, use_cases(Commands(log)), fired, stop, poll=0.01)

    more = [threading.Thread(target=schedule) for _ in range(2)]
    for timers in more:
        timers.start()
    try:
        lapsing = [(offer(host), guest) for _ in range(5)]
        held = [(listing, *held_for(1.0, by, listing, log, monkeypatch)) for listing, by in lapsing]
        wait_until(max(end for _, _, end in held))
        streams = [f"booking-{booking}" for _, booking, _ in held]
        running.until(
            lambda: all(facts_of(running, stream)["booking.expired.v1"] for stream in streams),
            "holds were not tidied away",
            5,
        )
    finally:
        stop.set()
        for timers in more:
            timers.join()
    told = {"kind": "hold_expiry", "outcome": "failed"}
    assert registry.get_sample_value("sojourn_timers_fired_total", told) is None
    for listing, booking, _ in held:
        assert facts_of(running, f"booking-{booking}")["booking.expired.v1"] == 1
        assert facts_of(running, f"calendar-{listing}")["calendar.hold_lapsed.v1"] == 1
    verdict = sojourn(running.platform, "verify", "--wait", "30")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
