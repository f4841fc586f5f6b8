"""What can happen to a listing's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.buffers import NO_BUFFERS, Buffers
from domain.personal import Typed
from domain.slot import Slot
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class NightsHeld:
    """Nights were claimed for a booking until an instant, unless confirmed before.

    For a listing by the hour ``slot`` is what was claimed, and ``stay`` the local days it touches.
    ``buffers`` are those that the listing asked for then.
    """

    listing_id: UUID
    claim_id: UUID
    booking_id: UUID
    guest_id: UUID
    stay: Stay
    units: tuple[int, ...]
    until: datetime
    slot: Slot | None = None
    buffers: Buffers = NO_BUFFERS


@dataclass(frozen=True, kw_only=True)
class HoldExtended:
    """A hold's end moved, as when a host approves a request."""

    claim_id: UUID
    until: datetime


@dataclass(frozen=True, kw_only=True)
class HoldConfirmed:
    """A hold became a claim without an end."""

    claim_id: UUID


@dataclass(frozen=True, kw_only=True)
class HoldReleased:
    """A booking gave its nights back."""

    claim_id: UUID


@dataclass(frozen=True, kw_only=True)
class HoldLapsed:
    """A hold reached its end unconfirmed, and its nights are free."""

    claim_id: UUID


@dataclass(frozen=True, kw_only=True)
class UnitsReassigned:
    """A claim that has not begun moved to other units, to make room for another."""

    claim_id: UUID
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClaimMoved:
    """A booking's claim took other nights, and gave the old ones back in the same step."""

    listing_id: UUID
    claim_id: UUID
    booking_id: UUID
    guest_id: UUID
    stay: Stay
    units: tuple[int, ...]
    until: datetime | None
    slot: Slot | None = None
    buffers: Buffers = NO_BUFFERS


@dataclass(frozen=True, kw_only=True)
class OfferHeld:
    """Nights were claimed for a guest of the waitlist until an instant, unless booked before.

    The claim has the id of the waitlist's entry; whoever books releases it in the same step.
    """

    listing_id: UUID
    claim_id: UUID
    guest_id: UUID
    stay: Stay
    units: tuple[int, ...]
    until: datetime
    slot: Slot | None = None
    buffers: Buffers = NO_BUFFERS


@dataclass(frozen=True, kw_only=True)
class RangeBlocked:
    """The host took days off the market; for a listing by the hour ``slot`` is what that is."""

    listing_id: UUID
    claim_id: UUID
    stay: Stay
    units: tuple[int, ...]
    reason: Typed
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class BlockLifted:
    """The host put blocked nights back on the market."""

    claim_id: UUID


@dataclass(frozen=True, kw_only=True)
class ImportedClaim:
    """A unit that an imported calendar takes, for a range of its or the part that was free."""

    claim_id: UUID
    uid: str
    stay: Stay
    units: tuple[int, ...]
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class ImportConflict:
    """A range of an imported calendar for which bookings of ours leave no unit."""

    uid: str
    stay: Stay
    bookings: tuple[UUID, ...]
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class ExternalCalendarImported:
    """The host showed what is taken elsewhere, in place of the earlier import of that name.

    What was still free of it is claimed, and what its earlier import claimed is ``released``; a
    range that meets bookings of ours is a conflict for the host to settle.
    """

    listing_id: UUID
    name: str
    imported_at: datetime
    ranges: int
    released: tuple[UUID, ...]
    claims: tuple[ImportedClaim, ...]
    conflicts: tuple[ImportConflict, ...]
    buffers: Buffers = NO_BUFFERS


CalendarEvent = (
    NightsHeld
    | HoldExtended
    | HoldConfirmed
    | HoldReleased
    | HoldLapsed
    | UnitsReassigned
    | OfferHeld
    | RangeBlocked
    | BlockLifted
    | ClaimMoved
    | ExternalCalendarImported
)
