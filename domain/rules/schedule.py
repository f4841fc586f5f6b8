"""At which local times things may begin and end, and what must lie between neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from domain.refusals import InvalidOffer

CHECK_IN = time(15)
"""The local time from which a guest may arrive, unless the listing says otherwise."""

CHECK_OUT = time(11)
"""The local time by which a guest leaves, when the stay is over, unless it says otherwise."""

SHORTEST_STEP = 5

LONGEST_SLOT = 24 * 60
LONGEST_BUFFER = 24 * 60
MOST_OPENINGS = 50


@dataclass(frozen=True, kw_only=True)
class Opening:
    """On an ISO weekday (Monday is 1) slots lie between two local times; midnight ends the day.

    Openings that touch, over midnight too, are one to a slot that is longer.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Check-in and check-out (pick-up and return of what is rented), slots, and buffers.

    Buffers are nights for stays, days for rentals and minutes for slots. A slot begins on a step
    from an opening and lasts one or more slot lengths; without openings it is open all day, every
    day.
    """

    check_in: time = CHECK_IN
    check_out: time = CHECK_OUT
    buffer_before: int = 0
    buffer_after: int = 0
    slot_minutes: int = 60
    step_minutes: int = 60
    opening: tuple[Opening, ...] = ()


USUAL_SCHEDULE = Schedule()


def check_schedule(schedule: Schedule) -> None:
    """Raise :class:`InvalidOffer` for a schedule that no listing may have."""
    _range("buffer_before", schedule.buffer_before, 0, LONGEST_BUFFER)
    _range("buffer_after", schedule.buffer_after, 0, LONGEST_BUFFER)
    _range("slot_minutes", schedule.slot_minutes, SHORTEST_STEP, LONGEST_SLOT)
    _range("step_minutes", schedule.step_minutes, SHORTEST_STEP, LONGEST_SLOT)
    if len(schedule.opening) > MOST_OPENINGS:
        raise InvalidOffer(field="schedule.opening", why=f"are at most {MOST_OPENINGS}")
    for number, opening in enumerate(schedule.opening):
        _range(f"opening.{number}.weekday", opening.weekday, 1, 7)
        if opening.closes <= opening.opens and opening.closes != time(0):
            raise InvalidOffer(
                field=f"schedule.opening.{number}.closes", why="must be later than it opens"
            )


def _range(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidOffer(field=f"schedule.{field}", why=f"must be from {least} to {most}")
