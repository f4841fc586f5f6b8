"""Sends the sandbox's webhooks over HTTP, as a provider outside would."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

import aiohttp

from commands.payments.webhooks import Webhook, signed

logger = logging.getLogger(__name__)

TRIES = 3
WITHIN = 5.0
"""Seconds that a webhook's receiver has to answer."""


class Announcer:
    """Posts to ``url``, signed with ``key``; what is not taken is lost, as it is anywhere."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url = url
        self._key = key
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def announce(self, seconds: float, webhooks: Sequence[Webhook]) -> None:
        """Send ``webhooks``, one after another, so many seconds from now."""
        task = asyncio.ensure_future(self._send(seconds, webhooks))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, seconds: float, webhooks: Sequence[Webhook]) -> None:
        await asyncio.sleep(seconds)
        for webhook in webhooks:
            for attempt in range(TRIES):
                if await self._taken(webhook):
                    break
                await asyncio.sleep(0.2 * 2**attempt)
            else:
                logger.warning("webhook %s was not taken", webhook.id)

    async def _taken(self, webhook: Webhook) -> bool:
        assert self._session is not None, "an announcer is entered first"
        headers = signed(webhook, self._key, datetime.now(UTC))
        try:
            async with self._session.post(self._url, data=webhook.body, headers=headers) as answer:
                return answer.status < 300
        except (aiohttp.ClientError, TimeoutError):
            return False
