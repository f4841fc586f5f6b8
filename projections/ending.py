"""Ends tasks that talk to the stores, which can miss that they were cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN = 0.5
"""Seconds after which a task that goes on is cancelled once more."""


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel ``tasks`` and return when they have ended, however they do.

    Once is not enough before Python 3.12: `asyncio.wait_for`, with which redis-py sends, keeps a
    cancellation to itself that comes when it is done (https://github.com/python/cpython/issues/86296).
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)
