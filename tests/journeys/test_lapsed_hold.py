"""A hold that lapses frees its dates at once, everywhere, whoever tidies up and however often."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
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
from eventlog.reader import LogReader
from streams.timers import run_timers
from tests.api.people import Person, hold, in_days, offer, stay
from tests.journeys.test_booking import found, free_nights
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

DATES = {"arrive": in_days(30), "depart": in_days(33)}


@pytest.fixture
def log(running: Processes) -> EventLog:
    """The platform's own log, as its command app sees it."""
    opened = EventLog(running.platform.settings.need("postgres_commands_url"))
    running.at_the_end(opened.close)
    return opened


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
