"""A worker that dies is replaced, and one that is told to stop is stopped and not replaced."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams import running
from streams.running import run_worker


class FakeApp:
    """A worker that can't start, dies, or goes on, as ``fate`` says."""

    crash_reason = ValueError("poison")

    def __init__(self, fate: str) -> None:
        self.fate = fate
        self.stopped = False

    async def start(self) -> None:
        if self.fate == "no broker":
            raise ConnectionError(self.fate)

    async def wait_until_stopped(self) -> None:
        if self.fate == "goes on":
            await asyncio.Event().wait()

    async def stop(self) -> None:
        self.stopped = True


async def test_a_worker_that_cannot_start_or_dies_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running.Backoff, "failed", lambda _self, _error: 0.0)  # type: ignore[arg-type]
    stop = asyncio.Event()
    fates = iter(["no broker", "dies", "no broker", "goes on"])
    apps: list[FakeApp] = []

    def create() -> Any:
        apps.append(FakeApp(next(fates)))
        return apps[-1]

    def started(app: Any) -> None:
        if app.fate == "goes on":
            stop.set()

    await asyncio.wait_for(run_worker(create, stop, started=started), 5)
    assert [app.fate for app in apps] == ["no broker", "dies", "no broker", "goes on"]
    assert all(app.stopped for app in apps)


async def test_a_worker_that_is_told_to_stop_before_it_starts_is_never_made() -> None:
    stop = asyncio.Event()
    stop.set()

    def create() -> Any:
        raise AssertionError("made")

    await run_worker(create, stop)
