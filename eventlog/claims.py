"""The rows that make an overlap of claims impossible, derived from the calendar's own events.

A claim is a row a unit with the range it takes, alone and with each of its buffers; the table's
EXCLUDE constraints do the rest. The rows change in the transaction that stores the events,
deletions before insertions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeGuard, assert_never, get_args
from uuid import UUID

from domain.calendar.extent import Extent, extent_of
from domain.calendar.facts import (
    BlockLifted,
    CalendarEvent,
    ClaimMoved,
    ExternalCalendarImported,
    HoldConfirmed,
    HoldExtended,
    HoldLapsed,
    HoldReleased,
    NightsHeld,
    OfferHeld,
    RangeBlocked,
    UnitsReassigned,
)
from domain.events import Event
from eventlog.binary import NULL, Type, array, arrays, instant, integer, span, uuid
from eventlog.exchange import Exchange, Statement

COLUMNS = (
    Type.UUID, Type.UUID, Type.INTEGER, Type.TSRANGE, Type.TSRANGE, Type.TSRANGE, Type.TIMESTAMPTZ,
    Type.UUID, Type.UUID,
)  # fmt: skip
INSERT = Statement(
    "insert_claims",
    "INSERT INTO claims (claim_id, listing_id, unit, during, and_before, and_after, expires_at,"
    " booking_id, guest_id)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::tsrange[], $5::tsrange[],"
    " $6::tsrange[], $7::timestamptz[], $8::uuid[], $9::uuid[])",
)
UPDATE = Statement(
    "update_claims",
    "UPDATE claims SET expires_at = e FROM unnest($1::uuid[], $2::timestamptz[]) AS rows (c, e)"
    " WHERE claim_id = c",
)
# In two steps through numbers that no unit has, so that claims may also change places.
STEP_ASIDE = Statement(
    "step_aside", "UPDATE claims SET unit = -1 - unit WHERE claim_id = ANY($1::uuid[])"
)
STEP_IN = Statement(
    "step_in",
    "UPDATE claims SET unit = a FROM unnest($1::uuid[], $2::int[], $3::int[]) AS rows (c, b, a)"
    " WHERE claim_id = c AND unit = -1 - b",
)
DELETE = Statement("delete_claims", "DELETE FROM claims WHERE claim_id = ANY($1::uuid[])")
STATEMENTS = (INSERT, UPDATE, STEP_ASIDE, STEP_IN, DELETE)


RowTimes = tuple[datetime, datetime, datetime | None, datetime | None]
"""From, to, from with the buffer before, to with the buffer after; no buffer, no such time."""


def row_times(extent: Extent) -> RowTimes:
    """The times in the row of a claim that takes ``extent``."""
    before, after = (extent.buffers.before, extent.buffers.after) if extent.buffers else (0, 0)
    return (
        extent.start,
        extent.end,
        extent.start - timedelta(minutes=before) if before else None,
        extent.end + timedelta(minutes=after) if after else None,
    )


_CLAIMING = frozenset(get_args(CalendarEvent))


def changes_claims(event: Event) -> TypeGuard[CalendarEvent]:
    """Whether rows follow from ``event``."""
    return type(event) in _CLAIMING


@dataclass
class ClaimChanges:
    """What the events of a batch do to the rows, in the order in which it may be done."""

    released: set[UUID] = field(default_factory=set[UUID])
    taken: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    moved: dict[UUID, dict[int, int]] = field(default_factory=dict[UUID, dict[int, int]])
    expiries: dict[UUID, datetime | None] = field(default_factory=dict[UUID, datetime | None])

    def note(self, event: CalendarEvent) -> None:
        """Take ``event`` into account."""
        match event:
            case NightsHeld():
                extent = extent_of(event.stay, event.slot, event.buffers)
                self._take(event.claim_id, event.listing_id, event.units, extent,
                           event.until, event.booking_id, event.guest_id)  # fmt: skip
            case OfferHeld():
                # Without its guest: an offer is none of the holds that an account has open.
                extent = extent_of(event.stay, event.slot, event.buffers)
                self._take(event.claim_id, event.listing_id, event.units, extent, event.until)
            case RangeBlocked():
                extent = extent_of(event.stay, event.slot, None)
                self._take(event.claim_id, event.listing_id, event.units, extent)
            case ExternalCalendarImported():
                self._release(event.released)
                for made in event.claims:
                    extent = extent_of(made.stay, made.slot, event.buffers)
                    self._take(made.claim_id, event.listing_id, made.units, extent)
            case HoldExtended():
                self.expiries[event.claim_id] = event.until
            case HoldConfirmed():
                self.expiries[event.claim_id] = None
            case UnitsReassigned():
                self._move(event)
            case ClaimMoved():
                self._release([event.claim_id])
                extent = extent_of(event.stay, event.slot, event.buffers)
                self._take(event.claim_id, event.listing_id, event.units, extent,
                           event.until, event.booking_id, event.guest_id)  # fmt: skip
            case HoldReleased() | HoldLapsed() | BlockLifted():
                self._release([event.claim_id])
            case _:
                assert_never(event)

    def _release(self, claims: Iterable[UUID]) -> None:
        gone = set(claims)
        self.released |= gone
        # Deletions run first, so what the same step took must not be inserted after them.
        self.taken = [row for row in self.taken if row[0] not in gone]

    def _take(
        self,
        claim_id: UUID,
        listing_id: UUID,
        units: Iterable[int],
        extent: Extent,
        until: datetime | None = None,
        booking_id: UUID | None = None,
        guest_id: UUID | None = None,
    ) -> None:
        times = row_times(extent)
        self.taken += [
            (claim_id, listing_id, unit, *times, until, booking_id, guest_id) for unit in units
        ]

    def _move(self, event: UnitsReassigned) -> None:
        """From the units that the row has to those it ends on, however often a batch moves it."""
        steps = dict(zip(event.before, event.after, strict=True))
        if any(row[0] == event.claim_id for row in self.taken):
            # Moves run first, so what the same batch took is inserted where it ends.
            self.taken = [
                (*row[:2], steps[row[2]], *row[3:]) if row[0] == event.claim_id else row
                for row in self.taken
            ]
            return
        earlier = self.moved.get(event.claim_id)
        self.moved[event.claim_id] = (
            {row: steps.get(unit, unit) for row, unit in earlier.items()} if earlier else steps
        )

    def apply(self, exchange: Exchange) -> None:
        """Send the statements; the caller's transaction carries them."""
        if self.released:
            exchange.send(DELETE, _ids(self.released))
        if self.moved:
            steps = [
                (uuid(claim_id), integer(before), integer(after))
                for claim_id, units in self.moved.items()
                for before, after in units.items()
            ]
            exchange.send(STEP_ASIDE, _ids(self.moved))
            exchange.send(STEP_IN, *arrays((Type.UUID, Type.INTEGER, Type.INTEGER), steps))
        if self.taken:
            exchange.send(INSERT, *arrays(COLUMNS, [_cells(*row) for row in self.taken]))
        if self.expiries:
            rows = [(uuid(claim_id), instant(until)) for claim_id, until in self.expiries.items()]
            exchange.send(UPDATE, *arrays((Type.UUID, Type.TIMESTAMPTZ), rows))


def _ids(claims: Iterable[UUID]) -> bytes:
    return array(Type.UUID, [uuid(each) for each in claims])


def _cells(  # noqa: PLR0913, PLR0917 - the columns of a claim are these
    claim_id: UUID,
    listing_id: UUID,
    unit: int,
    start: datetime,
    end: datetime,
    earlier: datetime | None,
    later: datetime | None,
    until: datetime | None,
    booking_id: UUID | None,
    guest_id: UUID | None,
) -> tuple[bytes, ...]:
    return (
        uuid(claim_id),
        uuid(listing_id),
        integer(unit),
        span(start, end),
        span(earlier, end) if earlier else NULL,
        span(start, later) if later else NULL,
        instant(until),
        uuid(booking_id),
        uuid(guest_id),
    )
