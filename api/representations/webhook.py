"""Webhook endpoints, and what came of sending to them, as their owners see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.values import Input
from commands.webhooks.deliveries import Delivery as KeptDelivery
from commands.webhooks.deliveries import Status as DeliveryStatus
from domain.announcements import PUBLIC_NAMES
from domain.webhook.decisions import Wanted
from domain.webhook.facts import DisabledBecause, Scope
from domain.webhook.state import Endpoint

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        description="`https://…`; put no secret into it, as it is kept in the log.",
    ),
]
Events = Annotated[
    list[Annotated[str, Field(max_length=100, examples=sorted(PUBLIC_NAMES)[:3])]],
    Field(max_length=100, description="Public names of events; empty for all, also new ones."),
]
Description = Annotated[str, Field(max_length=200)]


class EndpointBody(Input):
    """Where to tell, and of which events."""

    url: Url
    events: Events = Field(default_factory=list[str])
    description: Description = ""

    def to_domain(self) -> Wanted:
        """As the domain takes it, which checks it."""
        return Wanted(url=self.url, events=tuple(self.events), description=self.description)


class NewEndpointBody(EndpointBody):
    """The same, and whose bookings."""

    scope: Scope = Field(
        default="host", description="Bookings of your own listings or, for admins, everybody's."
    )


class ChangedEndpointBody(EndpointBody):
    """What an endpoint becomes; enabled again, it is told of what happens from then on."""

    status: Literal["active", "disabled"] = "active"


class WebhookEndpoint(BaseModel):
    """Where an integrator is told; ``disabled_because`` says who decided that it is not."""

    id: UUID
    version: int
    scope: Scope
    url: str
    events: list[str]
    description: str
    status: Literal["active", "disabled", "removed"]
    disabled_because: DisabledBecause | None
    previous_secret_until: datetime | None

    @classmethod
    def of(cls, endpoint: Endpoint, version: int) -> Self:
        """As its facts left it."""
        return cls(
            id=endpoint.id,
            version=version,
            scope=endpoint.scope,
            url=endpoint.url,
            events=list(endpoint.events),
            description=endpoint.description,
            status=endpoint.status,
            disabled_because=endpoint.disabled_because,
            previous_secret_until=endpoint.previous_until,
        )


class EndpointWithSecret(WebhookEndpoint):
    """The same with the secret that signs, which is told when it is made, and kept nowhere."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class WebhookEndpoints(BaseModel):
    """A page of endpoints."""

    items: list[WebhookEndpoint]
    next: str | None


class Attempt(BaseModel):
    """When it was sent, and what came of it: a status, or the problem why there is none."""

    number: int
    at: datetime
    response_status: int | None
    problem: str


class Delivery(BaseModel):
    """What an endpoint was sent, or is to be, and what came of the last attempt.

    ``id`` is the ``webhook-id`` of every attempt.
    """

    id: UUID
    event: str
    position: int | None
    status: DeliveryStatus
    created_at: datetime
    attempts: int
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    response_body: Annotated[str, Field(description="Its first kilobyte.")]
    problem: str
    history: Annotated[
        list[Attempt], Field(description="The last 20 attempts, the earliest first.")
    ]

    @classmethod
    def of(cls, delivery: KeptDelivery) -> Self:
        """As the queue has it."""
        return cls(
            id=delivery.id,
            event=delivery.event,
            position=delivery.position,
            status=delivery.status,
            created_at=delivery.created_at,
            attempts=delivery.attempts,
            last_attempt_at=delivery.last_at,
            next_attempt_at=delivery.next_at,
            response_status=delivery.response_status,
            response_body=delivery.response_body,
            problem=delivery.problem,
            history=[Attempt.model_validate(each) for each in delivery.history],
        )


class Deliveries(BaseModel):
    """A page of deliveries, the latest first."""

    items: list[Delivery]
    next: str | None


class Sent(BaseModel):
    """What will be sent in a moment, under this `webhook-id`."""

    delivery_id: UUID
