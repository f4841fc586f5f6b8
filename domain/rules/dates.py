"""What a host sets for single dates: ranges in order that never overlap, each saying something."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.money import Money


@dataclass(frozen=True, kw_only=True)
class DateOverride:
    """What holds from ``start`` up to but not including ``end``; none is as the rules say."""

    start: date
    end: date
    price: Money | None = None
    minimum_nights: int | None = None
    closed: bool = False

    @property
    def says(self) -> tuple[Money | None, int | None, bool]:
        """All but the dates."""
        return self.price, self.minimum_nights, self.closed


Overrides = tuple[DateOverride, ...]

_NOTHING = (None, None, False)


def override_of(overrides: Overrides, day: date) -> DateOverride | None:
    """What is set for ``day``, if anything."""
    before = bisect_right(overrides, day, key=lambda each: each.start)
    found = overrides[before - 1] if before else None
    return found if found and day < found.end else None


def revised(overrides: Overrides, by: Overrides, on: date) -> Overrides:
    """``overrides``, but those of ``by`` on their dates, without what had ended before ``on``."""
    kept = [piece for each in overrides for piece in _outside(each, by)]
    said = [each for each in (*kept, *by) if each.says != _NOTHING and each.end > on]
    return tuple(joined(sorted(said, key=lambda each: each.start)))


def by_date(overrides: Iterable[tuple[date, DateOverride]]) -> Overrides:
    """Ranges of what is said of single dates, which come in order."""
    nights = (replace(said, start=day, end=day + timedelta(days=1)) for day, said in overrides)
    return tuple(joined(nights))


def joined(overrides: Iterable[DateOverride]) -> Iterator[DateOverride]:
    """Neighbours that say the same as one; ``overrides`` come in order."""
    last: DateOverride | None = None
    for each in overrides:
        if last and last.end == each.start and last.says == each.says:
            last = replace(last, end=each.end)
            continue
        if last:
            yield last
        last = each
    if last:
        yield last


def _outside(old: DateOverride, news: Overrides) -> Iterator[DateOverride]:
    """The parts of ``old`` that none of ``news`` touches."""
    start = old.start
    for new in news[bisect_right(news, start, key=lambda each: each.end) :]:
        if new.start >= old.end:
            break
        if start < new.start:
            yield replace(old, start=start, end=new.start)
        start = new.end
    if start < old.end:
        yield replace(old, start=start)
