"""What a rating at any instant is made of: reviews that were published, and those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.review.facts import Stars
from domain.review.rating import NONE, Counts, Rating


@dataclass(frozen=True)
class Waiting:
    """A rating that counts from ``since`` on, unless it is published before."""

    rating: Stars
    since: datetime


@dataclass(frozen=True)
class Rated:
    """The published ratings counted, and those that wait for their time."""

    counts: Counts = NONE
    waiting: Sequence[Waiting] = ()

    def at(self, now: datetime) -> Rating:
        """What everybody may know at ``now``, whoever tidies up when."""
        rating = Rating(self.counts)
        for waiting in self.waiting:
            if waiting.since <= now:
                rating = rating.and_one(waiting.rating)
        return rating
