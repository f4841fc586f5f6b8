"""Each booking as an event left it, for those who tell others of the event."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol, cast

from domain.booking.facts import BookingEvent
from domain.booking.state import Booking, evolve
from domain.recorded import Recorded
from eventlog.record import LogRecord
from projections.parts import folding
from streams.log import decoded

KEPT = 10_000
"""How many bookings a process remembers; the others are read from the log."""


class StreamLog(Protocol):
    """What of the log is needed; calls block."""

    def read_stream(self, stream: str) -> Sequence[LogRecord]:
        """All events of ``stream``, in order."""
        ...


class Bookings:
    """Folds bookings along their events; calls may block."""

    def __init__(self, log: StreamLog, *, kept: int = KEPT) -> None:
        self._log = log
        self._kept = kept
        self._known: OrderedDict[str, tuple[int, Booking]] = OrderedDict()

    def after(self, recorded: Recorded) -> Booking:
        """The booking right after ``recorded``, an event of its stream.

        Raises :class:`projections.parts.Poison` where the booking can't be folded.
        """
        version, booking = self._known.pop(recorded.stream, (0, None))
        if version == recorded.version - 1:
            booking = _folded(booking, recorded)
        elif version != recorded.version or booking is None:
            booking = self._read(recorded)
        self._known[recorded.stream] = recorded.version, booking
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return booking

    def _read(self, upto: Recorded) -> Booking:
        booking: Booking | None = None
        past = (each for each in self._log.read_stream(upto.stream) if each.version <= upto.version)
        for recorded in decoded(past):
            booking = _folded(booking, recorded)
        assert booking is not None, "an event that came is in the log"
        return booking


def _folded(booking: Booking | None, recorded: Recorded) -> Booking:
    with folding(recorded):
        return evolve(booking, cast("BookingEvent", recorded.event))
