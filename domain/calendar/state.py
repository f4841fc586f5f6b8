"""A listing's claims as its calendar's facts left them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, assert_never
from uuid import UUID

from domain.calendar.facts import (
    BlockLifted,
    CalendarEvent,
    ClaimMoved,
    HoldConfirmed,
    HoldExtended,
    HoldLapsed,
    HoldReleased,
    NightsHeld,
    OfferHeld,
    RangeBlocked,
    UnitsReassigned,
)
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Units that nobody else can have over some nights, until an instant or for good."""

    id: UUID
    kind: Literal["hold", "booking", "block", "offer"]
    stay: Stay
    units: tuple[int, ...]
    until: datetime | None = None
    booking_id: UUID | None = None
    reason: str | None = None
    guest_id: UUID | None = None
    """Whose offer it is; other claims do not say."""

    def live_at(self, now: datetime) -> bool:
        """Whether the claim still stands: a hold is free the instant it lapses."""
        return self.until is None or now < self.until


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The claims on a listing's units, by claim id."""

    claims: dict[UUID, Claim] = field(default_factory=dict[UUID, Claim])

    def live(self, now: datetime) -> list[Claim]:
        """The claims that stand at ``now``."""
        return [claim for claim in self.claims.values() if claim.live_at(now)]

    def near(self, stay: Stay, now: datetime) -> list[Claim]:
        """The claims that stand at ``now`` on at least one night of ``stay``."""
        # A listing keeps thousands of past claims: most are passed over without a call.
        arrive, depart = stay.arrive, stay.depart
        return [
            claim
            for claim in self.claims.values()
            if claim.stay.depart > arrive and claim.stay.arrive < depart and claim.live_at(now)
        ]

    def lapsed(self, now: datetime) -> list[Claim]:
        """The holds that reached their end but were not yet tidied away."""
        return [
            claim
            for claim in self.claims.values()
            if claim.until is not None and not claim.live_at(now)
        ]

    def offered_to(self, guest_id: UUID, stay: Stay, now: datetime) -> Claim | None:
        """The claim that holds exactly these nights for the guest as an offer, if there is one."""
        return next(
            (
                claim
                for claim in self.live(now)
                if claim.kind == "offer" and claim.guest_id == guest_id and claim.stay == stay
            ),
            None,
        )

    def without(self, claim: Claim | None) -> Calendar:
        """The calendar as if ``claim`` were not."""
        if claim is None:
            return self
        return Calendar(claims={each: c for each, c in self.claims.items() if each != claim.id})

    def taken_units(self, stay: Stay, now: datetime) -> set[int]:
        """The units that are claimed on at least one night of ``stay``."""
        return {unit for claim in self.near(stay, now) for unit in claim.units}

    def full_nights(
        self, stay: Stay, *, capacity: int, wanted: int, now: datetime
    ) -> tuple[date, ...]:
        """The nights of ``stay`` on which fewer than ``wanted`` of ``capacity`` units are free."""
        taken = [0] * stay.length
        for claim in self.near(stay, now):
            first = max(0, (claim.stay.arrive - stay.arrive).days)
            last = min(stay.length, (claim.stay.depart - stay.arrive).days)
            for night in range(first, last):
                taken[night] += len(claim.units)
        return tuple(
            night
            for night, units in zip(stay.nights(), taken, strict=True)
            if capacity - units < wanted
        )

    def units_taken_on(self, night: date, now: datetime) -> int:
        """How many units are claimed on ``night``."""
        return sum(
            len(claim.units)
            for claim in self.live(now)
            if claim.stay.arrive <= night < claim.stay.depart
        )


EMPTY = Calendar()


def evolve(calendar: Calendar | None, event: CalendarEvent) -> Calendar:
    """``calendar`` after ``event``; an event about a claim that is gone changes nothing."""
    claims = dict((calendar or EMPTY).claims)
    match event:
        case NightsHeld():
            claims[event.claim_id] = Claim(
                id=event.claim_id,
                kind="hold",
                stay=event.stay,
                units=event.units,
                until=event.until,
                booking_id=event.booking_id,
            )
        case OfferHeld():
            claims[event.claim_id] = Claim(
                id=event.claim_id,
                kind="offer",
                stay=event.stay,
                units=event.units,
                until=event.until,
                guest_id=event.guest_id,
            )
        case RangeBlocked():
            claims[event.claim_id] = Claim(
                id=event.claim_id,
                kind="block",
                stay=event.stay,
                units=event.units,
                reason=event.reason,
            )
        case HoldExtended():
            if held := claims.get(event.claim_id):
                claims[event.claim_id] = replace(held, until=event.until)
        case HoldConfirmed():
            if held := claims.get(event.claim_id):
                claims[event.claim_id] = replace(held, kind="booking", until=None)
        case ClaimMoved():
            if claim := claims.get(event.claim_id):
                claims[event.claim_id] = replace(
                    claim, stay=event.stay, units=event.units, until=event.until
                )
        case UnitsReassigned():
            if moved := claims.get(event.claim_id):
                claims[event.claim_id] = replace(moved, units=event.after)
        case HoldReleased() | HoldLapsed() | BlockLifted():
            claims.pop(event.claim_id, None)
        case _:
            assert_never(event)
    return Calendar(claims=claims)
