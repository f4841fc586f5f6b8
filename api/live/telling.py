"""What one listener is told: what it missed, then what happens, for as long as it may listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from time import monotonic

from api.conventions.problems import Problem
from api.live.frames import ended, event, heartbeat, opening, reset
from api.live.hub import Hub, Listener
from api.positions import Positions
from domain.refusals import Refusal
from projections.feed.entry import Entry
from projections.feed.queries import Reach
from projections.unavailable import ReadModelUnavailable

CHECK_EVERY = 5.0
"""Seconds after which it is asked again whether an account may listen."""

HEARTBEAT_EVERY = 10.0
"""Seconds of silence after which a heartbeat is sent."""

May = Callable[[], Awaitable[object]]
"""Raises a Refusal or a Problem when the account may listen no longer."""


async def tell(
    hub: Hub, listener: Listener, reach: Reach, after: Positions, may: May
) -> AsyncGenerator[bytes]:
    """The stream of ``listener``: of each partition behind ``after``, else from ``reach`` on.

    ``reach`` is as of a moment ago, and has only the partitions that are listened to.
    """
    seen = dict(reach.applied)
    known = {p: position for p, position in after.items() if p in seen}
    held = reach.holds(known)
    if held:
        seen |= known
    yield opening(seen)
    if not held:
        yield reset(seen)
    async for entry in _missed(hub, listener, dict(seen)):
        await hub.until_shown([entry])
        seen[entry.partition] = entry.position
        yield event(entry, seen)
    checked = told = monotonic()
    while not hub.closing.is_set():
        entry = await _next(hub, listener, CHECK_EVERY)
        if listener.lost:
            listener.lost = False
            seen |= {p: at for p, at in hub.positions.items() if p in seen}
            yield reset(seen)
            told = monotonic()
        if entry and entry.position > seen.get(entry.partition, 0):
            seen[entry.partition] = entry.position
            yield event(entry, seen)
            told = monotonic()
        if entry is None and listener.slow:
            return
        if monotonic() - checked >= CHECK_EVERY:
            checked = monotonic()
            if code := await _why_not(may):
                yield ended(code)
                return
        if monotonic() - told >= HEARTBEAT_EVERY:
            if listener.news.empty():
                seen |= {p: max(at, seen[p]) for p, at in hub.positions.items() if p in seen}
            yield heartbeat(seen)
            told = monotonic()


async def _missed(hub: Hub, listener: Listener, seen: Positions) -> AsyncIterator[Entry]:
    for partition, position in seen.items():
        async for entry in hub.feed.behind(partition, position):
            if listener.wants(entry):
                yield entry


async def _next(hub: Hub, listener: Listener, seconds: float) -> Entry | None:
    """The next entry, none after ``seconds`` or when the streams are to end."""
    if not listener.news.empty():
        return listener.news.get_nowait()
    if listener.slow:
        return None
    news = asyncio.ensure_future(listener.news.get())
    closing = asyncio.ensure_future(hub.closing.wait())
    try:
        await asyncio.wait([news, closing], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return news.result() if news.done() else None
    finally:
        news.cancel()
        closing.cancel()


async def _why_not(may: May) -> str:
    try:
        await may()
    except Refusal as refusal:
        return refusal.code
    except Problem as problem:
        return problem.code
    except ReadModelUnavailable:
        # Nothing is told while Redis is away, and it is asked again.
        return ""
    return ""
