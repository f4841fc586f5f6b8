"""Timers that are killed at any moment, started twice and built anew miss nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from commands.book import Book, book
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Commands
from commands.make_quote import MakeQuote, make_quote
from commands.publish_listing import PublishListing, publish_listing
from commands.register_account import RegisterAccount, register_account
from domain.booking import decisions
from domain.booking.facts import BookingConfirmed
from domain.stay import Stay
from eventlog.append import Append, StreamWrite
from eventlog.reader import LogReader
from sojourn.wiring import commands, event_log
from tests.domain.facts import offer, requested
from tests.platforms import Platform
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

BOOKINGS = 60


def short_holds(ready: Commands, patch: pytest.MonkeyPatch) -> list[UUID]:
    """Bookings whose holds lapse one after another within the next seconds."""
    host, listing = uuid7(), uuid7()
    by_host = Context(actor=host, correlation_id="short-holds")
    ready.execute(register_account, RegisterAccount(account_id=host, name="Host"), by_host)
    creating = CreateListing(listing_id=listing, host_id=host, offer=offer(units=BOOKINGS))
    ready.execute(create_listing, creating, by_host)
    ready.execute(publish_listing, PublishListing(listing_id=listing), by_host)
    arrive = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day far enough ahead will do
    stay = Stay(arrive, arrive + timedelta(days=2))
    bookings: list[UUID] = []
    for number in range(BOOKINGS):
        guest = uuid7()
        by_guest = Context(actor=guest, correlation_id="short-holds")
        quoting = MakeQuote(
            quote_id=uuid7(), listing_id=listing, guest_id=guest, stay=stay, guests=2
        )
        quoted = ready.execute(make_quote, quoting, by_guest).result
        assert quoted is not None
        with patch.context() as shorter:
            shorter.setattr(decisions, "hold_for", partial(_instead, number))
            booking = Book(booking_id=uuid7(), quote_id=quoted.quote.state.quote_id)
            ready.execute(book, booking, by_guest)
        bookings.append(booking.booking_id)
    return bookings


def _instead(number: int, _minutes: int) -> timedelta:
    return timedelta(seconds=1 + number / 10)


def expired(platform: Platform) -> Counter[str]:
    """How often each booking expired."""
    with LogReader(platform.settings.need("postgres_queries_url")) as log:
        return Counter(r.stream for r in log.scan() if r.type == "booking.expired.v1")


def test_every_hold_expires_once_however_often_timers_are_killed(
    platform: Platform, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Processes(platform) as twin, commands(platform.settings) as ready:
        processes.start("timers")
        twin.start("timers")
        bookings = short_holds(ready, monkeypatch)
        for each, when in ((processes, 10), (twin, 25), (processes, 40)):
            each.until(lambda when=when: len(expired(platform)) >= when, "too few holds expired")
            each.kill("timers")
            each.start("timers")
            if when == 25:
                assert sojourn(platform, "timers", "rebuild").returncode == 0
        processes.until(lambda: len(expired(platform)) == BOOKINGS, "not all holds expired")
    assert expired(platform) == {f"booking-{booking}": 1 for booking in bookings}
    listed = sojourn(platform, "timers", "list", "--limit", "3")
    assert "0 overdue" in listed.stdout, listed.stdout + listed.stderr
    assert listed.stdout.count("completion") == 3


def stay_that_is_over(platform: Platform) -> UUID:
    """A confirmed booking whose guest was to leave yesterday, appended past the decisions."""
    booking = uuid7()
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - it is over everywhere
    asked = replace(
        requested(), booking_id=booking, stay=Stay(yesterday - timedelta(days=2), yesterday)
    )
    with event_log(platform.settings) as log:
        facts = (asked, BookingConfirmed(booking_id=booking))
        write = StreamWrite(
            stream=f"booking-{booking}", key=str(asked.listing_id), expected=0, events=facts
        )
        log.append(
            Append(
                writes=(write,),
                reads={},
                occurred_at=log.now(),
                actor="tester",
                correlation_id="test",
                causation_id=f"command:{booking}",
            )
        )
    return booking


def test_a_stay_that_is_over_completes_by_itself_once(
    platform: Platform, processes: Processes
) -> None:
    booking = stay_that_is_over(platform)
    with Processes(platform) as twin:
        processes.start("timers")
        twin.start("timers")
        with LogReader(platform.settings.need("postgres_queries_url")) as log:
            processes.until(
                lambda: log.read_stream(f"booking-{booking}")[-1].type == "booking.completed.v1",
                "the stay goes on",
            )
            assert sojourn(platform, "timers", "rebuild").returncode == 0
            last = log.read_stream(f"booking-{booking}")[-1]
            assert (last.version, last.actor) == (3, "timers")
            assert last.correlation_id == f"timer-completion-{booking}"


def test_what_lapsed_while_no_timer_ran_is_done_when_one_runs_again(
    platform: Platform, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.test_timers.BOOKINGS", 3)
    with commands(platform.settings) as ready:
        bookings = short_holds(ready, monkeypatch)
        last = datetime.now(UTC) + timedelta(seconds=1.5)
        processes.until(lambda: datetime.now(UTC) > last, "time stood still")
        assert not expired(platform)
        processes.start("timers")
        processes.until(lambda: len(expired(platform)) == 3, "they were forgotten")
    assert expired(platform) == {f"booking-{booking}": 1 for booking in bookings}
