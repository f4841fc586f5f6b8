"""`sojourn calendars import`: what a file says is taken elsewhere, claimed for the host."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from api.icalendar.ranges import LONGEST_NAME, NAME, ranges_of
from api.icalendar.reading import Event, Unreadable, read_events
from commands.context import Context
from commands.execute import Commands
from commands.import_calendar import ImportCalendar, import_calendar
from domain.listing.state import evolve
from domain.refusals import Refusal
from domain.streams import listing_stream
from sojourn.errors import Stop
from sojourn.settings import load_settings
from sojourn.terminal import out
from sojourn.wiring import event_log

PROCESS = "sojourn calendars"


def run(file: Path, listing_id: UUID, name: str) -> None:
    """Import ``file`` under ``name`` and tell what came of it; raises Stop when it can't be."""
    if len(name) > LONGEST_NAME or not re.fullmatch(NAME, name):
        raise Stop(f"{name!r} can't name a calendar: use --name with letters, digits, . _ or -")
    message = ImportCalendar(
        listing_id=listing_id,
        import_id=uuid7(),
        name=name,
        ranges=partial(ranges_of, _events(file)),
    )
    with event_log(load_settings(), sealed=True) as log:
        found = log.load(listing_stream(listing_id), evolve)
        if found is None:
            raise Stop(f"there is no listing {listing_id}")
        context = Context(
            actor=found.state.host_id, process=PROCESS, correlation_id="sojourn-calendars"
        )
        try:
            calendar = Commands(log).execute(import_calendar, message, context).result
        except Refusal as refusal:
            raise Stop(str(refusal)) from None
    assert calendar is not None, "a command without a key is never replayed"
    known = calendar.external[name]
    claimed = sum(each.external_calendar == name for each in calendar.claims.values())
    out.print(
        f"{known.ranges} ranges ahead in {name}: {claimed} claims,"
        f" {len(known.conflicts)} conflicts with bookings"
    )


def _events(file: Path) -> list[Event]:
    try:
        return read_events(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Stop(f"{file} can't be read: {error.strerror}") from None
    except (UnicodeDecodeError, Unreadable) as error:
        raise Stop(f"{file} is not an iCalendar file: {error}") from None
