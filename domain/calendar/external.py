"""What is taken elsewhere: an imported calendar claims what is still free of its ranges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from domain.buffers import Buffers
from domain.calendar.decisions import hold, tidy
from domain.calendar.extent import extent_of
from domain.calendar.external_ranges import ExternalRange, joined, parts_free
from domain.calendar.facts import (
    CalendarEvent,
    ExternalCalendarImported,
    ImportConflict,
    ImportedClaim,
    UnitsReassigned,
)
from domain.calendar.state import Calendar, Claim, evolve
from domain.folding import after
from domain.local_time import local_date
from domain.refusals import NightsTaken

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Importing:
    """One import: whose, of which name, and what new claims are given."""

    listing_id: UUID
    import_id: UUID
    name: str
    capacity: int
    zone: str
    buffers: Buffers
    now: datetime

    @property
    def today(self) -> date:
        """The listing's own date."""
        return local_date(self.now, self.zone)


def import_calendar(
    calendar: Calendar, importing: Importing, ranges: Sequence[ExternalRange]
) -> list[CalendarEvent]:
    """Claim what is free of ``ranges`` in place of the earlier import; the same again is nothing.

    Ranges that are over are left out. Each takes one unit, wholly if others can make room, else
    for the parts that are free. One that bookings of ours leave no unit for is a conflict.
    """
    now = importing.now
    earlier = [
        claim for claim in calendar.claims.values() if claim.external_calendar == importing.name
    ]
    released = tuple(claim.id for claim in earlier)
    gone = set(released)
    kept = {key: claim for key, claim in calendar.claims.items() if key not in gone}
    state = replace(calendar, claims={c.id: c for c in kept.values() if c.live_at(now)})
    made: list[UUID] = []
    conflicts: list[ImportConflict] = []
    ahead = sorted(
        (each for each in ranges if each.stay.depart > importing.today),
        key=lambda each: (each.stay.arrive, each.uid),
    )
    for each in ahead:
        state, claimed, whole = _claim(state, importing, each, len(made))
        made += claimed
        if not whole and (bookings := _bookings(calendar.live(now), each)):
            conflicts.append(
                ImportConflict(uid=each.uid, stay=each.stay, slot=each.slot, bookings=bookings)
            )
    claims = tuple(_imported(state.claims[identity]) for identity in made)
    known = calendar.external.get(importing.name)
    if known and known.conflicts == tuple(conflicts) and _same(earlier, claims, importing.buffers):
        return []
    moves = [
        UnitsReassigned(claim_id=key, before=claim.units, after=state.claims[key].units)
        for key, claim in kept.items()
        if key in state.claims and state.claims[key].units != claim.units
    ]
    imported = ExternalCalendarImported(
        listing_id=importing.listing_id,
        name=importing.name,
        imported_at=now,
        ranges=len(ahead),
        released=released,
        claims=claims,
        conflicts=tuple(conflicts),
        buffers=importing.buffers,
    )
    return [*tidy(calendar, now), *moves, imported]


def _claim(
    state: Calendar, importing: Importing, wanted: ExternalRange, number: int
) -> tuple[Calendar, list[UUID], bool]:
    """The calendar with what was free of ``wanted``, the claims on that, and whether it is all."""
    made: list[UUID] = []
    if (after := _taking(state, importing, wanted, number)) is not None:
        return after, [_id(importing, number)], True
    parts = parts_free(
        state,
        wanted,
        capacity=importing.capacity,
        zone=importing.zone,
        buffers=importing.buffers,
        now=importing.now,
    )
    while parts:
        for count in range(len(parts), 0, -1):
            part = joined(parts[:count])
            after = _taking(state, importing, part, number + len(made)) if part else None
            if after is not None:
                made.append(_id(importing, number + len(made)))
                state = after
                break
        else:
            count = 1
        parts = parts[count:]
    return state, made, False


def _taking(
    state: Calendar, importing: Importing, wanted: ExternalRange, number: int
) -> Calendar | None:
    """The calendar with a claim on all of ``wanted``; none when no unit is free for it."""
    claim_id = _id(importing, number)
    try:
        events = hold(
            state,
            listing_id=importing.listing_id,
            capacity=importing.capacity,
            claim_id=claim_id,
            booking_id=claim_id,
            guest_id=claim_id,
            stay=wanted.stay,
            slot=wanted.slot,
            buffers=importing.buffers,
            units=1,
            until=importing.now + DAY,
            today=importing.today,
            now=importing.now,
        )
    except NightsTaken:
        return None
    state = after(state, evolve, events)
    claim = replace(
        state.claims[claim_id],
        kind="imported",
        until=None,
        booking_id=None,
        external_calendar=importing.name,
        uid=wanted.uid,
    )
    return replace(state, claims={**state.claims, claim_id: claim})


def _bookings(claims: Iterable[Claim], wanted: ExternalRange) -> tuple[UUID, ...]:
    """The bookings of ours that have some of ``wanted``."""
    extent = extent_of(wanted.stay, wanted.slot, None)
    return tuple(
        sorted(
            claim.booking_id
            for claim in claims
            if claim.booking_id is not None and claim.extent.overlaps(extent)
        )
    )


def _imported(claim: Claim) -> ImportedClaim:
    assert claim.uid is not None, "an imported claim has its range's id"
    return ImportedClaim(
        claim_id=claim.id, uid=claim.uid, stay=claim.stay, units=claim.units, slot=claim.slot
    )


def _same(earlier: Sequence[Claim], claims: Sequence[ImportedClaim], buffers: Buffers) -> bool:
    """Whether the new claims take exactly what those of the earlier import do."""
    before = sorted((str(c.uid), str(c.stay), str(c.slot), str(c.buffers)) for c in earlier)
    after = sorted((c.uid, str(c.stay), str(c.slot), str(buffers)) for c in claims)
    return before == after


def _id(importing: Importing, number: int) -> UUID:
    return uuid5(importing.import_id, str(number))
