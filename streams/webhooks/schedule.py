"""What comes of an attempt: it is done, it is tried again later, or it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.webhook.facts import DisabledBecause

SCHEDULE: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait after each attempt, as Standard Webhooks recommends: three days in all."""

JITTER = 0.2
"""By which share a wait is made longer or shorter, so that not all come at once."""

LONGEST_ASKED = timedelta(hours=24)
"""For how long at most a receiver can make us wait by Retry-After."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a receiver said, or why it said nothing: then ``status`` is none."""

    status: int | None = None
    body: str = ""
    problem: str = ""
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class Next:
    """``wait`` before another attempt, none to give up; perhaps with a reason to disable."""

    wait: timedelta | None = None
    disable: DisabledBecause | None = None


def after(answer: Answer, tries: int, chance: float) -> Next:
    """What is to be done after the attempt number ``tries``; ``chance`` is from 0 to 1."""
    if answer.taken:
        return Next()
    if answer.status == 410:
        return Next(disable="gone")
    if tries > len(SCHEDULE):
        return Next(disable="failing")
    wait = SCHEDULE[tries - 1] * (1 + JITTER * (2 * chance - 1))
    if answer.retry_after:
        wait = max(wait, min(answer.retry_after, LONGEST_ASKED))
    return Next(wait=wait)
