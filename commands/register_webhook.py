"""An integrator wants to be told of what happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.staff import roles_of_actor
from commands.versioned import Versioned
from commands.work import Work
from domain.refusals import NotYours
from domain.streams import webhook_stream
from domain.webhook.addresses import Network
from domain.webhook.decisions import Wanted, register
from domain.webhook.facts import Scope
from domain.webhook.state import Endpoint, evolve


@dataclass(frozen=True, kw_only=True)
class RegisterWebhook:
    """Tell the owner of ``wanted``; ``networks`` are those that webhooks may go to, too."""

    endpoint_id: UUID
    owner_id: UUID
    scope: Scope
    wanted: Wanted
    networks: Sequence[Network] = ()


def register_webhook(message: RegisterWebhook, work: Work) -> Versioned[Endpoint]:
    """Raises NotYours for the platform's events, InvalidOffer and TooManyEndpoints."""
    if message.scope == "platform" and "admin" not in roles_of_actor(work):
        raise NotYours(action="be told of everybody's bookings: it takes the role admin")
    events = register(
        message.endpoint_id,
        message.owner_id,
        message.scope,
        message.wanted,
        others=work.webhooks_of(message.owner_id),
        networks=message.networks,
    )
    stream = webhook_stream(message.endpoint_id)
    return work.begin(stream, str(message.owner_id), evolve, events)
