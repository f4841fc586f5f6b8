"""The price of a whole stay as a field of each document, computed while Elasticsearch searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from domain.stay import Stay
from projections.listing_search.tariff import EPOCH, days

TOTAL: Final = "stay_total"
"""The field that has the total; a document has none when its listing can't be booked."""

_SOURCE: Final = Path(__file__).with_name("stay.painless").read_text(encoding="utf-8")
_MINUTES: Final = 24 * 60
_MICROSECOND: Final = timedelta(microseconds=1)


def total_of(stay: Stay, guests: int, now: datetime) -> Mapping[str, Any]:
    """The runtime mapping of :data:`TOTAL`, for who asks at ``now``."""
    clocks = _clocks(stay.arrive, now)
    distinct = {clock: number for number, clock in enumerate(dict.fromkeys(clocks.values()))}
    params = {
        "arrive": days(stay.arrive),
        "depart": days(stay.depart),
        "guests": guests,
        "now": (now - datetime.combine(EPOCH, time(), UTC)) // _MICROSECOND,
        "zones": {zone: distinct[clock] for zone, clock in clocks.items()},
        "clocks": list(distinct),
    }
    return {TOTAL: {"type": "long", "script": {"source": _SOURCE, "params": params}}}


def _clocks(arrive: date, now: datetime) -> dict[str, tuple[int, int, int, int]]:
    """Of each time zone: today, and what its clocks are ahead of UTC on the day of arrival."""
    zones, changes = _zones(), _changes(arrive)
    return {
        name: (days(now.astimezone(zone).date()), *changes[name]) for name, zone in zones.items()
    }


@lru_cache(maxsize=1_000)
def _changes(day: date) -> dict[str, tuple[int, int, int]]:
    """Of each zone the minute of ``day`` at which clocks change, and the seconds before and after.

    Times that do not exist or come twice are as :mod:`domain.local_time` has them: before.
    """
    return {name: _change(zone, day) for name, zone in _zones().items()}


def _change(zone: ZoneInfo, day: date) -> tuple[int, int, int]:
    first, last = _ahead(zone, day, 0), _ahead(zone, day, _MINUTES - 1)
    if first == last:
        return _MINUTES, first, last
    before, after = 0, _MINUTES - 1
    while after - before > 1:
        middle = (before + after) // 2
        if _ahead(zone, day, middle) == first:
            before = middle
        else:
            after = middle
    return after, first, last


def _ahead(zone: ZoneInfo, day: date, minute: int) -> int:
    offset = datetime.combine(day, time(minute // 60, minute % 60), zone).utcoffset()
    assert offset is not None, "a time in a zone has an offset"
    return int(offset.total_seconds())


@cache
def _zones() -> dict[str, ZoneInfo]:
    # ZoneInfo itself keeps only the eight that were asked for last.
    return {name: ZoneInfo(name) for name in sorted(available_timezones())}
