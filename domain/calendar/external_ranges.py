"""Ranges of other calendars as a listing understands them, whole and in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from domain.buffers import Buffers
from domain.calendar.extent import Extent, extent_of
from domain.calendar.state import Calendar
from domain.kind import Kind
from domain.local_time import local_date
from domain.slot import Slot, slot_between
from domain.stay import Stay

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ExternalRange:
    """Somebody has one unit over these days, or over ``slot``, which touches them."""

    uid: str
    stay: Stay
    slot: Slot | None = None


def external_range(
    uid: str, starts: date | datetime, ends: date | datetime, kind: Kind, zone: str
) -> ExternalRange:
    """An entry of another calendar as a listing of ``kind`` in ``zone`` understands it.

    By days, times become the days on which they fall, at least one. By the hour, days become the
    instants between their midnights. Times without an offset are local. Raises DatesReversed and
    SlotReversed.
    """
    if kind == "slot":
        slot = slot_between(_time(starts), _time(ends), zone)
        return ExternalRange(uid=uid, stay=slot.days(zone), slot=slot)
    arrive, depart = _day(starts, zone), _day(ends, zone)
    if isinstance(starts, datetime) and depart == arrive and _time(ends) > _time(starts):
        depart += DAY
    return ExternalRange(uid=uid, stay=Stay(arrive, depart))


def parts_free(
    state: Calendar,
    wanted: ExternalRange,
    *,
    capacity: int,
    zone: str,
    buffers: Buffers,
    now: datetime,
) -> list[ExternalRange]:
    """The free nights of ``wanted``, or its free stretches between what may be in its way."""
    if wanted.slot is None:
        free = state.nights_free(
            wanted.stay,
            capacity=capacity,
            now=now,
            buffers=buffers,
        )
        return [
            replace(wanted, stay=Stay(night, night + DAY))
            for night, units in free.items()
            if units and night >= local_date(now, zone)
        ]
    extent = extent_of(wanted.stay, wanted.slot, buffers)
    near = state.taken(wanted.stay, buffers, now)
    cuts = {extent.start, extent.end, *_edges((other for other, _ in near), buffers)}
    inside = sorted(cut for cut in cuts if extent.start <= cut <= extent.end)
    slots = (
        Slot(one.replace(tzinfo=UTC), other.replace(tzinfo=UTC)) for one, other in pairwise(inside)
    )
    return [replace(wanted, slot=slot, stay=slot.days(zone)) for slot in slots]


def _edges(others: Iterable[Extent], buffers: Buffers) -> Iterator[datetime]:
    """Where a guest with ``buffers`` must end before, and may begin after, each of ``others``."""
    for other in others:
        theirs = other.buffers
        before = max(buffers.after, theirs.before) if theirs is not None else 0
        after = max(buffers.before, theirs.after) if theirs is not None else 0
        yield other.start - timedelta(minutes=before)
        yield other.end + timedelta(minutes=after)


def joined(parts: Sequence[ExternalRange]) -> ExternalRange | None:
    """One range of all ``parts``; none when they do not touch."""
    first, last = parts[0], parts[-1]
    if first.slot and last.slot:
        whole = Slot(first.slot.starts_at, last.slot.ends_at)
        length = sum(part.slot.minutes for part in parts if part.slot)
        stay = Stay(first.stay.arrive, last.stay.depart)
        return replace(first, slot=whole, stay=stay) if length == whole.minutes else None
    stay = Stay(first.stay.arrive, last.stay.depart)
    return replace(first, stay=stay) if stay.length == len(parts) else None


def _time(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, datetime.min.time())


def _day(moment: date | datetime, zone: str) -> date:
    if not isinstance(moment, datetime):
        return moment
    return local_date(moment, zone) if moment.tzinfo else moment.date()
