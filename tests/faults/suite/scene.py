"""What a fault may lay hands on: the platform's processes, its servers, and the traffic on it."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from tests.faults.suite.breakable import Servers
from tests.faults.traffic import Journal
from tests.platforms import Platform
from tests.processes import Processes

OURS = (
    "api commands",
    "api queries",
    "relay",
    "worker pages",
    "worker search",
    "worker reactors",
    "timers",
    "gateway",
)


class Skip(Exception):
    """This fault can't be made here; the message says what it takes."""


@dataclass
class Scene:
    """One platform under traffic; ``servers`` are none when others use them too."""

    platform: Platform
    processes: Processes
    journal: Journal
    chance: random.Random
    servers: Servers | None = None
    say: Callable[[str], None] = print
    kills: int = 0
    notes: list[str] = field(default_factory=list[str])

    @property
    def own(self) -> Servers:
        """The servers, which nobody else uses; raises Skip."""
        if self.servers is None:
            raise Skip("it needs servers of its own: make faults")
        return self.servers

    def let_work(self, least: int, most: int) -> None:
        """Wait until the people were told so many things more."""
        enough = self.journal.told + self.chance.randrange(least, most)
        self.processes.until(lambda: self.journal.told >= enough, "the traffic stood still", 120)

    def pass_time(self, seconds: float) -> None:
        """Let the fault last, whatever the people get done meanwhile."""
        end = time.monotonic() + seconds
        self.processes.until(lambda: time.monotonic() >= end, "", seconds + 60)

    def kill(self, name: str) -> None:
        """End a process of ours by SIGKILL; it stays down."""
        self.processes.kill(name)
        self.kills += 1

    def kill_and_start(self, name: str) -> None:
        """End a process of ours by SIGKILL, and start it again while the people go on."""
        self.kill(name)
        self.let_work(1, 10) if name not in _IN_THE_WAY else None
        self.processes.start(name)

    @contextmanager
    def one_more(self, *names: str, **settings: str) -> Generator[Processes]:
        """A second process of each of ``names`` beside the first; killed at the end.

        ``settings`` are those that it has otherwise.
        """
        folder = self.platform.folder / f"more-{self.chance.randrange(1_000_000)}"
        folder.mkdir()
        other = self.platform.settings.model_copy(update=settings)
        with Processes(dataclasses.replace(self.platform, folder=folder, settings=other)) as more:
            more.start(*names)
            yield more

    def owner(self) -> psycopg.Connection:
        """A connection as the schema's owner."""
        return psycopg.connect(self.platform.settings.need("postgres_url"), autocommit=True)

    def note(self, what: str) -> None:
        """Something to tell in the fault's line."""
        self.notes.append(what)


_IN_THE_WAY = frozenset({"api commands", "gateway"})
"""Without these nobody is told anything."""
