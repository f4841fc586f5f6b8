"""An integrator's secret is replaced by another."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.webhook.decisions import rotate
from domain.webhook.state import Endpoint


@dataclass(frozen=True, kw_only=True)
class RotateWebhookSecret:
    """Sign with another secret from now on, and for a day with the one before, too."""

    endpoint_id: UUID


def rotate_webhook_secret(message: RotateWebhookSecret, work: Work) -> Versioned[Endpoint]:
    """Raises NoSuch."""
    endpoint = work.own_webhook(message.endpoint_id)
    return work.record(endpoint, rotate(endpoint.state, work.now))
