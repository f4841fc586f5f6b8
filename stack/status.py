"""Whether each process of a running stack does its work, asked from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stack.health import (
    elasticsearch_answers,
    http_answers,
    kafka_answers,
    postgres_answers,
    redis_answers,
)
from stack.processes import Started

HOST = "127.0.0.1"
SERVERS: dict[str, Callable[[str, int], bool]] = {
    "postgres": postgres_answers,
    "valkey": redis_answers,
    "kafka": kafka_answers,
    "elasticsearch": elasticsearch_answers,
}


@dataclass(frozen=True)
class Condition:
    """A process, whether it lives, and whether it answers (when it can be asked)."""

    process: Started
    alive: bool
    answers: bool | None

    @property
    def healthy(self) -> bool:
        """Alive, and answering if it is to answer."""
        return self.alive and self.answers is not False

    def word(self) -> str:
        """The same for people."""
        if not self.alive:
            return "not running"
        return {True: "healthy", False: "not answering", None: "running"}[self.answers]


def condition_of(process: Started) -> Condition:
    """Look at one process now; takes a few seconds when it hangs."""
    alive = process.alive()
    if not alive or process.port is None:
        return Condition(process, alive, None)
    if process.kind == "server":
        return Condition(process, alive, SERVERS[process.name](HOST, process.port))
    return Condition(process, alive, http_answers(f"http://{HOST}:{process.port}/health/ready"))
