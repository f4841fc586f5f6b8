"""What the file says becomes steps in time: who decided what, on which listing, and when.

The file has days without times of day. Within a day come the departures, cancellations and no-shows
of earlier bookings, then the bookings by their numbers, each with its ending if that was the same
day, then the arrivals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median_low
from typing import Literal
from uuid import UUID

from domain.booking.facts import Party
from domain.listing.facts import Location
from domain.listing.offer import Offer
from domain.local_time import instant
from domain.money import Money
from domain.rules.document import Rules
from domain.rules.schedule import CHECK_IN
from sojourn.hotels.rows import CURRENCY, SOURCE, HotelBooking, RefusedRow, id_of

ZONE = "Europe/Lisbon"
LONGEST_STAY = 60
LARGEST_PARTY = 60
RULES = Rules(horizon_days=800)
"""The file's earliest booking was made 737 days before its end."""

CLOCK = (CHECK_IN, time(16), time(18))
"""When endings, bookings and arrivals are decided: no host can call a no-show before check-in."""

ENDINGS, BOOKINGS, ARRIVALS = range(3)

PLACES = {
    "Resort Hotel": Location(latitude=37.09, longitude=-8.25, city="Algarve", country="PT"),
    "City Hotel": Location(latitude=38.72, longitude=-9.14, city="Lisbon", country="PT"),
}
"""The middle of the region and of the city: the file does not say where the hotels are."""

Action = Literal["book", "check-in", "complete", "cancel", "no-show"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One decision, by one side of a booking."""

    at: datetime
    action: Action
    by: Party
    booking: HotelBooking

    @property
    def is_last(self) -> bool:
        """Whether the booking has come to its end with it."""
        return self.action not in {"book", "check-in"}


@dataclass(frozen=True, kw_only=True)
class Room:
    """A listing for one reserved room type of one hotel, with its steps in order."""

    hotel: str
    type: str
    offer: Offer
    steps: tuple[Step, ...]

    @property
    def id(self) -> UUID:
        """The listing's id."""
        return id_of(f"listing:{self.hotel}:{self.type}")

    @property
    def host_id(self) -> UUID:
        """The hotel's id."""
        return host_id(self.hotel)


def host_id(hotel: str) -> UUID:
    """The id of the account of ``hotel``."""
    return id_of(f"host:{hotel}")


def plan(rows: Iterable[HotelBooking | RefusedRow]) -> list[Room]:
    """A room for each type reserved in a hotel; the one with most to do first."""
    found: dict[tuple[str, str], list[HotelBooking]] = {}
    for row in rows:
        if row.room[0] in PLACES:
            bookings = found.setdefault(row.room, [])
            bookings += [row] if isinstance(row, HotelBooking) else []
    made = [_room(hotel, type_, of) for (hotel, type_), of in found.items()]
    return sorted(made, key=lambda room: -len(room.steps))


def _room(hotel: str, type_: str, bookings: list[HotelBooking]) -> Room:
    steps = [step for booking in bookings for step in steps_of(booking)]
    in_order = tuple(step for _, step in sorted(steps, key=lambda each: each[0]))
    rates = [booking.paid.amount // booking.stay.length for booking in bookings]
    offer = Offer(
        kind="stay",
        time_zone=ZONE,
        title=f"{hotel}, room type {type_}",
        description=f"Its bookings are real. Source: {SOURCE}, CC BY 4.0.",
        room_type=f"Hotel room {type_}",
        location=PLACES[hotel],
        units=max(1, most_claimed(in_order)),
        max_guests=LARGEST_PARTY,
        price=Money(median_low(rates), CURRENCY) if rates else None,
        maximum_nights=LONGEST_STAY,
    )
    return Room(hotel=hotel, type=type_, offer=offer, steps=in_order)


Moment = tuple[date, int, int, int]
"""Day, part of the day, booking number, and the order of its own steps."""


def steps_of(booking: HotelBooking) -> list[tuple[Moment, Step]]:
    """What happens to ``booking``, with its place in time."""
    same_day = booking.ended_on == booking.booked_on
    ends = (booking.ended_on, BOOKINGS if same_day else ENDINGS, booking.number, 2)
    booked = _step((booking.booked_on, BOOKINGS, booking.number, 0), "book", "guest", booking)
    if booking.ending == "Canceled":
        return [booked, _step(ends, "cancel", "guest", booking)]
    if booking.ending == "No-Show":
        by: Party = "host" if booking.ended_on >= booking.stay.arrive else "platform"
        return [booked, _step(ends, "no-show", by, booking)]
    arrives = (booking.stay.arrive, ARRIVALS, booking.number, 1)
    if booking.ended_on <= booking.stay.arrive:
        arrives = (*ends[:3], 1)
    return [
        booked,
        _step(arrives, "check-in", "host", booking),
        _step(ends, "complete", "host", booking),
    ]


def _step(moment: Moment, action: Action, by: Party, booking: HotelBooking) -> tuple[Moment, Step]:
    day, part, _, _ = moment
    at = instant(day, CLOCK[part], ZONE)
    return moment, Step(at=at, action=action, by=by, booking=booking)


def most_claimed(steps: Iterable[Step]) -> int:
    """The most claims that were live on one night at any moment: the units that are needed."""
    claimed: Counter[date] = Counter()
    most = 0
    for step in steps:
        if step.action == "book":
            claimed.update(step.booking.stay.nights())
            most = max(most, *(claimed[night] for night in step.booking.stay.nights()))
        elif step.is_last:
            claimed.subtract(step.booking.stay.nights())
    return most
