"""Auditors read the log itself, in its order, with every column."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import Query, Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, has_role, signed_in
from api.conventions.problems import invalid
from api.conventions.reading import TOLD, asked_positions
from api.positions import LARGEST, encode_positions, merge_positions
from api.querying import QuerySide, Side, answer
from api.representations.audit import AuditEvent, AuditEvents
from api.representations.values import Instant
from domain.refusals import NoSuch
from eventlog.reader import Filter
from eventlog.record import LogRecord

router = ordered_router("audit")

LIST = "audit"

Text = Annotated[str | None, Query(min_length=1, max_length=200)]
After = Annotated[
    str | None,
    Query(max_length=2000, description="A position, or `next` of the page before."),
]


@router.get("/v1/audit/events", summary="Query the log", response_model=AuditEvents)
@guards(signed_in, has_role("auditor"))
async def events(  # noqa: PLR0913, PLR0917 - an auditor may ask by every column
    request: Request,
    side: Side,
    caller: Caller,
    stream: Text = None,
    type_: Annotated[Text, Query(alias="type")] = None,
    actor: Text = None,
    correlation_id: Text = None,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Instant | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """The events that fit, in the order of the log; times are of recording."""
    asked = Filter(
        stream=stream,
        type=type_,
        actor=actor,
        correlation_id=correlation_id,
        since=from_,
        until=to,
        after=_behind(side, after, cursor),
    )
    return await _page(request, side, asked, limit)


@router.get(
    "/v1/audit/streams/{stream}", summary="Read one stream of the log", response_model=AuditEvents
)
@guards(signed_in, has_role("auditor"))
async def stream_events(
    request: Request,
    side: Side,
    caller: Caller,
    stream: str,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """The events of one stream, such as `booking-<id>`, in order."""
    exists = await to_thread.run_sync(
        side.log.select, Filter(stream=stream), 1, abandon_on_cancel=True
    )
    if not exists:
        raise NoSuch(what="stream", id=stream)
    asked = Filter(stream=stream, after=_behind(side, after, cursor))
    return await _page(request, side, asked, limit)


async def _page(request: Request, side: QuerySide, asked: Filter, limit: int) -> Response:
    found = await to_thread.run_sync(side.log.select, asked, limit + 1, abandon_on_cancel=True)
    shown = found[:limit]
    following = shown[-1].position if len(found) > limit else None
    page = AuditEvents(
        items=[AuditEvent.of(record) for record in shown], next=side.cursor(LIST, following)
    )
    return answer(request, page, _told(request, shown))


def _told(request: Request, shown: list[LogRecord]) -> dict[str, str]:
    """The log itself is never behind, so that its readers wait for nothing."""
    seen = [{record.partition: record.position} for record in shown]
    asked = asked_positions(request)
    return {TOLD: encode_positions(merge_positions([*seen, asked or {}]))}


def _behind(side: QuerySide, after: str | None, cursor: str | None) -> int:
    if cursor is not None:
        return side.place(LIST, cursor) or 0
    if after is None:
        return 0
    if after.isascii() and after.isdecimal() and len(after) <= 19:
        position = int(after)
        if position > LARGEST:
            raise invalid("after", "too_large", "positions have 64 bits")
        return position
    return side.place(LIST, after) or 0
