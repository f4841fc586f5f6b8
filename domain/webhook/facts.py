"""What can happen to a webhook endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Scope = Literal["host", "platform"]
DisabledBecause = Literal["owner", "gone", "failing"]


@dataclass(frozen=True, kw_only=True)
class EndpointRegistered:
    """Somebody wants to be told at an address, of some events or, naming none, of all.

    The scope is the owner's own listings or, for administrators, everybody's. How it is signed is
    not here: the secret follows from a key that the log does not know, the endpoint and a
    generation, which is 1 at first.
    """

    endpoint_id: UUID
    owner_id: UUID
    scope: Scope
    url: str
    events: tuple[str, ...]
    description: str


@dataclass(frozen=True, kw_only=True)
class EndpointChanged:
    """The owner wants to be told elsewhere, or of other events."""

    url: str
    events: tuple[str, ...]
    description: str


@dataclass(frozen=True, kw_only=True)
class SecretRotated:
    """The secret of another generation signs; the one before it signs, too, until an instant."""

    generation: int
    previous_until: datetime


@dataclass(frozen=True, kw_only=True)
class EndpointDisabled:
    """Nothing is told there any more, as its owner, its answer (gone) or its silence decided."""

    why: DisabledBecause


@dataclass(frozen=True, kw_only=True)
class EndpointEnabled:
    """The owner wants to be told again of what happens from now on."""

    endpoint_id: UUID


@dataclass(frozen=True, kw_only=True)
class EndpointRemoved:
    """The owner took the endpoint away for good."""

    endpoint_id: UUID


WebhookEvent = (
    EndpointRegistered
    | EndpointChanged
    | SecretRotated
    | EndpointDisabled
    | EndpointEnabled
    | EndpointRemoved
)
