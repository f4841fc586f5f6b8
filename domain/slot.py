"""A slot is a half-open range of instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from domain.local_time import instant, local_date
from domain.refusals import SlotReversed
from domain.stay import Stay

MOMENT = timedelta(microseconds=1)

Times = tuple[datetime, datetime]
"""Start and end as somebody named them: local ones unless they carry an offset."""


@dataclass(frozen=True)
class Slot:
    """From ``starts_at`` up to but not including ``ends_at``, both in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise SlotReversed(starts_at=self.starts_at, ends_at=self.ends_at)

    @property
    def minutes(self) -> float:
        """How long it is, by a clock that is never set."""
        return (self.ends_at - self.starts_at) / timedelta(minutes=1)

    def days(self, zone: str) -> Stay:
        """The local days that it touches in the IANA ``zone``."""
        last = local_date(self.ends_at - MOMENT, zone)
        return Stay(local_date(self.starts_at, zone), last + timedelta(days=1))


def whole_days(days: Stay, zone: str) -> Slot:
    """From the first instant of ``days`` in ``zone`` to the first after them."""
    return Slot(instant(days.arrive, time(0), zone), instant(days.depart, time(0), zone))


def asked_for(stay: Stay | None, times: Times | None, zone: str) -> tuple[Stay, Slot | None]:
    """The days that are asked for or touched in ``zone``, and the slot if it is one.

    Raises SlotReversed.
    """
    if times is None:
        assert stay is not None, "days or times are asked for"
        return stay, None
    slot = slot_between(*times, zone)
    return slot.days(zone), slot


def slot_between(starts: datetime, ends: datetime, zone: str) -> Slot:
    """The slot between two times: local in ``zone`` unless they carry an offset."""
    return Slot(_instant(starts, zone), _instant(ends, zone))


def _instant(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        return instant(moment.date(), moment.time(), zone)
    return moment.astimezone(UTC)
