"""The price of a whole stay as a field of each document, computed while Elasticsearch searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from domain.local_time import local_date
from domain.stay import Stay
from projections.listing_search.tariff import EPOCH, days

TOTAL: Final = "stay_total"
"""The field that has the total; a document has none when its listing can't be booked."""

_SOURCE: Final = Path(__file__).with_name("stay.painless").read_text(encoding="utf-8")
_MINUTES: Final = 24 * 60
_MICROSECOND: Final = timedelta(microseconds=1)


def total_of(stay: Stay, guests: int, now: datetime) -> Mapping[str, Any]:
    """The runtime mapping of :data:`TOTAL`, for who asks at ``now``."""
    params = {
        "arrive": days(stay.arrive),
        "depart": days(stay.depart),
        "guests": guests,
        "now": (now - datetime.combine(EPOCH, time(), UTC)) // _MICROSECOND,
        "zones": _zones(stay.arrive, now),
    }
    return {TOTAL: {"type": "long", "script": {"source": _SOURCE, "params": params}}}


def _zones(arrive: date, now: datetime) -> dict[str, list[int]]:
    """Of each time zone: today, and what its clocks are ahead of UTC on the day of arrival."""
    return {
        zone: [days(local_date(now, zone)), *offsets] for zone, offsets in _offsets(arrive).items()
    }


@lru_cache(maxsize=1_000)
def _offsets(day: date) -> dict[str, tuple[int, int, int]]:
    """Of each zone the minute of ``day`` at which clocks change, and the seconds before and after.

    Times that do not exist or come twice are as :mod:`domain.local_time` has them: before.
    """
    return {zone: _change(ZoneInfo(zone), day) for zone in _names()}


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
def _names() -> Iterable[str]:
    return sorted(available_timezones())
