"""Processes that stop at each input and output until the test lets one of them go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

SETTLES = 24
"""After how many turns of the loop every process has come to its next stop: gathers take a few."""


class Killed(BaseException):
    """What a dead process sees: no `except Exception` of ours gets in the way."""


@dataclass(eq=False)
class Process:
    """Something that can be killed at any stop."""

    name: str
    tasks: list[asyncio.Task[Any]] = field(default_factory=list[asyncio.Task[Any]])
    killed: bool = False

    @property
    def busy(self) -> bool:
        """Whether any of its tasks goes on."""
        return any(not task.done() for task in self.tasks)


@dataclass(eq=False)
class Stop:
    """A process that waits before or after an effect; ``idle`` says that it has nothing to do."""

    process: Process
    label: str
    future: asyncio.Future[None]
    idle: Callable[[], bool]


_running: ContextVar[Process] = ContextVar("running")


class Scheduler:
    """Lets one stop go on at a time; nothing happens by itself."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stops: list[Stop] = []

    @property
    def stops(self) -> list[Stop]:
        """Where processes wait that have something to do."""
        return [stop for stop in self._stops if not stop.idle()]

    def start(self, process: Process, life: Coroutine[Any, Any, Any]) -> None:
        """Begin a task of ``process``, up to its first stop."""
        context = copy_context()
        context.run(_running.set, process)
        process.tasks.append(self._loop.create_task(life, context=context))
        self._settle()

    def go_on(self, stop: Stop, error: Exception | None = None) -> None:
        """Let ``stop`` go on, by ``error`` if one is given."""
        self._stops.remove(stop)
        if error:
            stop.future.set_exception(error)
        else:
            stop.future.set_result(None)
        self._settle()

    def kill(self, process: Process) -> None:
        """End ``process`` where it stands; not one effect of it comes after."""
        process.killed = True
        self._stops = [stop for stop in self._stops if stop.process is not process]
        for task in process.tasks:
            task.cancel()
        self._settle()

    async def stop(self, label: str, idle: Callable[[], bool] = lambda: False) -> None:
        """Wait until the test goes on with it; raises what the test decides."""
        process = _running.get()
        if process.killed:
            raise Killed
        future: asyncio.Future[None] = self._loop.create_future()
        stop = Stop(process, label, future, idle)
        self._stops.append(stop)
        try:
            await future
        finally:
            # Who is cancelled here, as by a group whose other task failed, waits no longer.
            if stop in self._stops:
                self._stops.remove(stop)

    async def effect(self, label: str, happens: Callable[[], T]) -> T:
        """An input or output, with a stop before and one between its effect and its answer."""
        await self.stop(f"before {label}")
        answer = happens()
        await self.stop(f"after {label}")
        return answer

    async def in_thread(self, call: Callable[..., T], *values: Any) -> T:
        """What takes the place of `asyncio.to_thread`."""
        return await self.effect("the log", lambda: call(*values))

    def close(self) -> None:
        """Let go of the loop; every process must be dead."""
        self._loop.close()

    def _settle(self) -> None:
        self._loop.run_until_complete(_turns(SETTLES))


async def _turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)
