"""How far apart a listing's rules keep two guests."""

from __future__ import annotations

from domain.buffers import DAY, NO_BUFFERS, Buffers
from domain.kind import Kind
from domain.rules.schedule import Schedule


def buffers_of(kind: Kind, schedule: Schedule) -> Buffers:
    """The buffers that a new claim on a listing of ``kind`` gets.

    Who leaves later in the day than the next arrives can't be followed on that day: such a
    schedule keeps at least one night, or day, between guests.
    """
    if kind == "slot":
        found = Buffers(before=schedule.buffer_before, after=schedule.buffer_after)
    else:
        least = 1 if schedule.check_out > schedule.check_in else 0
        after = max(schedule.buffer_after, least)
        found = Buffers(before=schedule.buffer_before * DAY, after=after * DAY)
    return NO_BUFFERS if found == NO_BUFFERS else found
