"""A booking is the fold of its stream."""

from __future__ import annotations

from domain.booking.state import Booking, evolve
from projections.parts import PartKind

BOOKING = PartKind(model="booking", stream="booking", state=Booking, evolve=evolve)
