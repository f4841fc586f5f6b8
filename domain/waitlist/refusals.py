"""Why a guest is not let into the line, or gets no offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.refusals import Refusal


@dataclass(eq=False, kw_only=True)
class DatesFree(Refusal):
    """Nobody needs to wait for what is free."""

    code = "dates_free"
    says = "What you would wait for is free; book it."
    listing_id: UUID
    arrive: date
    depart: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(eq=False, kw_only=True)
class TooManyWishes(Refusal):
    """The guest waits in as many lines as one account may."""

    code = "too_many_wishes"
    says = "You wait for {maximum} stays already; leave one of their waitlists first."
    maximum: int


@dataclass(eq=False, kw_only=True)
class OfferHasLapsed(Refusal):
    """The offer was not taken in time."""

    code = "offer_lapsed"
    says = "The offer lapsed at {lapsed_at:%Y-%m-%dT%H:%M:%SZ}; join the waitlist again."
    entry_id: UUID
    lapsed_at: datetime
