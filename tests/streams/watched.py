"""A worker as a process that shows its metrics and its health, as operators see it."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from stack.ports import any_free
from tests.processes import Processes
from tests.streams.conftest import Pipeline


class Watched:
    """A worker's process, and what it shows at its port."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self._url = f"http://127.0.0.1:{processes.platform.settings.metrics_port}"

    def health(self) -> tuple[int, str]:
        """Status and verdict; 0 before it listens."""
        try:
            answer = httpx.get(f"{self._url}/health/live", timeout=5)
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.json()["status"]

    def counted(self, name: str, of: str = "worker") -> float:
        """A metric of the worker, or of the relay; 0 before it has any."""
        try:
            lines = httpx.get(f"{self._url}/metrics", timeout=5).text.splitlines()
        except httpx.TransportError:
            return 0
        found = [line for line in lines if line.startswith(f"sojourn_{of}_{name} ")]
        return float(found[0].split()[1]) if found else 0


@contextmanager
def watched(pipeline: Pipeline, **changes: object) -> Generator[Watched]:
    """Processes of the platform that show their metrics, with other settings where ``changes``."""
    told = {"metrics_port": any_free(), **changes}
    settings = pipeline.platform.settings.model_copy(update=told)
    platform = dataclasses.replace(pipeline.platform, settings=settings)
    with Processes(platform) as processes:
        yield Watched(processes)
