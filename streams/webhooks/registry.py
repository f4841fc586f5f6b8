"""The webhook endpoints as the log has them: who is to be told of an event, and where."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast, get_args
from uuid import UUID

from domain.booking.state import Booking
from domain.recorded import Recorded
from domain.streams import subject
from domain.webhook.facts import EndpointEnabled, EndpointRegistered, WebhookEvent
from domain.webhook.state import Endpoint, evolve
from eventlog.names import NAMES
from eventlog.record import LogRecord
from streams.log import decoded

logger = logging.getLogger(__name__)

TYPES: Final = [NAMES[event] for event in get_args(WebhookEvent)]

PAGE = 1_000


class TypedLog(Protocol):
    """What of the log is needed; calls block."""

    def read_types(self, types: Sequence[str], after: int, limit: int) -> Sequence[LogRecord]:
        """Up to ``limit`` events of ``types`` behind position ``after``, in order."""
        ...


@dataclass(frozen=True)
class Known:
    """An endpoint, where it was registered, and the position behind which it is told."""

    endpoint: Endpoint
    first: int
    since: int


class Registry:
    """All endpoints that ever were, as of the last :meth:`refresh`; safe across threads."""

    def __init__(self, log: TypedLog) -> None:
        self._log = log
        self._known: dict[UUID, Known] = {}
        self._position = 0
        self._turn = threading.Lock()

    def refresh(self) -> None:
        """Read what the log has of endpoints by now."""
        with self._turn:
            while records := self._log.read_types(TYPES, self._position, PAGE):
                for recorded in decoded(records):
                    self._take(recorded)
                self._position = records[-1].position

    def endpoint(self, endpoint_id: UUID) -> Endpoint | None:
        """An endpoint, removed or not."""
        known = self._known.get(endpoint_id)
        return known.endpoint if known else None

    def endpoints(self) -> list[Endpoint]:
        """All of them, in the order of registration."""
        return [known.endpoint for known in self._all()]

    def told(self, name: str, position: int, booking: Booking) -> list[Endpoint]:
        """The endpoints at which the event was asked for before it happened.

        Whether their owners still have the role it takes is not looked at.
        """
        return [
            known.endpoint
            for known in self._all()
            if known.since < position
            and known.endpoint.wants(name)
            and (known.endpoint.scope == "platform" or known.endpoint.owner_id == booking.host_id)
        ]

    def begins_at(self) -> float:
        """The position of the first registration, infinite when there was none."""
        return min((known.first for known in self._all()), default=math.inf)

    def active(self) -> list[UUID]:
        """The endpoints to which something may be sent."""
        return [each.endpoint.id for each in self._all() if each.endpoint.status == "active"]

    def inactive(self) -> list[UUID]:
        """The others."""
        return [each.endpoint.id for each in self._all() if each.endpoint.status != "active"]

    def _all(self) -> Iterable[Known]:
        return list(self._known.values())

    def _take(self, recorded: Recorded) -> None:
        identity = subject(recorded.stream)
        before = self._known.get(identity)
        event = cast("WebhookEvent", recorded.event)
        if before is None and not isinstance(event, EndpointRegistered):
            logger.error("%s begins in the middle: it is left out", recorded.stream)
            return
        endpoint = evolve(before.endpoint if before else None, event)
        first = before.first if before else recorded.position
        since = before.since if before else recorded.position
        if isinstance(event, EndpointEnabled):
            since = recorded.position
        self._known[identity] = Known(endpoint, first, since)
