"""Nights booked and revenue, by the day of the night, net of cancellations.

A night counts when its booking is confirmed, once for each unit, and stops counting when the
booking is cancelled. Revenue is what the guest pays for that night less what went back for it, in
minor units of the currency: a cancellation that is not refunded in full leaves revenue behind on
a night that nobody has booked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from domain.booking.facts import BookingCancelled, BookingConfirmed, BookingRequested, RefundLine
from domain.quote.facts import QuoteLine
from domain.recorded import Recorded


class Projection:
    """Folds confirmed bookings into days."""

    def __init__(self) -> None:
        self.requested: dict[str, BookingRequested] = {}
        self.confirmed: dict[str, BookingRequested] = {}
        self.nights: defaultdict[tuple[date, str], int] = defaultdict(int)
        self.revenue: defaultdict[tuple[date, str], int] = defaultdict(int)

    def apply(self, recorded: Recorded) -> None:
        """Take one event into account."""
        match recorded.event:
            case BookingRequested() as booking:
                self.requested[recorded.stream] = booking
            case BookingConfirmed():
                booking = self.requested[recorded.stream]
                self.confirmed[recorded.stream] = booking
                self.count(booking, times=1)
                self.add(booking, booking.lines, times=1)
            case BookingCancelled() as cancelled:
                if booking := self.confirmed.pop(recorded.stream, None):
                    self.count(booking, times=-1)
                    self.add(booking, cancelled.refund, times=-1)
            case _:
                pass

    def rows(self) -> Iterator[dict[str, object]]:
        """A row for each day and currency that ever had a confirmed night."""
        for day, currency in sorted(self.nights):
            yield {
                "day": day,
                "currency": currency,
                "nights": self.nights[day, currency],
                "revenue": self.revenue[day, currency],
            }

    def count(self, booking: BookingRequested, times: int) -> None:
        """Count the nights of a booking, or take them back."""
        for night in booking.stay.nights():
            self.nights[night, booking.total.currency] += times * len(booking.units)

    def add(
        self,
        booking: BookingRequested,
        lines: tuple[QuoteLine, ...] | tuple[RefundLine, ...],
        times: int,
    ) -> None:
        """Add each line to its night; what belongs to no night belongs to the first."""
        for line in lines:
            night = date.fromisoformat(line.description) if line.kind == "night" else None
            day = night or booking.stay.arrive
            self.revenue[day, line.amount.currency] += times * line.amount.amount
