"""The claims that facts make."""

from __future__ import annotations

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.claim import Claim
from domain.calendar.facts import (
    ExternalCalendarImported,
    NightsHeld,
    OfferHeld,
    RangeBlocked,
)


def held(event: NightsHeld) -> Claim:
    """The claim of a booking that is not confirmed yet."""
    return Claim(
        id=event.claim_id,
        kind="hold",
        stay=event.stay,
        units=event.units,
        until=event.until,
        booking_id=event.booking_id,
        slot=event.slot,
        buffers=shared(event.buffers),
    )


def offered(event: OfferHeld) -> Claim:
    """The claim of a guest of the waitlist."""
    return Claim(
        id=event.claim_id,
        kind="offer",
        stay=event.stay,
        units=event.units,
        until=event.until,
        guest_id=event.guest_id,
        slot=event.slot,
        buffers=shared(event.buffers),
    )


def blocked(event: RangeBlocked) -> Claim:
    """The claim of the host."""
    return Claim(
        id=event.claim_id,
        kind="block",
        stay=event.stay,
        units=event.units,
        reason=event.reason,
        slot=event.slot,
        buffers=None,
    )


def imported(event: ExternalCalendarImported) -> list[Claim]:
    """The claims of what is taken elsewhere."""
    return [
        Claim(
            id=each.claim_id,
            kind="imported",
            stay=each.stay,
            units=each.units,
            slot=each.slot,
            buffers=shared(event.buffers),
            external_calendar=event.name,
            uid=each.uid,
        )
        for each in event.claims
    ]


def shared(buffers: Buffers) -> Buffers:
    """One object for all that have none, so that most claims are told apart quickly."""
    return NO_BUFFERS if buffers == NO_BUFFERS else buffers
