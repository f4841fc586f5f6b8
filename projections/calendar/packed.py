"""A calendar as few bytes: a listing may have thousands of claims, written with every batch."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.claim import Claim
from domain.calendar.state import Calendar, ExternalCalendar
from domain.slot import Slot
from domain.stay import Stay
from projections.parts import PartKind

KINDS: Final = ("hold", "booking", "block", "offer", "imported")
"""Claims are stored with the number of their kind here."""


class _Rest(msgspec.Struct, omit_defaults=True):
    """What few claims say; a booking's has the claim's own id unless it says another here."""

    until: datetime | None = None
    booking_id: UUID | None = None
    reason: str | None = None
    guest_id: UUID | None = None
    slot: Slot | None = None
    buffers: Buffers | None = None
    external_calendar: str | None = None
    uid: str | None = None


Row = tuple[UUID, int, int, int, tuple[int, ...], _Rest | None]
"""Id, kind, day of arrival (its ordinal), days, units, and the rest where it says anything."""


class _Packed(msgspec.Struct, array_like=True):
    claims: list[Row]
    external: dict[str, ExternalCalendar]
    past_until: date | None


_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(_Packed)
_NOTHING = _Rest()


def pack(calendar: Calendar) -> bytes:
    """``calendar``, which keeps no past, as bytes that are equal for equal calendars."""
    assert not calendar.past, "a document keeps no past"
    rows = [_row(calendar.claims[key]) for key in sorted(calendar.claims)]
    external = {name: calendar.external[name] for name in sorted(calendar.external)}
    return _encoder.encode(_Packed(rows, external, calendar.past_until))


def unpack(data: bytes) -> Calendar:
    """The calendar that was packed as ``data``; raises msgspec's errors."""
    packed = _decoder.decode(data)
    claims = {claim.id: claim for claim in map(_claim, packed.claims)}
    return Calendar(claims=claims, external=packed.external, past_until=packed.past_until)


class CalendarPart(PartKind[Calendar]):
    """A part that is a packed calendar."""

    def encode(self, state: Calendar) -> bytes:
        """See :class:`projections.parts.PartKind`."""
        return pack(state)

    def decode(self, data: bytes) -> Calendar:
        """See :class:`projections.parts.PartKind`."""
        return unpack(data)


def _row(claim: Claim) -> Row:
    own = claim.booking_id == claim.id
    rest = _Rest(
        claim.until,
        None if own else claim.booking_id,
        claim.reason,
        claim.guest_id,
        claim.slot,
        None if claim.buffers is NO_BUFFERS else claim.buffers,
        claim.external_calendar,
        claim.uid,
    )
    kind = KINDS.index(claim.kind)
    arrive, length = claim.stay.arrive.toordinal(), claim.stay.length
    said = None if rest == _NOTHING else rest
    return claim.id, kind, arrive, length, claim.units, said


def _claim(row: Row) -> Claim:
    claim_id, kind, arrive, length, units, rest = row
    stay = Stay(day := date.fromordinal(arrive), day + timedelta(days=length))
    named = KINDS[kind]
    own = claim_id if named in ("hold", "booking") else None
    if rest is None:
        buffers = None if named == "block" else NO_BUFFERS
        return Claim(
            id=claim_id, kind=named, stay=stay, units=units, booking_id=own, buffers=buffers
        )
    buffers = None if named == "block" else rest.buffers or NO_BUFFERS
    return Claim(
        id=claim_id,
        kind=named,
        stay=stay,
        units=units,
        until=rest.until,
        booking_id=rest.booking_id or own,
        reason=rest.reason,
        guest_id=rest.guest_id,
        slot=rest.slot,
        buffers=buffers,
        external_calendar=rest.external_calendar,
        uid=rest.uid,
    )
