"""Payment providers tell what became of money, signed and as often as they like."""

from __future__ import annotations

from uuid import UUID, uuid5

from fastapi import Request, Response

from api.assembly import ordered_router
from api.commanding import Side, done
from api.conventions.guards import guards
from api.conventions.idempotency import fingerprint
from api.conventions.problems import Problem
from commands.context import Context
from commands.payments.notices import NotANotice, decode
from commands.payments.webhooks import Unreadable, Untrusted, verified
from commands.receipts import ReceiptRequest
from commands.settle_payment import SettlePayment, settle_payment
from domain.refusals import NoSuch

router = ordered_router("payments")

PROVIDERS = UUID("2b1f4c5e-8a3d-5c77-9e0f-6d1a4b2c3e5f")
"""The name space of the accounts under which webhooks are remembered."""

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["type", "booking_id", "data"],
                    "properties": {
                        "type": {"type": "string", "examples": ["payment.captured"]},
                        "booking_id": {"type": "string", "format": "uuid"},
                        "data": {"type": "object"},
                    },
                }
            }
        },
    }
}


@router.post(
    "/v1/webhooks/payments/{provider}",
    summary="Tell what became of a payment, as its provider",
    status_code=204,
    openapi_extra=BODY,
)
@guards()
async def payment_webhook(request: Request, side: Side, provider: str) -> Response:
    """Signed as Standard Webhooks describes; a repeat of a `webhook-id` is acknowledged again."""
    key = side.webhook_keys.get(provider)
    if key is None:
        raise NoSuch(what="payment provider", id=provider)
    body = await request.body()
    try:
        webhook = verified(request.headers, body, key, side.clock())
        booking_id, notice = decode(body)
    except (Unreadable, NotANotice) as error:
        raise Problem(400, "bad_webhook", f"This is no webhook of {provider}: {error}.") from None
    except Untrusted as error:
        raise Problem(
            401,
            "untrusted_webhook",
            f"This webhook can't be trusted: {error}.",
            headers={"WWW-Authenticate": "Webhook-Signature"},
        ) from None
    context = Context(
        process=f"provider:{provider}",
        correlation_id=request.state.correlation_id,
        receipt=ReceiptRequest(
            account_id=uuid5(PROVIDERS, provider),
            key=webhook.id,
            fingerprint=fingerprint(side.key, "POST", request.url.path, body),
        ),
    )
    message = SettlePayment(booking_id=booking_id, notice=notice)
    outcome = await side.in_thread(
        lambda: side.commands.execute(settle_payment, message, context, done)
    )
    return side.answer(request, outcome)
