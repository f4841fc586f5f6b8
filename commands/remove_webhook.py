"""An integrator wants to hear no more."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.webhook.decisions import remove
from domain.webhook.state import Endpoint


@dataclass(frozen=True, kw_only=True)
class RemoveWebhook:
    """Take the endpoint away for good."""

    endpoint_id: UUID


def remove_webhook(message: RemoveWebhook, work: Work) -> Versioned[Endpoint]:
    """Raises NoSuch."""
    endpoint = work.own_webhook(message.endpoint_id)
    return work.record(endpoint, remove(endpoint.state))
