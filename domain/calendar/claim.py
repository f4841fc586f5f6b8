"""What a claim is, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from domain.buffers import DAY, NO_BUFFERS, Buffers
from domain.calendar.extent import Extent, extent_of
from domain.slot import Slot
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Units that nobody else can have for some time, until an instant or for good.

    ``stay`` has the days it touches; a claim on a listing by the hour is for ``slot`` alone. A
    block has no ``buffers``.
    """

    id: UUID
    kind: Literal["hold", "booking", "block", "offer", "imported"]
    stay: Stay
    units: tuple[int, ...]
    until: datetime | None = None
    booking_id: UUID | None = None
    reason: str | None = None
    guest_id: UUID | None = None
    """Whose offer it is; other claims do not say."""
    slot: Slot | None = None
    buffers: Buffers | None = NO_BUFFERS
    external_calendar: str | None = None
    uid: str | None = None

    @property
    def extent(self) -> Extent:
        """What it takes of its units' time."""
        return extent_of(self.stay, self.slot, self.buffers)

    def live_at(self, now: datetime) -> bool:
        """Whether the claim still stands: a hold is free the instant it lapses."""
        return self.until is None or now < self.until

    def over_by(self, day: date) -> bool:
        """Whether it stands in nobody's way from ``day`` on; a hold's end may yet move."""
        last = self.stay.depart.toordinal() + reach(self.buffers)
        return self.until is None and last <= day.toordinal()


def reach(buffers: Buffers | None) -> int:
    """At least as many days as ``buffers`` can keep others away."""
    if buffers is None or buffers == NO_BUFFERS:
        return 0
    return 1 + max(buffers.before, buffers.after) // DAY


def may_meet(claim: Claim, stay: Stay, days: int) -> bool:
    """Whether ``claim`` and one on ``stay`` that reaches ``days`` further may collide."""
    arrive, depart = widened(stay, max(days, reach(claim.buffers)))
    return claim.stay.depart > arrive and claim.stay.arrive < depart


def widened(stay: Stay, days: int) -> tuple[date, date]:
    """The ends of ``stay``, ``days`` further out, within the calendar."""
    return (
        date.fromordinal(max(stay.arrive.toordinal() - days, date.min.toordinal())),
        date.fromordinal(min(stay.depart.toordinal() + days, date.max.toordinal())),
    )
