"""A guest is told what given dates cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.calendar.extent import extent_of
from domain.calendar.room import units_free
from domain.quote.decisions import quote
from domain.quote.state import Quote, evolve
from domain.rules.apart import buffers_of
from domain.slot import Slot, slot_between
from domain.stay import Stay
from domain.streams import quote_stream

Times = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class MakeQuote:
    """Quote a stay of ``guests`` guests in ``units`` units.

    ``stay`` is the days of a stay or a rental; ``times`` are those of a slot, local ones where the
    listing is, unless they carry an offset. It is one or the other.
    """

    quote_id: UUID
    listing_id: UUID
    guest_id: UUID
    guests: int
    units: int = 1
    stay: Stay | None = None
    times: Times | None = None


def asked_for(stay: Stay | None, times: Times | None, zone: str) -> tuple[Stay, Slot | None]:
    """The days that are asked for or touched in ``zone``, and the slot if it is one.

    Raises SlotReversed.
    """
    if times is None:
        assert stay is not None, "days or times are asked for"
        return stay, None
    slot = slot_between(*times, zone)
    return slot.days(zone), slot


@dataclass(frozen=True, kw_only=True)
class QuoteMade:
    """A quote, and whether its nights were free when it was made."""

    quote: Versioned[Quote]
    available: bool


def make_quote(message: MakeQuote, work: Work) -> QuoteMade:
    """Raises NoSuch and the refusal of a rule that the stay breaks; taken nights still quote."""
    listing = work.listing(message.listing_id)
    stay, slot = asked_for(message.stay, message.times, listing.state.time_zone)
    events = quote(
        listing.state,
        listing.version,
        quote_id=message.quote_id,
        guest_id=message.guest_id,
        stay=stay,
        slot=slot,
        guests=message.guests,
        units=message.units,
        now=work.now,
    )
    calendar = work.calendar(message.listing_id)
    # A quote promises no nights, so it need not be decided again when the calendar moves.
    del work.reads[calendar.stream]
    buffers = buffers_of(listing.state.kind, listing.state.rules.schedule)
    taken = calendar.state.taken(stay, buffers, work.now)
    free = units_free(taken, extent_of(stay, slot, buffers), listing.state.units)
    stream, key = quote_stream(message.quote_id), str(message.listing_id)
    return QuoteMade(
        quote=work.begin(stream, key, evolve, events),
        available=free >= message.units,
    )
