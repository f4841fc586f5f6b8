"""Whatever happens on a calendar, the rows beside the log are those of its claims."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from domain.calendar.decisions import block, confirm, hold, lift, release, tidy
from domain.calendar.external import Importing, import_calendar
from domain.calendar.external_ranges import ExternalRange
from domain.calendar.facts import CalendarEvent
from domain.calendar.state import EMPTY, Calendar, evolve
from domain.kind import Kind
from domain.refusals import NightsTaken
from domain.streams import calendar_stream
from eventlog.application import EventLog
from eventlog.reader import LogReader
from sojourn.verify.claims import check_claims
from sojourn.verify.findings import Findings
from tests.domain.claims import TODAY, block_of, buffers_of, range_of
from tests.domain.facts import GUEST, NOW
from tests.eventlog.appends import writing
from tests.eventlog.conftest import Database

pytestmark = pytest.mark.servers

CAPACITY = 2


def step(
    what: str, state: Calendar, listing: UUID, kind: Kind, number: int, chance: random.Random
) -> Sequence[CalendarEvent]:
    now = NOW + timedelta(minutes=number)
    claim = UUID(int=listing.int * 1_000 + number)
    buffers = buffers_of(kind, chance.randint(0, 1), chance.randint(0, 1))
    first, length = chance.randint(1, 12), chance.randint(1, 4)
    known = sorted(state.claims, key=str)
    some = chance.choice(known) if known else claim
    stay, slot = range_of(kind, first, length)
    match what:
        case "hold":
            return hold(
                state, listing_id=listing, capacity=CAPACITY, claim_id=claim, booking_id=claim,
                guest_id=GUEST, stay=stay, slot=slot, buffers=buffers,
                units=chance.randint(1, CAPACITY), until=now + timedelta(minutes=15), today=TODAY,
                now=now,
            )  # fmt: skip
        case "block":
            stay, slot = block_of(kind, first, length)
            return block(
                state, listing_id=listing, capacity=CAPACITY, claim_id=claim, stay=stay, slot=slot,
                units=None, reason=None, today=TODAY, now=now,
            )  # fmt: skip
        case "import":
            importing = Importing(
                listing_id=listing, import_id=claim, name="elsewhere", capacity=CAPACITY,
                zone="UTC", buffers=buffers, now=now,
            )  # fmt: skip
            wanted = [ExternalRange(uid=str(number), stay=stay, slot=slot)]
            return import_calendar(state, importing, wanted)
        case "confirm":
            return confirm(state, some) if state.claims and state.claims[some].live_at(now) else []
        case "release":
            return release(state, some)
        case "lift":
            blocks = [each for each in known if state.claims[each].kind == "block"]
            return lift(state, blocks[0]) if blocks else []
        case _:
            return tidy(state, now)


@pytest.mark.parametrize("kind", ["stay", "rental", "slot"])
def test_the_rows_of_a_calendar_are_those_of_its_claims(
    log: EventLog, database: Database, kind: Kind
) -> None:
    chance = random.Random(11)  # noqa: S311 - a history to repeat, not a secret
    happened: set[str] = set()
    for listing in (UUID(int=900 + number) for number in range(10)):
        state, version = EMPTY, 0
        for number in range(30):
            what = chance.choice(
                ["hold"] * 5 + ["block", "import", "confirm", "release", "lift", "tidy"]
            )
            try:
                events = step(what, state, listing, kind, number, chance)
            except NightsTaken:
                continue
            if not events:
                continue
            stream = calendar_stream(listing)
            made = writing(*events, stream=stream, expected=version)
            [write] = made.writes
            log.append(replace(made, writes=(replace(write, key=str(listing)),)))
            version += len(events)
            for event in events:
                happened.add(type(event).__name__)
                state = evolve(state, event)
    assert {"UnitsReassigned", "ExternalCalendarImported", "BlockLifted"} <= happened
    found = Findings(2, "no two live claims collide")
    with LogReader(database.queries_url) as reader:
        events = [record.decoded() for record in reader.read(0, 10_000)]
    with psycopg.connect(database.owner_url) as connection:
        keys = sorted({event.key for event in events})
        check_claims(connection, keys, events, found)
    assert found.violations == []
