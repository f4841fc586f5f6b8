"""What can happen to a listing's waitlist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.slot import Slot
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class WaitlistJoined:
    """A guest got in line for nights that were taken, to wait until the stay would begin.

    For a listing by the hour ``slot`` is what they wait for, and ``stay`` the days it touches.
    """

    listing_id: UUID
    entry_id: UUID
    guest_id: UUID
    stay: Stay
    guests: int
    units: int
    joined_at: datetime
    closes_at: datetime
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class WaitlistLeft:
    """A guest waits no longer."""

    entry_id: UUID


@dataclass(frozen=True, kw_only=True)
class WaitlistOffered:
    """Nights came free and are held for a guest in line until an instant."""

    listing_id: UUID
    entry_id: UUID
    until: datetime


@dataclass(frozen=True, kw_only=True)
class OfferTaken:
    """The guest booked what was offered."""

    entry_id: UUID
    booking_id: UUID


@dataclass(frozen=True, kw_only=True)
class OfferLapsed:
    """The guest did not book in time, and the nights go to the next in line."""

    entry_id: UUID


WaitlistEvent = WaitlistJoined | WaitlistLeft | WaitlistOffered | OfferTaken | OfferLapsed
