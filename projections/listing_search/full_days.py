"""The days on which a listing with buffers, or by the hour, has no free unit, and until when.

Each day is looked at by itself, which takes longer than the sweep of
:mod:`projections.listing_search.availability`: that one is for listings that need no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.state import Calendar, Claim
from domain.listing.state import Listing
from domain.stay import Stay
from projections.calendar.slots import most_free
from projections.listing_search.availability import Full, full_nights

DAY = timedelta(days=1)
FOREVER = datetime.max.replace(tzinfo=UTC)

UnitsFree = Callable[[Calendar, Stay, datetime], dict[date, int]]


def full_days(listing: Listing, claims: Sequence[Claim]) -> list[Full]:
    """The ranges of days of ``listing`` without a free unit.

    By days they are apart, and as long as they are alike. By the hour they may lie in one another:
    one with an end has all days that are full until then, so that any days are full at a moment
    when one range has them all.
    """
    buffers = listing.buffers
    if listing.kind == "slot":
        return _nested(
            _ends(claims, buffers, lambda state, days, now: most_free(listing, state, days, now))
        )
    plain = buffers == NO_BUFFERS and all(
        not claim.buffers or claim.buffers == NO_BUFFERS for claim in claims
    )
    if plain:
        return full_nights(listing.units, claims)

    def nights_free(calendar: Calendar, days: Stay, now: datetime) -> dict[date, int]:
        return calendar.nights_free(days, capacity=listing.units, now=now, buffers=buffers)

    return _alike(_ends(claims, buffers, nights_free))


def _ends(claims: Sequence[Claim], buffers: Buffers, free: UnitsFree) -> dict[date, datetime]:
    """Each full day, in order, with the first moment at which it is not."""
    found: dict[date, datetime] = {}
    lapses = sorted({claim.until for claim in claims if claim.until is not None})
    before = [datetime.min.replace(tzinfo=UTC), *lapses]
    calendar = Calendar(claims={claim.id: claim for claim in claims})
    for days in _touched(claims, timedelta(minutes=max(buffers.before, buffers.after))):
        for moment, end in pairwise([*before, FOREVER]):
            for day, units in free(calendar, days, moment).items():
                if units == 0:
                    found[day] = end
    return dict(sorted(found.items()))


def _touched(claims: Iterable[Claim], gap: timedelta) -> list[Stay]:
    """The days that claims can make full to guests who keep ``gap``, as ranges that are apart."""
    found: list[Stay] = []
    reached = (_reached(claim, max(claim.extent.gap, gap) + DAY) for claim in claims)
    for stay in sorted(reached, key=lambda stay: stay.arrive):
        if found and stay.arrive <= found[-1].depart:
            last = found[-1]
            found[-1] = replace(last, depart=max(last.depart, stay.depart))
        else:
            found.append(stay)
    return found


def _reached(claim: Claim, reach: timedelta) -> Stay:
    first, last = claim.stay.arrive, claim.stay.depart
    return Stay(
        first - reach if first - date.min > reach else first,
        last + reach if date.max - last > reach else last,
    )


def _alike(ends: dict[date, datetime]) -> list[Full]:
    found: list[Full] = []
    for day, end in ends.items():
        until = None if end == FOREVER else end
        last = found[-1] if found else None
        if last and last.until == until and last.nights.depart == day:
            found[-1] = Full(Stay(last.nights.arrive, day + DAY), until)
        else:
            found.append(Full(Stay(day, day + DAY), until))
    return found


def _nested(ends: dict[date, datetime]) -> list[Full]:
    return [
        full
        for end in sorted(set(ends.values()))
        for full in _alike({day: end for day, other in ends.items() if other >= end})
    ]
