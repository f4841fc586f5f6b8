"""A stay is a half-open range of nights, named by local calendar dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.refusals import DatesReversed


@dataclass(frozen=True)
class Stay:
    """The nights from ``arrive`` up to but not including ``depart``."""

    arrive: date
    depart: date

    def __post_init__(self) -> None:
        if self.depart <= self.arrive:
            raise DatesReversed(arrive=self.arrive, depart=self.depart)

    @property
    def length(self) -> int:
        """How many nights the stay has."""
        return (self.depart - self.arrive).days

    def nights(self) -> Iterator[date]:
        """Each night by the date on which it begins."""
        return (self.arrive + timedelta(days=n) for n in range(self.length))

    def overlaps(self, other: Stay) -> bool:
        """Whether the two share at least one night."""
        return self.arrive < other.depart and other.arrive < self.depart
