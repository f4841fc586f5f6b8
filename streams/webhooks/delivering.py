"""Sends what is due, several at once but few to each endpoint, and keeps what came of it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Literal
from uuid import UUID

from commands.payments.webhooks import Webhook, signed
from commands.webhooks.deliveries import Deliveries, Leased, Settled
from commands.webhooks.secrets import signing_keys
from domain.webhook.facts import DisabledBecause
from domain.webhook.state import Endpoint
from streams.backoff import Backoff
from streams.webhooks.metrics import Outcome, WebhookMetrics
from streams.webhooks.registry import Registry
from streams.webhooks.schedule import Answer, after
from streams.webhooks.sending import Sender

logger = logging.getLogger(__name__)

AT_ONCE = 256
PER_ENDPOINT = 4
"""How many are sent at once by one process: one that is slow holds its own up, and no others."""

POLL = 0.1
"""Every how many seconds it is looked for what is due."""

TIDY = 60.0
"""Every how many seconds what is not needed any more is put away."""

GRACE = 5.0
"""Seconds for what is under way when the process is to stop."""

KEPT = timedelta(days=30)
"""For how long it is kept what came of a delivery."""

Disable = Callable[[UUID, DisabledBecause], object]
"""Records that an endpoint is disabled, and tells its owner; blocks."""


class Courier:
    """One process's sender; several share the queue."""

    def __init__(
        self,
        deliveries: Deliveries,
        registry: Registry,
        sender: Sender,
        *,
        key: bytes,
        disable: Disable,
        metrics: WebhookMetrics,
    ) -> None:
        self._deliveries = deliveries
        self._registry = registry
        self._sender = sender
        self._key = key
        self._disable = disable
        self._metrics = metrics
        self._busy: Counter[UUID] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tidied = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; what is under way then has :data:`GRACE` to end.

        The rest is sent again, by whoever comes, when its lease ends.
        """
        backoff = Backoff(logger, "sending webhooks")
        while not stop.is_set():
            pause = POLL
            try:
                if await self.step():
                    pause = 0.0
                backoff.succeeded()
            except Exception as error:  # noqa: BLE001 - Postgres may be down; it comes back
                pause = backoff.failed(error)
            waiting = asyncio.ensure_future(stop.wait())
            await asyncio.wait([waiting], timeout=pause)
            waiting.cancel()
        try:
            await asyncio.wait_for(self.idle(), GRACE)
        except TimeoutError:
            logger.warning("some webhooks were under way: they will be sent again")

    async def idle(self) -> None:
        """Wait until all that was begun has ended; cancelled, it cancels that."""
        await asyncio.gather(*self._tasks)

    async def step(self) -> int:
        """Begin to send what is due; how many."""
        await asyncio.to_thread(self._registry.refresh)
        await asyncio.to_thread(self._metrics.look, self._deliveries.backlog)
        if monotonic() - self._tidied >= TIDY:
            await asyncio.to_thread(self._tidy)
            self._tidied = monotonic()
        free = AT_ONCE - len(self._tasks)
        room = {
            endpoint: PER_ENDPOINT - self._busy[endpoint]
            for endpoint in self._registry.active()
            if self._busy[endpoint] < PER_ENDPOINT
        }
        if free < PER_ENDPOINT or not room:
            return 0
        # Those that wait longest come next time, as those that were begun are busy then.
        some = random.sample(sorted(room), min(len(room), free // PER_ENDPOINT))
        leased = await asyncio.to_thread(
            self._deliveries.lease, {endpoint: room[endpoint] for endpoint in some}
        )
        for each in leased:
            self._busy[each.endpoint_id] += 1
            task = asyncio.create_task(self._deliver(each))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(leased)

    async def _deliver(self, leased: Leased) -> None:
        try:
            endpoint = self._registry.endpoint(leased.endpoint_id)
            if endpoint is None or endpoint.status != "active":
                await asyncio.to_thread(self._deliveries.settle, leased, CANCELLED)
                self._metrics.settled(leased, "cancelled")
                return
            answer = await self._send(endpoint, leased)
            await asyncio.to_thread(self._settle, leased, answer)
        except Exception:
            # It is sent again when its lease ends.
            logger.exception("what came of webhook %s could not be kept", leased.id)
        finally:
            self._busy[leased.endpoint_id] -= 1
            if not self._busy[leased.endpoint_id]:
                del self._busy[leased.endpoint_id]

    async def _send(self, endpoint: Endpoint, leased: Leased) -> Answer:
        now = datetime.now(UTC)
        newest, *earlier = signing_keys(self._key, endpoint, now)
        webhook = Webhook(id=str(leased.id), body=leased.body)
        headers = signed(webhook, newest, now, earlier=earlier)
        return await self._sender.send(endpoint.url, leased.body, headers)

    def _settle(self, leased: Leased, answer: Answer) -> None:
        then = after(answer, leased.tries, random.random())  # noqa: S311 - no secret
        status: Literal["delivered", "pending", "failed"] = (
            "delivered" if answer.taken else "pending" if then.wait else "failed"
        )
        settled = Settled(
            status=status,
            wait=then.wait,
            response_status=answer.status,
            response_body=answer.body,
            problem=answer.problem,
        )
        if not self._deliveries.settle(leased, settled):
            return
        self._metrics.settled(leased, OUTCOMES[status])
        if then.disable is None:
            return
        gone = then.disable == "gone"
        if gone or not self._deliveries.succeeded_since(leased.endpoint_id, leased.created_at):
            self._disable(leased.endpoint_id, then.disable)
            self._registry.refresh()
            self._deliveries.cancel([leased.endpoint_id])

    def _tidy(self) -> None:
        if inactive := self._registry.inactive():
            self._deliveries.cancel(inactive)
        self._deliveries.forget(KEPT)


CANCELLED = Settled(status="cancelled", sent=False)
OUTCOMES: dict[str, Outcome] = {
    "delivered": "delivered",
    "pending": "retried",
    "failed": "given_up",
}
