"""On which nights every unit of a listing is claimed, and when the first of them lapses free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from domain.calendar.state import Claim
from domain.stay import Stay


@dataclass(frozen=True)
class Full:
    """Nights without a free unit; at ``until``, if there is one, holds will have lapsed."""

    nights: Stay
    until: datetime | None


def full_nights(units: int, claims: Iterable[Claim]) -> list[Full]:
    """The ranges on which all ``units`` are claimed, in order, the longest that are alike."""
    claims = list(claims)
    arriving: dict[date, list[Claim]] = {}
    departing: dict[date, list[UUID]] = {}
    for claim in claims:
        arriving.setdefault(claim.stay.arrive, []).append(claim)
        departing.setdefault(claim.stay.depart, []).append(claim.id)
    standing: dict[UUID, Claim] = {}
    found: list[Full] = []
    for first, end in pairwise(sorted(arriving.keys() | departing.keys())):
        for gone in departing.get(first, ()):
            del standing[gone]
        standing |= {claim.id: claim for claim in arriving.get(first, ())}
        if sum(len(claim.units) for claim in standing.values()) < units:
            continue
        until = _first_free(units, standing.values())
        last = found[-1] if found else None
        if last and last.until == until and last.nights.depart == first:
            found[-1] = Full(Stay(last.nights.arrive, end), until)
        else:
            found.append(Full(Stay(first, end), until))
    return found


def _first_free(units: int, claims: Iterable[Claim]) -> datetime | None:
    """When enough holds will have lapsed that one of ``units`` is free, if ever."""
    claims = list(claims)
    taken = sum(len(claim.units) for claim in claims)
    lapses = ((claim.until, len(claim.units)) for claim in claims if claim.until is not None)
    for until, freed in sorted(lapses):
        taken -= freed
        if taken < units:
            return until
    return None
