"""Hosts import what is taken elsewhere."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, owns_listing, signed_in
from api.conventions.problems import Problem, invalid
from api.icalendar.ranges import LONGEST_NAME, NAME, ranges_of
from api.icalendar.reading import Event, Unreadable, read_events
from api.representations.external_calendar import ExternalCalendar
from commands.import_calendar import ImportCalendar, import_calendar
from commands.receipts import StoredResponse
from domain.calendar.state import Calendar

router = ordered_router("calendars")

Name = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME, pattern=NAME)]

ICALENDAR: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "An iCalendar file (RFC 5545); recurring events are refused.",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    },
    "responses": {"415": {"description": "The body is not a calendar."}},
}


@router.put(
    "/v1/listings/{listing_id}/external-calendars/{name}",
    summary="Import a calendar",
    response_model=ExternalCalendar,
    openapi_extra=ICALENDAR,
)
@guards(signed_in, owns_listing)
async def put(
    request: Request, side: Side, caller: Caller, listing_id: UUID, name: Name
) -> Response:
    """Take what others have, in place of the earlier import of that name, if any."""
    events = _events(request, await request.body())
    message = ImportCalendar(
        listing_id=listing_id, import_id=uuid7(), name=name, ranges=partial(ranges_of, events)
    )

    def shown(calendar: Calendar) -> StoredResponse:
        return stored(ExternalCalendar.of(calendar, name, side.clock()))

    return await side.carry_out(request, import_calendar, message, shown, long=True)


def _events(request: Request, body: bytes) -> list[Event]:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != "text/calendar":
        told = f"The body must be text/calendar, not {given or 'left unnamed'}."
        raise Problem(415, "unsupported_media_type", told)
    try:
        return read_events(body.decode())
    except UnicodeDecodeError:
        raise invalid("body", "bad_calendar", "is not UTF-8") from None
    except Unreadable as wrong:
        raise invalid("body", "bad_calendar", str(wrong)) from None
