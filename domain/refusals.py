"""Why a request is refused: a small closed family, each with the values a person needs.

The codes are stable; clients branch on them. What a refusal means to HTTP is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


class Refusal(Exception):
    """The request breaks a rule; nothing was changed."""

    code: ClassVar[str]
    says: ClassVar[str]
    """What went wrong and what the person can do, with the values' names in braces."""

    @property
    def values(self) -> dict[str, object]:
        """What the person who asked needs to know, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.says.format(**self.values)


@dataclass(eq=False, kw_only=True)
class CurrencyMismatch(Refusal):
    """Two amounts in different currencies were combined."""

    code = "currency_mismatch"
    says = "Amounts must be in {expected}, but one is in {given}; name them all in {expected}."
    expected: str
    given: str


@dataclass(eq=False, kw_only=True)
class AmountTooLarge(Refusal):
    """A sum of money has more digits than any amount may have."""

    code = "amount_too_large"
    says = "The amount in {currency} does not fit in 64 bits; ask for less."
    currency: str


@dataclass(eq=False, kw_only=True)
class DatesReversed(Refusal):
    """A departure is not after its arrival."""

    code = "dates_reversed"
    says = "Departure {depart} must be after arrival {arrive}."
    arrive: date
    depart: date


@dataclass(eq=False, kw_only=True)
class SlotReversed(Refusal):
    """A slot does not end after it starts."""

    code = "slot_reversed"
    says = (
        "The end, {ends_at:%Y-%m-%dT%H:%MZ}, must be after the start, {starts_at:%Y-%m-%dT%H:%MZ}."
    )
    starts_at: datetime
    ends_at: datetime


@dataclass(eq=False, kw_only=True)
class WrongDates(Refusal):
    """A listing by the hour was asked for by days, or one by days for hours."""

    code = "wrong_dates"
    says = "A {kind} takes {wanted}."
    kind: str
    wanted: str


@dataclass(eq=False, kw_only=True)
class SlotPast(Refusal):
    """The slot has begun already."""

    code = "slot_past"
    says = "The slot at {starts_at:%Y-%m-%dT%H:%MZ} has begun; choose a later one."
    starts_at: datetime


@dataclass(eq=False, kw_only=True)
class NotASlot(Refusal):
    """The times are none that the listing offers: not on a step, or of another length."""

    code = "not_a_slot"
    says = (
        "Slots begin every {step_minutes} minutes from opening time and last a multiple of"
        " {slot_minutes} minutes; see the listing's slots."
    )
    step_minutes: int
    slot_minutes: int


@dataclass(eq=False, kw_only=True)
class OutsideOpeningHours(Refusal):
    """The listing is closed at some time of the slot."""

    code = "outside_opening_hours"
    says = "The listing is closed from {closes_at:%Y-%m-%dT%H:%MZ} on; end by then."
    closes_at: datetime


@dataclass(eq=False, kw_only=True)
class DatesPast(Refusal):
    """The arrival lies before today in the listing's time zone."""

    code = "dates_past"
    says = "Arrival {arrive} is in the past; the earliest is {today}."
    arrive: date
    today: date


@dataclass(eq=False, kw_only=True)
class BeyondHorizon(Refusal):
    """The stay reaches further ahead than the listing takes bookings."""

    code = "beyond_horizon"
    says = "Bookings are taken for departures up to {last}; {depart} is later."
    depart: date
    last: date


@dataclass(eq=False, kw_only=True)
class BelowMinimumStay(Refusal):
    """The stay has fewer nights than the listing asks for."""

    code = "below_minimum_stay"
    says = "The stay has {nights} nights; this listing takes {minimum} or more."
    nights: int
    minimum: int


@dataclass(eq=False, kw_only=True)
class AboveMaximumStay(Refusal):
    """The stay has more nights than the listing allows."""

    code = "above_maximum_stay"
    says = "The stay has {nights} nights; this listing takes at most {maximum}."
    nights: int
    maximum: int


@dataclass(eq=False, kw_only=True)
class NoGuests(Refusal):
    """Nobody would stay."""

    code = "no_guests"
    says = "A booking is for at least one guest; say how many come."


@dataclass(eq=False, kw_only=True)
class TooManyGuests(Refusal):
    """The party is larger than the listing's units hold."""

    code = "too_many_guests"
    says = "At most {maximum} guests fit, not {guests}; come with fewer, or take more units."
    guests: int
    maximum: int


@dataclass(eq=False, kw_only=True)
class TooManyUnits(Refusal):
    """More units are asked for than the listing has."""

    code = "too_many_units"
    says = "Of {units} units asked for the listing has {maximum}; take fewer."
    units: int
    maximum: int


@dataclass(eq=False, kw_only=True)
class NightsTaken(Refusal):
    """Another claim already has at least one of the nights."""

    code = "nights_taken"
    says = "Already taken: {named}. Choose other dates."
    listing_id: UUID
    nights: tuple[date, ...]

    def __str__(self) -> str:
        named = ", ".join(str(night) for night in self.nights[:3])
        more = f" and {len(self.nights) - 3} more" if len(self.nights) > 3 else ""
        return self.says.format(named=named + more)


@dataclass(eq=False, kw_only=True)
class UnitsClaimed(Refusal):
    """Fewer units would leave a claim without its unit."""

    code = "units_claimed"
    says = "The listing can't shrink to {units} units: claims stand on {needed}."
    units: int
    needed: int


@dataclass(eq=False, kw_only=True)
class ListingNotPublished(Refusal):
    """The listing takes no bookings now."""

    code = "listing_not_published"
    says = "The listing is {status} and takes no bookings."
    listing_id: UUID
    status: str


@dataclass(eq=False, kw_only=True)
class ListingIncomplete(Refusal):
    """The listing lacks what guests must know before it can be published."""

    code = "listing_incomplete"
    says = "Before publishing, add: {missing}."
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return self.says.format(missing=", ".join(self.missing))


@dataclass(eq=False, kw_only=True)
class InvalidOffer(Refusal):
    """A field has a value that it may not have."""

    code = "invalid_value"
    says = "{field} {why}."
    field: str
    why: str


@dataclass(eq=False, kw_only=True)
class ListingArchived(Refusal):
    """An archived listing no longer changes."""

    code = "listing_archived"
    says = "The listing is archived and can't be changed; copy it instead."
    listing_id: UUID


@dataclass(eq=False, kw_only=True)
class QuoteExpired(Refusal):
    """The quote's price is no longer offered."""

    code = "quote_expired"
    says = "The quote expired at {expired_at:%Y-%m-%dT%H:%M:%SZ}; ask for a new one."
    quote_id: UUID
    expired_at: datetime


@dataclass(eq=False, kw_only=True)
class HoldLapsed(Refusal):
    """The hold ended before it was confirmed."""

    code = "hold_lapsed"
    says = "The hold lapsed at {lapsed_at:%Y-%m-%dT%H:%M:%SZ}; book again if still free."
    booking_id: UUID
    lapsed_at: datetime


@dataclass(eq=False, kw_only=True)
class TooManyHolds(Refusal):
    """The guest keeps as many open holds as one account may."""

    code = "too_many_holds"
    says = "You keep {maximum} open holds already; confirm or cancel one first."
    maximum: int


@dataclass(eq=False, kw_only=True)
class PaymentDeclined(Refusal):
    """The payment did not go through; the hold stands until it lapses."""

    code = "payment_declined"
    says = "The payment was declined ({reason}): {why} Pay again, or by another method."
    payment_id: UUID
    reason: str
    why: str


@dataclass(eq=False, kw_only=True)
class PolicyForbids(Refusal):
    """The state of the thing does not allow the action."""

    code = "policy_forbids"
    says = "Can't {action}: {because}. {instead}"
    action: str
    status: str
    because: str
    instead: str
    """What the person can do instead, a sentence."""
    possible: tuple[str, ...] = ()
    """The same for programs, where it can be told: the actions that would be accepted now."""


@dataclass(eq=False, kw_only=True)
class TooEarly(Refusal):
    """The moment for it has not come."""

    code = "too_early"
    says = "You can {action} from {earliest:%Y-%m-%dT%H:%M:%SZ} on."
    action: str
    earliest: datetime


@dataclass(eq=False, kw_only=True)
class ReasonRequired(Refusal):
    """The platform overrides what was agreed only with a reason."""

    code = "reason_required"
    says = "To {action} for the platform, give a reason: it is kept with the booking."
    action: str


@dataclass(eq=False, kw_only=True)
class StaleVersion(Refusal):
    """The thing has changed since the version that the request names."""

    code = "stale_version"
    says = "It is at version {actual} now, not {expected}; read it again and repeat the change."
    expected: int
    actual: int


@dataclass(eq=False, kw_only=True)
class NotYours(Refusal):
    """The account may see the thing but not do this to it."""

    code = "not_yours"
    says = "Your account may not {action}."
    action: str


@dataclass(eq=False, kw_only=True)
class NoSuch(Refusal):
    """There is no such thing, or none that the account may know of."""

    code = "not_found"
    says = "There is no {what} {id}."
    what: str
    id: str


@dataclass(eq=False, kw_only=True)
class EmailTaken(Refusal):
    """An account with this e-mail address exists."""

    code = "email_taken"
    says = "An account with this e-mail address exists; sign in instead."
