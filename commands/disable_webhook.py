"""Nobody listens at a webhook endpoint any more, and nothing is sent there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.webhook.decisions import disable
from domain.webhook.facts import DisabledBecause
from domain.webhook.state import Endpoint


@dataclass(frozen=True, kw_only=True)
class DisableWebhook:
    """Send nothing there, for a reason of the platform's."""

    endpoint_id: UUID
    why: DisabledBecause


def disable_webhook(message: DisableWebhook, work: Work) -> Endpoint | None:
    """The endpoint if this disabled it; raises NoSuch."""
    endpoint = work.webhook(message.endpoint_id)
    events = disable(endpoint.state, message.why)
    return work.record(endpoint, events).state if events else None
