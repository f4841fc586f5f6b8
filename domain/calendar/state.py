"""A listing's claims as its calendar's facts left them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import assert_never
from uuid import UUID

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.claim import Claim, may_meet, reach, widened
from domain.calendar.extent import Extent, midnight
from domain.calendar.facts import (
    BlockLifted,
    CalendarEvent,
    ClaimMoved,
    ExternalCalendarImported,
    HoldConfirmed,
    HoldExtended,
    HoldLapsed,
    HoldReleased,
    ImportConflict,
    NightsHeld,
    OfferHeld,
    RangeBlocked,
    UnitsReassigned,
)
from domain.calendar.made import blocked, held, imported, offered, shared
from domain.calendar.past import Sorting
from domain.calendar.room import Taken, units_free
from domain.slot import Slot
from domain.stay import Stay

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ExternalCalendar:
    """What the last import of one name left; its claims are among the calendar's."""

    imported_at: datetime
    ranges: int
    conflicts: tuple[ImportConflict, ...]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The claims on a listing's units, by claim id, and its imported calendars, by name.

    What was over before ``past_until`` is laid aside in ``past``: only who asks about those days
    looks there, so that deciding costs the same however many years a listing has had guests.
    """

    claims: dict[UUID, Claim] = field(default_factory=dict[UUID, Claim])
    external: dict[str, ExternalCalendar] = field(default_factory=dict[str, ExternalCalendar])
    past: dict[UUID, Claim] = field(default_factory=dict[UUID, Claim])
    past_until: date | None = None

    def claim(self, claim_id: UUID) -> Claim | None:
        """The claim of that id, whenever it is or was."""
        return self.claims.get(claim_id) or self.past.get(claim_id)

    def all_claims(self) -> Iterator[Claim]:
        """Every claim, those of the past too."""
        return chain(self.claims.values(), self.past.values())

    def live(self, now: datetime) -> list[Claim]:
        """The claims that stand at ``now``."""
        return [claim for claim in self.all_claims() if claim.live_at(now)]

    def lapsed(self, now: datetime) -> list[Claim]:
        """The holds that reached their end but were not yet tidied away."""
        return [
            claim
            for claim in self.claims.values()
            if (until := claim.until) is not None and until <= now
        ]

    def offered_to(
        self, guest_id: UUID, stay: Stay, now: datetime, slot: Slot | None = None
    ) -> Claim | None:
        """The claim that holds just these nights, or this slot, for the guest as an offer."""
        return next(
            (
                claim
                for claim in self.claims.values()
                if claim.kind == "offer"
                and claim.guest_id == guest_id
                and (claim.stay, claim.slot) == (stay, slot)
                and claim.live_at(now)
            ),
            None,
        )

    def without(self, claim: Claim | None) -> Calendar:
        """The calendar as if ``claim`` were not."""
        if claim is None:
            return self
        claims, past = (
            {each: other for each, other in of.items() if each != claim.id}
            for of in (self.claims, self.past)
        )
        return replace(self, claims=claims, past=past)

    def forgot(self, day: date) -> bool:
        """Whether claims on ``day`` may lie in the past, and that is not here."""
        return self.past_until is not None and day < self.past_until and not self.past

    def without_past(self) -> Calendar:
        """The calendar for who asks about nothing that was over before ``past_until``."""
        return replace(self, past={}) if self.past else self

    def near(self, stay: Stay, buffers: Buffers | None, now: datetime) -> list[Claim]:
        """The claims at ``now`` that a claim on the days of ``stay`` may meet, and few others."""
        # A listing has thousands of claims: most are passed over without a call.
        arrive, depart = widened(stay, own := reach(buffers))
        over = self.past_until is not None and arrive < self.past_until
        return [
            claim
            for claim in (self.all_claims() if over else self.claims.values())
            if (
                (claim.stay.depart > arrive and claim.stay.arrive < depart)
                or (claim.buffers is not NO_BUFFERS and may_meet(claim, stay, own))
            )
            and claim.live_at(now)
        ]

    def taken(self, stay: Stay, buffers: Buffers | None, now: datetime) -> list[Taken]:
        """What the claims :meth:`near` it take."""
        return [(claim.extent, claim.units) for claim in self.near(stay, buffers, now)]

    def taken_by_day(
        self, days: Stay, length: int, buffers: Buffers | None, now: datetime
    ) -> dict[date, list[Taken]]:
        """By each of ``days``, what may meet a claim that begins then and has ``length`` days."""
        found: dict[date, list[Taken]] = {day: [] for day in days.nights()}
        first, end = days.arrive.toordinal(), days.depart.toordinal()
        whole = Stay(days.arrive, widened(days, length)[1])
        for claim in self.near(whole, buffers, now):
            further = max(reach(buffers), reach(claim.buffers))
            each = (claim.extent, claim.units)
            earliest = max(first, claim.stay.arrive.toordinal() - further - length + 1)
            for day in range(earliest, min(end, claim.stay.depart.toordinal() + further)):
                found[date.fromordinal(day)].append(each)
        return found

    def nights_free(
        self, stay: Stay, *, capacity: int, now: datetime, buffers: Buffers | None = NO_BUFFERS
    ) -> dict[date, int]:
        """How many of ``capacity`` units could serve each night of ``stay`` alone."""
        found: dict[date, int] = {}
        for night, taken in self.taken_by_day(stay, 1, buffers, now).items():
            asked = Extent(midnight(night), midnight(night) + ONE_DAY, buffers)
            found[night] = units_free(taken, asked, capacity) if taken else capacity
        return found

    def full_nights(
        self,
        stay: Stay,
        *,
        capacity: int,
        wanted: int,
        now: datetime,
        buffers: Buffers | None = NO_BUFFERS,
    ) -> tuple[date, ...]:
        """The nights of ``stay`` that ``wanted`` of ``capacity`` units could not serve alone."""
        free = self.nights_free(stay, capacity=capacity, now=now, buffers=buffers)
        return tuple(night for night, units in free.items() if units < wanted)

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
    before = calendar or EMPTY
    claims, external = Sorting(before.claims, before.past, before.past_until), before.external
    match event:
        case NightsHeld():
            claims.add(held(event))
            claims.lay_aside(event.until, event.buffers)
        case OfferHeld():
            claims.add(offered(event))
        case RangeBlocked():
            claims.add(blocked(event))
        case HoldExtended():
            claims.change(event.claim_id, until=event.until)
        case HoldConfirmed():
            claims.change(event.claim_id, kind="booking", until=None)
        case ClaimMoved():
            claims.change(
                event.claim_id,
                stay=event.stay,
                units=event.units,
                until=event.until,
                slot=event.slot,
                buffers=shared(event.buffers),
            )
        case UnitsReassigned():
            claims.change(event.claim_id, units=event.after)
        case ExternalCalendarImported():
            claims.drop(event.released)
            for claim in imported(event):
                claims.add(claim)
            claims.lay_aside(event.imported_at, event.buffers)
            found = ExternalCalendar(
                imported_at=event.imported_at, ranges=event.ranges, conflicts=event.conflicts
            )
            external = {**external, event.name: found}
        case HoldReleased() | HoldLapsed() | BlockLifted():
            claims.drop([event.claim_id])
        case _:
            assert_never(event)
    return Calendar(
        claims=claims.claims, past=claims.past, past_until=claims.past_until, external=external
    )


def evolve_without_past(calendar: Calendar | None, event: CalendarEvent) -> Calendar:
    """As :func:`evolve`, for documents: what is laid aside is forgotten."""
    return evolve(calendar, event).without_past()
