"""A booking that was made elsewhere is made here, by the decisions that every booking takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from commands.lapsed import expire_lapsed
from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import register
from domain.account.state import evolve as evolve_account
from domain.booking.decisions import hold_until, request
from domain.booking.elsewhere import confirm_paid
from domain.booking.facts import BookingImported
from domain.booking.policy import CancellationPolicy
from domain.booking.state import Booking, evolve
from domain.calendar.decisions import confirm as confirm_claim
from domain.calendar.decisions import hold
from domain.calendar.state import evolve as evolve_calendar
from domain.folding import after
from domain.local_time import local_date
from domain.money import Money
from domain.quote.imported import quote_imported
from domain.quote.state import evolve as evolve_quote
from domain.stay import Stay
from domain.streams import account_stream, booking_stream, quote_stream

S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class ImportBooking:
    """Book a unit for ``stay`` at ``paid`` under ``policy``, for a guest who has no account yet."""

    booking_id: UUID
    listing_id: UUID
    guest_id: UUID
    guest_name: str
    quote_id: UUID
    payment_id: UUID
    stay: Stay
    guests: int
    paid: Money
    policy: CancellationPolicy
    imported: BookingImported


def import_booking(message: ImportBooking, work: Work) -> Versioned[Booking]:
    """Quoted, held, requested and confirmed in one step.

    Raises NoSuch, NightsTaken and the refusal of a broken rule.
    """
    found = work.listing(message.listing_id)
    listing = replace(found.state, policy=message.policy)
    calendar = work.calendar(message.listing_id)
    key = str(listing.id)
    quote = work.begin(
        quote_stream(message.quote_id),
        key,
        evolve_quote,
        quote_imported(
            listing,
            found.version,
            quote_id=message.quote_id,
            guest_id=message.guest_id,
            stay=message.stay,
            guests=message.guests,
            paid=message.paid,
            now=work.now,
        ),
    ).state
    held = hold(
        calendar.state,
        listing_id=listing.id,
        capacity=listing.units,
        claim_id=message.booking_id,
        booking_id=message.booking_id,
        guest_id=quote.guest_id,
        stay=quote.stay,
        units=quote.units,
        until=hold_until(listing, quote, work.now),
        today=local_date(work.now, listing.time_zone),
        now=work.now,
        buffers=listing.buffers,
    )
    expire_lapsed(calendar.state, work)
    claimed = after(calendar.state, evolve_calendar, held)
    units = claimed.claims[message.booking_id].units
    work.record(calendar, [*held, *confirm_claim(claimed, message.booking_id)])
    work.begin(
        account_stream(message.guest_id),
        str(message.guest_id),
        evolve_account,
        register(message.guest_id, message.guest_name, None),
    )
    asked = [*request(message.booking_id, quote, listing, units, work.now), message.imported]
    stands = confirm_paid(after(None, evolve, asked), message.payment_id, work.now)
    return work.begin(booking_stream(message.booking_id), key, evolve, [*asked, *stands])
