"""Local times become instants by one rule, wherever clocks jump.

A time that does not exist moves forward by the gap; an ambiguous one is the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, reset_tzpath

# Every process decides by the pinned tzdata package, not by whatever its machine has installed.
reset_tzpath(to=())


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of ``at`` on ``day`` in the IANA ``zone``.

    PEP 495 gives a missing time the offset before the gap (so it moves forward) and ``fold=0`` the
    first of two.
    """
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The calendar date in ``zone`` at ``moment``."""
    return moment.astimezone(ZoneInfo(zone)).date()


def is_zone(name: str) -> bool:
    """Whether ``name`` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
