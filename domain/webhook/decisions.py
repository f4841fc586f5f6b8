"""Where integrators are told of what happens, of what, and by which secret they know it is us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.announcements import PUBLIC_NAMES
from domain.refusals import InvalidOffer
from domain.webhook.addresses import Network, check_url
from domain.webhook.facts import (
    DisabledBecause,
    EndpointChanged,
    EndpointDisabled,
    EndpointEnabled,
    EndpointRegistered,
    EndpointRemoved,
    Scope,
    SecretRotated,
    WebhookEvent,
)
from domain.webhook.refusals import EndpointInactive, TooManyEndpoints
from domain.webhook.state import Endpoint

MOST = 20
"""How many endpoints an account may have."""

OVERLAP = timedelta(hours=24)
"""For how long the secret before the newest still signs."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Where to tell, and of which events; all for none."""

    url: str
    events: tuple[str, ...] = ()
    description: str = ""

    def check(self, networks: Sequence[Network]) -> None:
        """Raise InvalidOffer for what can't be."""
        check_url(self.url, networks)
        for name in self.events:
            if name not in PUBLIC_NAMES:
                raise InvalidOffer(field="events", why=f"has {name}, which is no event")


def register(
    endpoint_id: UUID,
    owner_id: UUID,
    scope: Scope,
    wanted: Wanted,
    *,
    others: int,
    networks: Sequence[Network],
) -> list[WebhookEvent]:
    """An owner of ``others`` endpoints gets one more; raises InvalidOffer and TooManyEndpoints."""
    wanted.check(networks)
    if others >= MOST:
        raise TooManyEndpoints(limit=MOST)
    registered = EndpointRegistered(
        endpoint_id=endpoint_id,
        owner_id=owner_id,
        scope=scope,
        url=wanted.url,
        events=tuple(sorted(set(wanted.events))),
        description=wanted.description,
    )
    return [registered]


def change(
    endpoint: Endpoint, wanted: Wanted, *, active: bool, networks: Sequence[Network]
) -> list[WebhookEvent]:
    """Tell elsewhere, of other events, or not at all for now; raises InvalidOffer."""
    wanted.check(networks)
    events = tuple(sorted(set(wanted.events)))
    decided: list[WebhookEvent] = []
    if (wanted.url, events, wanted.description) != (
        endpoint.url,
        endpoint.events,
        endpoint.description,
    ):
        decided.append(
            EndpointChanged(url=wanted.url, events=events, description=wanted.description)
        )
    if active and endpoint.status == "disabled":
        decided.append(EndpointEnabled(endpoint_id=endpoint.id))
    if not active:
        decided += disable(endpoint, "owner")
    return decided


def rotate(endpoint: Endpoint, now: datetime) -> list[WebhookEvent]:
    """Another secret signs from now on, beside the one that did, for :data:`OVERLAP`."""
    return [SecretRotated(generation=endpoint.generation + 1, previous_until=now + OVERLAP)]


def disable(endpoint: Endpoint, why: DisabledBecause) -> list[WebhookEvent]:
    """Tell nothing there any more; is it so already, nothing happens."""
    return [EndpointDisabled(why=why)] if endpoint.status == "active" else []


def remove(endpoint: Endpoint) -> list[WebhookEvent]:
    """Take it away for good; was it already, nothing happens."""
    return [] if endpoint.status == "removed" else [EndpointRemoved(endpoint_id=endpoint.id)]


def check_active(endpoint: Endpoint) -> None:
    """Raise EndpointInactive where nothing is sent."""
    if endpoint.status != "active":
        raise EndpointInactive
