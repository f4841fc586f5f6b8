"""A webhook endpoint as its facts left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

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

Status = Literal["active", "disabled", "removed"]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where ``owner_id`` is told of ``events``, all for none of them."""

    id: UUID
    owner_id: UUID
    scope: Scope
    url: str
    events: tuple[str, ...]
    description: str
    status: Status = "active"
    disabled_because: DisabledBecause | None = None
    generation: int = 1
    previous_until: datetime | None = None

    def wants(self, name: str) -> bool:
        """Whether it is to be told of events with this public name."""
        return self.status == "active" and (not self.events or name in self.events)

    def generations(self, now: datetime) -> tuple[int, ...]:
        """The generations of the secrets that sign at ``now``, the newest first."""
        if self.previous_until is None or now >= self.previous_until:
            return (self.generation,)
        return (self.generation, self.generation - 1)


def evolve(endpoint: Endpoint | None, event: WebhookEvent) -> Endpoint:
    """``endpoint`` after ``event``."""
    if isinstance(event, EndpointRegistered):
        return Endpoint(
            id=event.endpoint_id,
            owner_id=event.owner_id,
            scope=event.scope,
            url=event.url,
            events=event.events,
            description=event.description,
        )
    assert endpoint is not None, "an endpoint's first event registers it"
    match event:
        case EndpointChanged():
            return replace(
                endpoint, url=event.url, events=event.events, description=event.description
            )
        case SecretRotated():
            return replace(
                endpoint, generation=event.generation, previous_until=event.previous_until
            )
        case EndpointDisabled():
            return replace(endpoint, status="disabled", disabled_because=event.why)
        case EndpointEnabled():
            return replace(endpoint, status="active", disabled_because=None)
        case EndpointRemoved():
            return replace(endpoint, status="removed")
        case _:
            assert_never(event)
