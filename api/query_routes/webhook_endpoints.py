"""Where integrators are told of what happens, and what they were told."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from anyio import to_thread
from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, owns_webhook, signed_in
from api.conventions.reading import catch_up
from api.conventions.standing import webhook_for
from api.querying import QuerySide, Side, answer
from api.representations.webhook import (
    Deliveries,
    Delivery,
    WebhookEndpoint,
    WebhookEndpoints,
)
from commands.webhooks.deliveries import Status
from domain.streams import category
from domain.webhook.facts import WebhookEvent
from domain.webhook.state import Endpoint, evolve

router = ordered_router("webhooks")


@router.get(
    "/v1/webhook-endpoints", summary="List my webhook endpoints", response_model=WebhookEndpoints
)
@guards(signed_in)
async def my_endpoints(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """Where I am told of what happens, the latest registered first."""
    name = f"webhook endpoints of {caller}"
    skip = side.place(name, cursor) or 0
    told = await catch_up(request, side.applied)
    found = await _endpoints_of(side, caller)
    items = [WebhookEndpoint.of(each, version) for each, version in found[skip : skip + limit]]
    following = skip + limit if len(found) > skip + limit else None
    page = WebhookEndpoints(items=items, next=side.cursor(name, following))
    return answer(request, page, told)


@router.get(
    "/v1/webhook-endpoints/{endpoint_id}",
    summary="Show a webhook endpoint",
    response_model=WebhookEndpoint,
)
@guards(signed_in, owns_webhook)
async def show(request: Request, side: Side, caller: Caller, endpoint_id: UUID) -> Response:
    """Where I am told, of what, and whether I am."""
    told = await catch_up(request, side.applied)
    endpoint, version = await webhook_for(side, endpoint_id, caller)
    return answer(request, WebhookEndpoint.of(endpoint, version), told, version=version)


@router.get(
    "/v1/webhook-endpoints/{endpoint_id}/deliveries",
    summary="List webhook deliveries",
    response_model=Deliveries,
)
@guards(signed_in, owns_webhook)
async def deliveries(
    request: Request,
    side: Side,
    caller: Caller,
    endpoint_id: UUID,
    status: Status | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """What I was sent in the last 30 days and am to be, and what came of it, the latest first."""
    name = f"deliveries to {endpoint_id} {status}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    await webhook_for(side, endpoint_id, caller)
    found = await to_thread.run_sync(
        lambda: side.deliveries.of(endpoint_id, limit=limit + 1, before=before, status=status),
        abandon_on_cancel=True,
    )
    items = [Delivery.of(each) for each in found[:limit]]
    following = found[limit - 1].number if len(found) > limit else None
    return answer(request, Deliveries(items=items, next=side.cursor(name, following)), told)


async def _endpoints_of(side: QuerySide, account_id: UUID) -> list[tuple[Endpoint, int]]:
    """From the log, by its owner's key: there is nothing to wait for."""

    def fold() -> list[tuple[Endpoint, int]]:
        found: dict[str, tuple[Endpoint, int]] = {}
        for record in side.log.read_key(str(account_id)):
            if category(record.stream) == "webhook":
                before = found.get(record.stream)
                event = cast("WebhookEvent", record.decoded().event)
                state = evolve(before[0] if before else None, event)
                found[record.stream] = state, record.version
        return [each for each in reversed(found.values()) if each[0].status != "removed"]

    return await to_thread.run_sync(fold, abandon_on_cancel=True)
