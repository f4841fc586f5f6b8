"""An integrator wants to be told elsewhere, of other events, or not for now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.refusals import StaleVersion
from domain.webhook.addresses import Network
from domain.webhook.decisions import Wanted, change
from domain.webhook.state import Endpoint


@dataclass(frozen=True, kw_only=True)
class ChangeWebhook:
    """Make of the endpoint what ``revise`` says, which is whether it is active, too.

    That is if it still has version ``expected``.
    """

    endpoint_id: UUID
    expected: int
    revise: Callable[[Endpoint], tuple[Wanted, bool]]
    networks: Sequence[Network] = ()


def change_webhook(message: ChangeWebhook, work: Work) -> Versioned[Endpoint]:
    """Raises NoSuch, StaleVersion and InvalidOffer."""
    endpoint = work.own_webhook(message.endpoint_id)
    if endpoint.version != message.expected:
        raise StaleVersion(expected=message.expected, actual=endpoint.version)
    wanted, active = message.revise(endpoint.state)
    events = change(endpoint.state, wanted, active=active, networks=message.networks)
    return work.record(endpoint, events)
