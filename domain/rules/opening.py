"""When slots may begin, and until when a listing is open: local hours become instants.

Steps are counted on the wall clock from each opening, and a local time becomes an instant by the
one rule of :mod:`domain.local_time`: where clocks jump forward a start moves by the gap, and where
they are set back the hour that comes twice begins slots once. Lengths are real time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain.local_time import instant, local_date
from domain.rules.schedule import Opening, Schedule

DAY = timedelta(days=1)


def starts_on(schedule: Schedule, day: date, zone: str) -> list[datetime]:
    """The instants of ``day`` at which a slot may begin, in order, each once."""
    found: set[datetime] = set()
    step = timedelta(minutes=schedule.step_minutes)
    for opening in _openings(schedule, day):
        wall, closing = _wall_clock(opening, day)
        closes_at = instant(closing.date(), closing.time(), zone)
        while wall < closing:
            starts_at = instant(wall.date(), wall.time(), zone)
            # A day that a zone skipped has no times: they all move on to the next one.
            if starts_at < closes_at and local_date(starts_at, zone) == day:
                found.add(starts_at)
            wall += step
    return sorted(found)


def opening_days(schedule: Schedule) -> list[int]:
    """The ISO weekdays on which slots may begin."""
    return sorted({each.weekday for each in schedule.opening}) or [*range(1, 8)]


def may_start(schedule: Schedule, starts_at: datetime, zone: str) -> bool:
    """Whether a slot may begin at ``starts_at``."""
    return starts_at in starts_on(schedule, local_date(starts_at, zone), zone)


def open_until(
    schedule: Schedule, starts_at: datetime, wanted: datetime, zone: str
) -> datetime | None:
    """How long the listing that is open at ``starts_at`` stays so, as far as ``wanted``.

    None when it is closed at ``starts_at``. Openings that touch are one, over midnight too.
    """
    reach: datetime | None = None
    day, last = local_date(starts_at, zone), local_date(wanted, zone)
    while day <= last:
        for opens_at, closes_at in _hours(schedule, day, zone):
            if opens_at <= (reach or starts_at) < closes_at:
                reach = closes_at
        day += DAY
    return reach


def _hours(schedule: Schedule, day: date, zone: str) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for opening in _openings(schedule, day):
        opens, closes = _wall_clock(opening, day)
        found.append(
            (
                instant(opens.date(), opens.time(), zone),
                instant(closes.date(), closes.time(), zone),
            )
        )
    return sorted(found)


def _openings(schedule: Schedule, day: date) -> Iterator[Opening]:
    """Those of ``day``; a listing that names none at all is always open."""
    if not schedule.opening:
        yield Opening(weekday=day.isoweekday(), opens=time(0), closes=time(0))
    for opening in schedule.opening:
        if opening.weekday == day.isoweekday():
            yield opening


def _wall_clock(opening: Opening, day: date) -> tuple[datetime, datetime]:
    opens = datetime.combine(day, opening.opens)
    closes = datetime.combine(day, opening.closes)
    return opens, closes if opening.closes > opening.opens else closes + DAY
