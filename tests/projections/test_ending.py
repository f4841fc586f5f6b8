"""A task that misses that it was cancelled ends all the same."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from projections import ending
from projections.ending import end


async def misses_the_first(ended: list[str]) -> None:
    """What a task is that was cancelled when `asyncio.wait_for` was done, before Python 3.12."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("late")


async def fails() -> None:
    raise ValueError("as it does")


async def test_tasks_end_however_often_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN", 0.001)
    ended: list[str] = []
    tasks = [
        asyncio.create_task(misses_the_first(ended)),
        asyncio.create_task(fails()),
        asyncio.create_task(asyncio.Event().wait()),
    ]
    await asyncio.sleep(0)

    await end(*tasks)

    assert all(task.done() for task in tasks)
    assert ended == ["late"]


async def test_nothing_ends_at_once() -> None:
    await end()
