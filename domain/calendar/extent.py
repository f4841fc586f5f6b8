"""What a claim takes of a unit's time, on a line of timestamps without a zone.

On that line slots are their UTC instants, and days run from local midnight to midnight, however
many hours the clocks gave them: a listing is of one kind, so the two never meet. Gaps between
neighbours are the guests': a block, the host's own time, keeps no distance and asks for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.buffers import Buffers
from domain.slot import Slot
from domain.stay import Stay

NOTHING = timedelta(0)
LAST = datetime(9900, 1, 1)  # noqa: DTZ001 - the line has no zone
"""From here on gaps are not counted: the calendar would end before they do."""


@dataclass(frozen=True)
class Extent:
    """From ``start`` up to ``end``; ``buffers`` are a guest's, none a block's."""

    start: datetime
    end: datetime
    buffers: Buffers | None

    def overlaps(self, other: Extent) -> bool:
        """Whether the two share a moment; buffers are not part of them."""
        return self.start < other.end and other.start < self.end

    def collides(self, other: Extent) -> bool:
        """Whether one unit can't serve both: they overlap, or come closer than their buffers."""
        if self.overlaps(other):
            return True
        first, second = (self, other) if self.start < other.start else (other, self)
        if first.buffers is None or second.buffers is None:
            return False
        gap = max(first.buffers.after, second.buffers.before)
        return second.start < later(first.end, timedelta(minutes=gap))

    @property
    def gap(self) -> timedelta:
        """The greater of its buffers: how far apart guests with the same buffers are kept."""
        if self.buffers is None:
            return NOTHING
        return timedelta(minutes=max(self.buffers.before, self.buffers.after))

    @property
    def busy(self) -> Extent:
        """With all of its gap behind it: where buffers are alike, exactly what it takes.

        Two guests with the same buffers collide when these overlap, so that counting them at each
        moment tells how many units are needed.
        """
        if self.buffers is None:
            return self
        return Extent(self.start, later(self.end, self.gap), self.buffers)


def later(moment: datetime, gap: timedelta) -> datetime:
    """``gap`` after ``moment``."""
    return moment + gap if moment < LAST else moment


def extent_of(stay: Stay, slot: Slot | None, buffers: Buffers | None) -> Extent:
    """The extent of the days of ``stay``, or of ``slot`` where there is one."""
    if slot is None:
        return Extent(midnight(stay.arrive), midnight(stay.depart), buffers)
    return Extent(slot.starts_at.replace(tzinfo=None), slot.ends_at.replace(tzinfo=None), buffers)


def midnight(day: date) -> datetime:
    """Where ``day`` begins on the line of days."""
    return datetime.combine(day, time())


def moment_of(now: datetime, today: date, slot: Slot | None) -> datetime:
    """Where the line stands at ``now``: at the instant for slots, at ``today``'s midnight else."""
    return now.astimezone(UTC).replace(tzinfo=None) if slot else midnight(today)
