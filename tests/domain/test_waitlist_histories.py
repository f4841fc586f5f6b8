"""The laws of the waitlist, over whole histories of a calendar and its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.calendar import decisions as calendars
from domain.calendar.claim import Claim
from domain.calendar.facts import CalendarEvent, OfferHeld
from domain.calendar.state import EMPTY, Calendar
from domain.calendar.state import evolve as evolve_calendar
from domain.refusals import NightsTaken, Refusal, TooManyUnits
from domain.slot import Slot
from domain.stay import Stay
from domain.waitlist import decisions as waitlists
from domain.waitlist.facts import WaitlistEvent, WaitlistJoined, WaitlistOffered
from domain.waitlist.state import NOBODY, Entry, evolve
from tests.domain.facts import LISTING, NOW, published
from tests.domain.test_slots import hours, studio

FIRST_DAY = NOW.date()
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """Nights, or hours where ``by_the_hour``: a few pieces of time in a row."""

    first: int
    length: int

    def when(self, *, by_the_hour: bool) -> tuple[Stay, Slot | None]:
        """The days, some ahead, or hours of the fourth."""
        if by_the_hour:
            start = datetime.combine(FIRST_DAY + timedelta(days=4), time(4 + self.first), UTC)
            slot = Slot(start, start + self.length * HOUR)
            return slot.days("Europe/Stockholm"), slot
        arrive = FIRST_DAY + timedelta(days=self.first)
        return Stay(arrive, arrive + timedelta(days=self.length)), None


def pieces(of: Claim | Entry) -> list[datetime]:
    """When each night or hour of it begins, on the calendar's line."""
    piece = HOUR if of.slot else timedelta(days=1)
    count = (of.extent.end - of.extent.start) // piece
    return [of.extent.start + n * piece for n in range(count)]


# Few nights, or hours, so that wishes meet.
wanted_times = st.builds(Wanted, st.integers(4, 6), st.integers(1, 3))
guests = st.integers(1, 4).map(lambda n: UUID(int=900 + n))
units = st.integers(1, 2)


Deciding = Callable[[Calendar, UUID], list[CalendarEvent]]


class WaitlistMachine(RuleBasedStateMachine):
    """A calendar and its waitlist, lived through by decisions alone."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.by_the_hour = False
        self.listing = published()
        self.claims, self.claimed = EMPTY, list[CalendarEvent]()
        self.line, self.told = NOBODY, list[WaitlistEvent]()
        self._ids = 100

    @initialize(
        by_the_hour=st.booleans(),
        capacity=st.integers(1, 2),
        wishes=st.lists(st.tuples(guests, wanted_times, units), min_size=1, max_size=5),
    )
    def begin(
        self, *, by_the_hour: bool, capacity: int, wishes: list[tuple[UUID, Wanted, int]]
    ) -> None:
        """Everything is booked, and some are in line."""
        self.by_the_hour = by_the_hour
        self.listing = (
            studio(hours("00:00", "00:00"), units=capacity, max_guests=9)
            if by_the_hour
            else published(units=capacity, max_guests=9)
        )
        self.book(UUID(int=999), Wanted(4, 6), capacity)
        self.record(calendars.confirm(self.claims, next(iter(self.claims.claims))), [])
        for guest, times, wanted in wishes:
            self.join(guest, times, wanted)

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def record(self, claimed: list[CalendarEvent], told: list[WaitlistEvent]) -> None:
        for event in claimed:
            self.claims = evolve_calendar(self.claims, event)
        for event in told:
            self.line = evolve(self.line, event)
        self.claimed += claimed
        self.told += told

    @rule(hours=st.sampled_from([0.2, 0.3, 3, 13, 25]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(guest=guests, times=wanted_times, wanted=units)
    def book(self, guest: UUID, times: Wanted, wanted: int) -> None:
        self.book_when(guest, times.when(by_the_hour=self.by_the_hour), wanted)

    def book_when(self, guest: UUID, when: tuple[Stay, Slot | None], wanted: int) -> None:
        stay, slot = when
        offered = self.claims.offered_to(guest, stay, self.now, slot)
        booking = self.new_id()
        try:
            held = calendars.hold(
                self.claims.without(offered),
                listing_id=LISTING,
                capacity=self.listing.units,
                claim_id=booking,
                booking_id=booking,
                guest_id=guest,
                stay=stay,
                units=wanted,
                until=self.now + timedelta(minutes=15),
                today=self.now.date(),
                now=self.now,
                slot=slot,
            )
        except (NightsTaken, TooManyUnits):
            return
        given_up = calendars.release(self.claims, offered.id) if offered else []
        taken = waitlists.take(offered.id, booking) if offered else []
        self.record([*given_up, *held], taken)

    @precondition(lambda self: self.claims.claims)
    @precondition(lambda self: any(e.status == "offered" for e in self.line.entries.values()))
    @rule()
    def who_is_offered_nights_books_them(self) -> None:
        for entry in list(self.line.entries.values()):
            if entry.status_at(self.now) == "offered":
                self.book_when(entry.guest_id, (entry.stay, entry.slot), entry.units)
                assert self.line.entries[entry.id].status == "booked"
                return

    @rule(number=st.integers(0, 9), decide=st.sampled_from([calendars.confirm, calendars.release]))
    def confirm_or_end_a_booking(self, number: int, decide: Deciding) -> None:
        of_bookings = [c.id for c in self.claims.live(self.now) if c.kind != "offer"]
        if of_bookings:
            self.record(decide(self.claims, of_bookings[number % len(of_bookings)]), [])

    @rule(guest=guests, times=wanted_times, wanted=units)
    def join(self, guest: UUID, times: Wanted, wanted: int) -> None:
        stay, slot = times.when(by_the_hour=self.by_the_hour)
        try:
            told = waitlists.join(
                self.line,
                self.claims,
                self.listing,
                entry_id=self.new_id(),
                guest_id=guest,
                stay=stay,
                guests=1,
                units=wanted,
                now=self.now,
                slot=slot,
            )
        except Refusal:
            return
        self.record([], told)
        assert self.line.open_entry(guest, stay, self.now, slot)

    @precondition(lambda self: self.line.entries)
    @rule(number=st.integers(0, 9))
    def leave(self, number: int) -> None:
        entry = list(self.line.entries.values())[number % len(self.line.entries)]
        told = waitlists.leave(self.line, entry.id, self.now)
        offered = bool(told) and entry.status == "offered"
        self.record(calendars.release(self.claims, entry.id) if offered else [], told)

    @rule()
    def grow(self) -> None:
        self.listing = replace(self.listing, units=min(self.listing.units + 1, 3))

    @rule()
    def whoever_comes_tidies_up(self) -> None:
        self.record(calendars.tidy(self.claims, self.now), [])

    @rule()
    def offer(self) -> None:
        expected = self.fair_offers()
        made = waitlists.offer_dates(self.line, self.claims, self.listing, self.now)
        offers = [e for e in made.waitlist if isinstance(e, WaitlistOffered)]
        assert [each.entry_id for each in offers] == expected
        for each in offers:
            assert self.now < each.until <= self.line.entries[each.entry_id].closes_at
            assert each.until <= self.now + timedelta(hours=24)
        self.record(made.calendar, made.waitlist)
        assert self.line.lapsed(self.now) == []
        assert self.fair_offers() == [], "whatever came free was passed on"
        again = waitlists.offer_dates(self.line, self.claims, self.listing, self.now)
        assert again == waitlists.Offers()

    def fair_offers(self) -> list[UUID]:
        """Who must be offered what, counted by hand from the joins in the log and free nights."""
        taken: Counter[datetime] = Counter()
        for claim in self.claims.live(self.now):
            for piece in pieces(claim):
                taken[piece] += len(claim.units)
        chosen: list[UUID] = []
        for event in self.told:
            entry = self.line.entries.get(getattr(event, "entry_id"))  # noqa: B009 - of any event
            if not isinstance(event, WaitlistJoined) or entry is None:
                continue
            if entry.status_at(self.now) == "waiting" and self.fits(entry, taken):
                chosen.append(entry.id)
                taken.update(dict.fromkeys(pieces(entry), entry.units))
        return chosen

    def fits(self, entry: Entry, taken: Counter[datetime]) -> bool:
        # Midnight in Stockholm comes an hour before that of UTC in winter.
        today = (self.now + timedelta(hours=1)).date()
        return entry.stay.arrive >= today and all(
            taken[piece] + entry.units <= self.listing.units for piece in pieces(entry)
        )

    @invariant()
    def no_two_live_claims_share_a_unit_at_a_time(self) -> None:
        taken = [
            (unit, piece)
            for claim in self.claims.live(self.now)
            for unit in claim.units
            for piece in pieces(claim)
        ]
        assert len(taken) == len(set(taken))
        assert all(unit < self.listing.units for unit, _ in taken)

    @invariant()
    def whoever_is_offered_nights_has_them_and_nobody_else_does(self) -> None:
        offered = {
            entry.id: (entry.stay, entry.slot, entry.units, entry.offered_until, entry.guest_id)
            for entry in self.line.entries.values()
            if entry.status_at(self.now) == "offered"
        }
        held = {
            claim.id: (claim.stay, claim.slot, len(claim.units), claim.until, claim.guest_id)
            for claim in self.claims.live(self.now)
            if claim.kind == "offer"
        }
        assert offered == held

    @invariant()
    def line_and_claims_are_what_their_logs_say(self) -> None:
        line, claims = NOBODY, EMPTY
        for event in self.told:
            line = evolve(line, event)
        for claim in self.claimed:
            claims = evolve_calendar(claims, claim)
        assert (line, claims) == (self.line, self.claims)
        joins = [e.entry_id for e in self.told if isinstance(e, WaitlistJoined)]
        waiting = [entry.id for entry in line.line(self.now)]
        assert waiting == [entry for entry in joins if entry in waiting]
        assert [line.place(entry, self.now) for entry in waiting[:1]] == [1][: len(waiting)]

    @invariant()
    def every_offer_is_held_in_the_same_step(self) -> None:
        offers = [e.entry_id for e in self.told if isinstance(e, WaitlistOffered)]
        holds = [e.claim_id for e in self.claimed if isinstance(e, OfferHeld)]
        assert offers == holds
        assert len(offers) == len(set(offers))


WaitlistMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestWaitlist = WaitlistMachine.TestCase
