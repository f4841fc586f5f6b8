"""A row of the table: what is measured, against which floor of the same run, and the goal.

A module of this package offers rows by a function ``rows(world)``, a context manager that prepares
whatever they need; `__main__` asks every row once a round, so that all are interleaved.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.timing import Round, merged
from stack.addresses import Addresses
from tests.platforms import Platform, new_platform


@dataclass(frozen=True)
class World:
    """Real servers with a database of their own, migrated; scratch files go into ``folder``."""

    platform: Platform
    folder: Path
    servers: Addresses

    @contextmanager
    def another(self, name: str) -> Generator[Platform]:
        """One more platform on the same servers, with files in a folder of this ``name``."""
        folder = self.folder / name
        folder.mkdir()
        with new_platform(self.servers, folder) as platform:
            yield platform


@dataclass(frozen=True)
class Reading:
    """One round: what was measured, and right beside it its floor, if that is another run."""

    measured: Round
    floor: Round | None = None


def ratio_of_rates(reading: Reading) -> float:
    """How many times the floor's rate was reached."""
    assert reading.floor is not None, "a ratio takes a floor"
    return reading.measured.rate / reading.floor.rate


@dataclass
class Row:
    """``once`` is one round; ``figure`` is what the goal is about, a number a round."""

    what: str
    floor: str
    once: Callable[[], Reading]
    goal: float
    sense: Literal["at least", "at most"] = "at least"
    figure: Callable[[Reading], float] = ratio_of_rates
    unit: str = ""
    readings: list[Reading] = field(default_factory=list[Reading])

    def measure(self) -> None:
        """One more round."""
        self.readings.append(self.once())

    @property
    def measured(self) -> Round:
        """All rounds as one."""
        return merged([each.measured for each in self.readings])

    @property
    def measured_floor(self) -> Round | None:
        """All rounds of the floor as one, if it is a run of its own."""
        floors = [each.floor for each in self.readings if each.floor]
        return merged(floors) if floors else None

    @property
    def result(self) -> float:
        """The median of the rounds' figures."""
        return statistics.median(self.figure(each) for each in self.readings)

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.result >= self.goal if self.sense == "at least" else self.result <= self.goal


Rows = Callable[[World], AbstractContextManager[Sequence[Row]]]
RowsMade = Generator[Sequence[Row]]
