"""What sinks could not apply: told apart, as it is known and waits for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from domain.recorded import Recorded
from sojourn.verify.sources import Sources

PARKED = (
    "SELECT sink, stream, min(version), count(*), (array_agg(because ORDER BY version))[1]"
    " FROM dead_letters WHERE kind <> 'unreadable' AND state <> 'applied'"
    " GROUP BY sink, stream ORDER BY sink, stream"
)


@dataclass(frozen=True)
class Parked:
    """A stream of which a sink has applied nothing from ``version`` on."""

    sink: str
    stream: str
    version: int
    events: int
    because: str

    @property
    def line(self) -> str:
        """How it is told."""
        return (
            f"{self.sink}: {self.stream} is parked at version {self.version}"
            f" ({self.events:,} events): {self.because}"
        )


def parked(connection: Connection[Any]) -> list[Parked]:
    """All of them, by sink."""
    return [Parked(*row) for row in connection.execute(PARKED).fetchall()]


def of_sink(found: Iterable[Parked], sink: str) -> dict[str, int]:
    """The first version of each parked stream that ``sink`` has not applied."""
    return {each.stream: each.version for each in found if each.sink == sink}


def without(sources: Sources, versions: Mapping[str, int]) -> Sources:
    """``sources`` without what is parked."""

    def applied(recorded: Recorded) -> bool:
        first = versions.get(recorded.stream)
        return first is None or recorded.version < first

    if not versions:
        return sources
    return Sources([event for event in sources.events if applied(event)], sources.streams)
