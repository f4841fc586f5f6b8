"""Integrators say where they want to be told of what happens."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from fastapi import Body, Request, Response
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import CommandSide, Side, done, nothing, stored
from api.conventions.callers import Caller
from api.conventions.etags import named_versions
from api.conventions.guards import guards, if_match, owns_webhook, sight_of, signed_in
from api.conventions.idempotency import key_in
from api.conventions.invalid_input import problem_of_validation
from api.conventions.standing import webhook_for
from api.merge_patch import merged, patch_schema
from api.representations.values import Empty
from api.representations.webhook import (
    ChangedEndpointBody,
    EndpointWithSecret,
    NewEndpointBody,
    Sent,
    WebhookEndpoint,
)
from commands.change_webhook import ChangeWebhook, change_webhook
from commands.receipts import StoredResponse
from commands.register_webhook import RegisterWebhook, register_webhook
from commands.remove_webhook import RemoveWebhook, remove_webhook
from commands.rotate_webhook_secret import RotateWebhookSecret, rotate_webhook_secret
from commands.versioned import Versioned
from commands.webhooks.deliveries import NewDelivery
from commands.webhooks.payload import TEST, body_to_try
from commands.webhooks.secrets import secret_of
from domain.refusals import NoSuch
from domain.webhook.decisions import Wanted, check_active
from domain.webhook.state import Endpoint

router = ordered_router("webhooks")

NoBody = Annotated[Empty | None, Body()]

PATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": patch_schema(ChangedEndpointBody)}},
    }
}


@router.post(
    "/v1/webhook-endpoints",
    summary="Register a webhook endpoint",
    status_code=201,
    response_model=EndpointWithSecret,
)
@guards(signed_in)
async def register(request: Request, side: Side, caller: Caller, body: NewEndpointBody) -> Response:
    """Be told of what happens to bookings of your listings; the answer has the secret."""
    message = RegisterWebhook(
        endpoint_id=uuid7(),
        owner_id=caller,
        scope=body.scope,
        wanted=body.to_domain(),
        networks=side.webhook_networks,
    )
    answer = await side.carry_out(request, register_webhook, message, _registered)
    return await _with_secret(request, side, answer)


@router.patch(
    "/v1/webhook-endpoints/{endpoint_id}",
    summary="Change a webhook endpoint",
    response_model=WebhookEndpoint,
    openapi_extra=PATCH_BODY,
)
@guards(signed_in, owns_webhook, if_match)
async def change(
    request: Request,
    side: Side,
    caller: Caller,
    endpoint_id: UUID,
    body: Annotated[dict[str, Any], Body()],
) -> Response:
    """Tell elsewhere, of other events, not for now (`disabled`) or again (`active`)."""

    def revise(endpoint: Endpoint) -> tuple[Wanted, bool]:
        now = {
            "url": endpoint.url,
            "events": list(endpoint.events),
            "description": endpoint.description,
            "status": endpoint.status,
        }
        try:
            changed = ChangedEndpointBody.model_validate(merged(now, body))
        except ValidationError as error:
            raise problem_of_validation(error) from None
        return changed.to_domain(), changed.status == "active"

    message = ChangeWebhook(
        endpoint_id=endpoint_id,
        expected=await _expected(request, endpoint_id, caller),
        revise=revise,
        networks=side.webhook_networks,
    )
    return await side.carry_out(request, change_webhook, message, _shown)


@router.delete(
    "/v1/webhook-endpoints/{endpoint_id}", summary="Remove a webhook endpoint", status_code=204
)
@guards(signed_in, owns_webhook)
async def remove(request: Request, side: Side, caller: Caller, endpoint_id: UUID) -> Response:
    """Be told nothing more there, for good."""
    return await side.carry_out(
        request, remove_webhook, RemoveWebhook(endpoint_id=endpoint_id), done
    )


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
    summary="Replace a webhook secret",
    response_model=EndpointWithSecret,
)
@guards(signed_in, owns_webhook)
async def rotate(
    request: Request, side: Side, caller: Caller, endpoint_id: UUID, body: NoBody = None
) -> Response:
    """Sign with another secret; for a day the one before signs, too."""
    message = RotateWebhookSecret(endpoint_id=endpoint_id)
    answer = await side.carry_out(request, rotate_webhook_secret, message, _shown)
    return await _with_secret(request, side, answer)


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/test",
    summary="Try a webhook endpoint",
    status_code=202,
    response_model=Sent,
)
@guards(signed_in, owns_webhook)
async def try_out(
    request: Request, side: Side, caller: Caller, endpoint_id: UUID, body: NoBody = None
) -> Response:
    """Be sent a `webhook.test`, as any event is sent."""
    await _active(request, endpoint_id, caller)
    key = key_in(request)
    new = NewDelivery(
        id=uuid5(endpoint_id, f"test {key}") if key else uuid7(),
        endpoint_id=endpoint_id,
        position=None,
        event=TEST,
        body=body_to_try(endpoint_id, side.clock()),
    )
    await side.in_thread(lambda: side.deliveries.add([new], {}))
    return await side.carry_out(request, nothing, new.id, lambda _: stored(_sent(new.id), 202))


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver",
    summary="Send a webhook again",
    status_code=202,
    response_model=Sent,
)
@guards(signed_in, owns_webhook)
async def redeliver(
    request: Request,
    side: Side,
    caller: Caller,
    endpoint_id: UUID,
    delivery_id: UUID,
    body: NoBody = None,
) -> Response:
    """Send it as it was, under the same `webhook-id`, whatever came of it before."""
    await _active(request, endpoint_id, caller)
    found = await side.in_thread(lambda: side.deliveries.send_again(delivery_id, endpoint_id))
    if not found:
        raise NoSuch(what="delivery", id=str(delivery_id))
    sent = _sent(delivery_id)
    return await side.carry_out(request, nothing, delivery_id, lambda _: stored(sent, 202))


async def _expected(request: Request, endpoint_id: UUID, caller: UUID) -> int:
    """The version that the client changes; for several, the one that it has, if it is named."""
    _, version = await webhook_for(sight_of(request), endpoint_id, caller)
    named = named_versions(request)
    return version if not named or version in named else max(named)


async def _active(request: Request, endpoint_id: UUID, caller: UUID) -> None:
    endpoint, _ = await webhook_for(sight_of(request), endpoint_id, caller)
    check_active(endpoint)


async def _with_secret(request: Request, side: CommandSide, answer: Response) -> Response:
    """``answer`` with the secret: it is not kept with the receipt, and is the same for a repeat."""
    page: dict[str, Any] = msgspec.json.decode(bytes(answer.body))
    found = await sight_of(request).webhook(UUID(page["id"]))
    assert found is not None, "what was answered is in the log"
    page["secret"] = secret_of(side.webhook_secrets_key, found[0])
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("content-length", "content-type", "etag")
    }
    headers["cache-control"] = "no-store"
    return Response(
        msgspec.json.encode(page), answer.status_code, headers, media_type="application/json"
    )


def _sent(delivery_id: UUID) -> Sent:
    return Sent(delivery_id=delivery_id)


def _registered(endpoint: Versioned[Endpoint]) -> StoredResponse:
    page = WebhookEndpoint.of(endpoint.state, endpoint.version)
    return stored(page, 201, location=f"/v1/webhook-endpoints/{endpoint.state.id}")


def _shown(endpoint: Versioned[Endpoint]) -> StoredResponse:
    page = WebhookEndpoint.of(endpoint.state, endpoint.version)
    return stored(page, version=endpoint.version)
