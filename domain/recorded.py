"""An event as the log holds it: what happened, with when, where in the order, by whom and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.events import Event


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One event of the log.

    ``position`` orders the whole log, ``version`` its stream (from 1, contiguous). ``key`` is the
    id of the listing, account or promotion that the event is about, and ``partition`` follows from
    it. ``recorded_at`` is the database's clock, ``occurred_at`` the decision's *now*.
    """

    position: int
    stream: str
    version: int
    key: str
    partition: int
    recorded_at: datetime
    occurred_at: datetime
    actor: str
    correlation_id: str
    causation_id: str
    event: Event
