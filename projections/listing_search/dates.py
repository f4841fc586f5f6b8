"""Which listings take the dates of a search, in Elasticsearch's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.stay import Stay

Clause = dict[str, Any]

_BY_THE_HOUR: Clause = {"term": {"kind": "slot"}}


def taking(stay: Stay, now: datetime) -> Clause:
    """Listings by days that are free on every day of ``stay``, or by the hour on any of them.

    Whether their rules take it the script of the total says.
    """
    by_days = {"must_not": [_BY_THE_HOUR, _full(stay, now, "intersects")]}
    by_the_hour = {
        "filter": [_BY_THE_HOUR, {"terms": {"opening_days": _weekdays(stay)}}],
        "must_not": [_full(stay, now, "contains")],
    }
    return {"bool": {"should": [{"bool": by_days}, {"bool": by_the_hour}]}}


def _full(stay: Stay, now: datetime, relation: str) -> Clause:
    """Days without a free unit that meet, or are, all of ``stay``, unless they have lapsed."""
    asked = {"gte": stay.arrive.isoformat(), "lt": stay.depart.isoformat()}
    lapsed = {"range": {"full.until": {"lte": now.astimezone(UTC).isoformat()}}}
    days = {"range": {"full.nights": asked | {"relation": relation}}}
    return {
        "nested": {
            "path": "full",
            "query": {"bool": {"filter": [days], "must_not": [lapsed]}},
        }
    }


def _weekdays(stay: Stay) -> list[int]:
    return sorted({day.isoweekday() for day, _ in zip(stay.nights(), range(7), strict=False)})
