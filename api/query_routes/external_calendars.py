"""What a listing imported from elsewhere, for its host; and its own calendar, for other places."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller, CallerIfAny
from api.conventions.guards import guards, owns_listing, signed_in
from api.conventions.problems import Problem
from api.conventions.reading import catch_up
from api.icalendar.writing import MEDIA_TYPE, write_calendar
from api.querying import PRIVATE, QuerySide, Side, answer
from api.representations.external_calendar import ExternalCalendar, ExternalCalendars
from domain.refusals import NoSuch, NotYours
from projections.calendar.queries import claims_of

router = ordered_router("calendars")

EXPORT = "calendar.ics"
"""What tokens of exported calendars are for."""


@router.get(
    "/v1/listings/{listing_id}/external-calendars",
    summary="Show imported calendars",
    response_model=ExternalCalendars,
)
@guards(signed_in, owns_listing)
async def show(request: Request, side: Side, caller: Caller, listing_id: UUID) -> Response:
    """What was imported, what of it was free, and where it meets bookings of yours."""
    told = await catch_up(request, side.applied)
    found = await claims_of(side.generations, listing_id)
    if found is None or not found[0].state.seen_by(caller):
        raise NoSuch(what="listing", id=str(listing_id))
    if found[0].state.host_id != caller:
        raise NotYours(action="see imported calendars of this listing")
    token = side.cursors.write(EXPORT, str(listing_id))
    page = ExternalCalendars.model_construct(
        items=[
            ExternalCalendar.of(found[1], name, side.clock()) for name in sorted(found[1].external)
        ],
        export_path=f"/v1/listings/{listing_id}/calendar.ics?token={token}",
    )
    return answer(request, page, told)


@router.get(
    "/v1/listings/{listing_id}/calendar.ics",
    summary="Export a listing's calendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def export(
    request: Request,
    side: Side,
    caller: CallerIfAny,
    listing_id: UUID,
    token: Annotated[str, Query(max_length=200)],
) -> Response:
    """What is taken here as iCalendar, for whoever has the path with its token."""
    told = await catch_up(request, side.applied)
    found = (
        await claims_of(side.generations, listing_id) if _good(side, listing_id, token) else None
    )
    if found is None:
        raise NoSuch(what="calendar", id=str(listing_id))
    body = write_calendar(listing_id, found[1], side.clock())
    headers = {"Cache-Control": PRIVATE, **told}
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _good(side: QuerySide, listing_id: UUID, token: str) -> bool:
    try:
        return bool(side.cursors.read(EXPORT, token) == str(listing_id))
    except Problem:
        return False
