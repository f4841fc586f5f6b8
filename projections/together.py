"""What many ask for at a time is done once for all of them, but never too early for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Runs ``work`` for all who asked before it began; one run at a time.

    Whoever asks while it runs gets the answer of the next run, so that no answer is older than the
    question. Of an event loop; whoever is cancelled leaves the others what they asked for.
    """

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._running: asyncio.Task[T] | None = None
        self._coming: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """The answer of a run that begins from now on; raises what ``work`` raises."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._run_after(self._running))
            self._coming.add_done_callback(_heard)
        return await asyncio.shield(self._coming)

    async def _run_after(self, before: asyncio.Task[T] | None) -> T:
        if before is not None:
            await asyncio.wait([before])
        self._running, self._coming = self._coming, None
        return await self._work()


def _heard(run: asyncio.Task[Any]) -> None:
    """Whoever asked may be gone by now; nobody is to be warned that nobody listens."""
    if not run.cancelled():
        run.exception()
