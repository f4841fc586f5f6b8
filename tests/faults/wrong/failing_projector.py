"""`sojourn` whose projector of bookings fails on every other one that is confirmed."""

from __future__ import annotations

from typing import Any

from domain.booking.facts import BookingConfirmed
from projections.booking.projector import BOOKING
from sojourn.cli import main

_sound = BOOKING._evolve  # pyright: ignore[reportPrivateUsage] - broken on purpose


def _failing(state: Any, event: Any) -> Any:
    if isinstance(event, BookingConfirmed) and state.id.int % 2 == 0:
        raise ZeroDivisionError
    return _sound(state, event)


if __name__ == "__main__":
    BOOKING._evolve = _failing  # pyright: ignore[reportPrivateUsage] - see above
    main()
