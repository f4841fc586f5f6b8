"""Who waits gets the nights in the order of joining, or knows why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.calendar.facts import BlockLifted, CalendarEvent, HoldLapsed, OfferHeld
from domain.calendar.state import EMPTY, Calendar
from domain.calendar.state import evolve as evolve_calendar
from domain.listing.state import Listing
from domain.refusals import (
    BelowMinimumStay,
    ListingNotPublished,
    PolicyForbids,
    Refusal,
    SlotPast,
    TooManyGuests,
    TooManyUnits,
)
from domain.slot import Slot
from domain.stay import Stay
from domain.waitlist.decisions import (
    Offers,
    check_offered,
    closes_at,
    join,
    leave,
    offer_dates,
    offer_until,
    take,
)
from domain.waitlist.facts import (
    OfferLapsed,
    OfferTaken,
    WaitlistEvent,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistOffered,
)
from domain.waitlist.refusals import DatesFree, OfferHasLapsed
from domain.waitlist.state import NOBODY, Status, Waitlist, evolve
from tests.domain.facts import BLOCK, GUEST, LISTING, NOW, blocked, held, nights, published
from tests.domain.scenario import Given, given
from tests.domain.test_slots import stockholm, studio

CHECK_IN = datetime(2027, 6, 10, 13, 0, tzinfo=UTC)
"""Three in the afternoon of the day of arrival, in Stockholm."""

WISH = nights(10, 12)
WISH_DAY = nights(10, 11)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
FIRST, SECOND, THIRD = (UUID(int=n) for n in (71, 72, 73))
GUESTS = {FIRST: GUEST, SECOND: UUID(int=82), THIRD: UUID(int=83)}


def joined(entry: UUID = FIRST, stay: Stay = WISH, *, units: int = 1) -> WaitlistJoined:
    """A wish for two guests, made now."""
    return WaitlistJoined(
        listing_id=LISTING,
        entry_id=entry,
        guest_id=GUESTS[entry],
        stay=stay,
        guests=2,
        units=units,
        joined_at=NOW,
        closes_at=closes_at(stay, "Europe/Stockholm", NOW),
    )


def offered(entry: UUID = FIRST, until: datetime = NOW + DAY) -> WaitlistOffered:
    return WaitlistOffered(listing_id=LISTING, entry_id=entry, until=until)


def offer_held(entry: UUID = FIRST, stay: Stay = WISH, *units: int) -> OfferHeld:
    return OfferHeld(
        listing_id=LISTING,
        claim_id=entry,
        guest_id=GUESTS[entry],
        stay=stay,
        units=units or (0,),
        until=NOW + DAY,
    )


def calendar(*facts: CalendarEvent) -> Calendar:
    state = EMPTY
    for fact in facts:
        state = evolve_calendar(state, fact)
    return state


def waitlist(*facts: WaitlistEvent) -> Waitlist:
    state = NOBODY
    for fact in facts:
        state = evolve(state, fact)
    return state


def line(*facts: WaitlistEvent) -> Given[Waitlist]:
    return given(evolve, *facts, empty=NOBODY)


def joining(
    nights_taken: Calendar, listing: Listing | None = None, *, guests: int = 2, units: int = 1
) -> Callable[[Waitlist], Sequence[WaitlistEvent]]:
    def decide(state: Waitlist) -> Sequence[WaitlistEvent]:
        return join(
            state,
            nights_taken,
            listing or published(),
            entry_id=FIRST,
            guest_id=GUEST,
            stay=WISH,
            guests=guests,
            units=units,
            now=NOW,
        )

    return decide


TAKEN = calendar(blocked(nights(11, 12)))


def test_who_wants_taken_nights_gets_in_line() -> None:
    state = line().when(joining(TAKEN)).then(joined())
    assert (state.place(FIRST, NOW), state.entries[FIRST].status_at(NOW)) == (1, "waiting")


def test_who_is_in_line_for_these_nights_stays_where_they_are() -> None:
    line(joined()).when(joining(TAKEN)).then_nothing()
    line(joined(), offered()).when(joining(TAKEN)).then_nothing()


@pytest.mark.parametrize(
    "ended",
    [
        (WaitlistLeft(entry_id=FIRST),),
        (offered(), OfferLapsed(entry_id=FIRST)),
        (offered(), OfferTaken(entry_id=FIRST, booking_id=BLOCK)),
    ],
    ids=["who left", "who let an offer go", "who booked and lost the booking"],
)
def test_joins_again_at_the_end(ended: tuple[WaitlistEvent, ...]) -> None:
    before = replace(joined(SECOND), stay=WISH)
    again = joined()
    state = line(replace(again, entry_id=THIRD), before, *(
        replace(event, entry_id=THIRD) for event in ended
    )).when(joining(TAKEN)).then(again)  # fmt: skip
    assert [entry.id for entry in state.line(NOW)] == [SECOND, FIRST]
    assert state.place(FIRST, NOW) == 2


@pytest.mark.parametrize(
    ("nights_taken", "listing", "guests", "units", "refusal"),
    [
        (EMPTY, published(), 2, 1, DatesFree),
        (calendar(held(WISH, until=NOW)), published(), 2, 1, DatesFree),
        (TAKEN, published(units=2), 2, 1, DatesFree),
        (TAKEN, published(minimum_nights=3), 2, 1, BelowMinimumStay),
        (TAKEN, published(), 5, 1, TooManyGuests),
        (TAKEN, published(), 2, 2, TooManyUnits),
        (TAKEN, replace(published(), status="unpublished"), 2, 1, ListingNotPublished),
    ],
    ids=[
        "nights that are free are booked, not waited for",
        "a lapsed hold is free",
        "another unit is free",
        "a stay that is too short",
        "a party that is too large",
        "more units than there are",
        "a listing that takes no bookings",
    ],
)
def test_nobody_waits_for(
    nights_taken: Calendar, listing: Listing, guests: int, units: int, refusal: type[Refusal]
) -> None:
    decide = joining(nights_taken, listing, guests=guests, units=units)
    line().when(decide).then_refused(refusal)


def test_a_slot_is_waited_for_until_it_begins_and_its_place_counts_its_hours() -> None:
    ten, two_hours = stockholm("10:00", "11:00"), stockholm("10:00", "12:00")
    taken = calendar(replace(blocked(WISH_DAY), slot=ten))

    def wish(entry: UUID, slot: Slot, now: datetime = NOW) -> Sequence[WaitlistEvent]:
        return join(
            NOBODY,
            taken,
            studio(),
            entry_id=entry,
            guest_id=GUESTS[entry],
            stay=WISH_DAY,
            guests=2,
            units=1,
            now=now,
            slot=slot,
        )

    [first], [second] = wish(FIRST, two_hours), wish(SECOND, ten)
    assert isinstance(first, WaitlistJoined)
    assert (first.slot, first.closes_at) == (two_hours, two_hours.starts_at)
    third = replace(first, entry_id=THIRD, slot=stockholm("11:00", "12:00"))
    line_up = waitlist(first, second, third)
    assert [line_up.place(entry, NOW) for entry in (FIRST, SECOND, THIRD)] == [1, 2, 2]
    with pytest.raises(DatesFree) as refused:
        wish(FIRST, stockholm("11:00", "12:00"))
    assert refused.value.starts_at == ten.ends_at
    with pytest.raises(SlotPast):
        wish(FIRST, ten, now=ten.starts_at)

    made = offer_dates(line_up, calendar(), studio(), NOW)
    offers = [e.entry_id for e in made.waitlist if isinstance(e, WaitlistOffered)]
    held_slots = [e.slot for e in made.calendar if isinstance(e, OfferHeld)]
    assert (offers, held_slots) == ([FIRST], [two_hours])


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        (NOW, CHECK_IN),
        (CHECK_IN - MOMENT, CHECK_IN),
        (CHECK_IN, datetime(2027, 6, 10, 22, 0, tzinfo=UTC)),
    ],
    ids=["long before", "just before check-in time", "who comes even later has until midnight"],
)
def test_waiting_makes_sense_until(now: datetime, closes: datetime) -> None:
    assert closes_at(WISH, "Europe/Stockholm", now) == closes


@pytest.mark.parametrize(
    ("left", "stands"),
    [
        (timedelta(days=90), DAY),
        (2 * DAY, DAY),
        (2 * DAY - timedelta(hours=2), timedelta(hours=23)),
        (DAY, timedelta(hours=12)),
        (timedelta(hours=1), timedelta(minutes=30)),
        (timedelta(minutes=30), timedelta(minutes=15)),
        (timedelta(minutes=20), timedelta(minutes=15)),
        (timedelta(minutes=10), timedelta(minutes=10)),
    ],
    ids=[
        "a day, when there is time",
        "two days before arrival still a day",
        "later, half of what is left",
        "on the last day half a day",
        "an hour before, half an hour",
        "half an hour before, a quarter",
        "never less than a quarter",
        "and never past arrival",
    ],
)
def test_an_offer_stands_for(left: timedelta, stands: timedelta) -> None:
    assert offer_until(NOW + left, NOW) - NOW == stands


def offering(
    line_up: Waitlist, claims: Calendar, listing: Listing | None = None, now: datetime = NOW
) -> Offers:
    return offer_dates(line_up, claims, listing or published(), now)


def test_the_first_in_line_is_offered_what_came_free() -> None:
    claims = calendar(blocked(WISH), BlockLifted(claim_id=BLOCK))
    made = offering(waitlist(joined(FIRST), joined(SECOND)), claims)
    assert made == Offers([offered(FIRST)], [offer_held(FIRST)])


@pytest.mark.parametrize(
    ("line_up", "claims", "listing", "expected"),
    [
        ((joined(FIRST), joined(SECOND)), (), {}, [FIRST]),
        ((joined(FIRST), joined(SECOND)), (), {"units": 2}, [FIRST, SECOND]),
        ((joined(FIRST), joined(SECOND)), (blocked(WISH),), {}, []),
        ((joined(FIRST, nights(9, 12)), joined(SECOND)), (blocked(nights(9, 10)),), {}, [SECOND]),
        ((joined(FIRST), joined(SECOND, nights(12, 14))), (), {}, [FIRST, SECOND]),
        ((joined(FIRST), joined(SECOND, nights(11, 14))), (), {}, [FIRST]),
        ((joined(FIRST, units=2), joined(SECOND)), (), {}, [SECOND]),
        ((joined(FIRST, units=2), joined(SECOND)), (), {"units": 2}, [FIRST]),
        ((joined(FIRST), joined(SECOND, nights(10, 13))), (), {"minimum_nights": 3}, [SECOND]),
        ((joined(FIRST), joined(SECOND)), (), {"max_guests": 1}, []),
        ((joined(FIRST), WaitlistLeft(entry_id=FIRST), joined(SECOND)), (), {}, [SECOND]),
        ((joined(FIRST), offered(FIRST), joined(SECOND)), (offer_held(),), {}, []),
    ],
    ids=[
        "the first before the second",
        "both when there are two units",
        "nobody while the nights are taken",
        "the second when only their wish fits",
        "two whose nights do not meet",
        "not the second when the first is offered a night of theirs",
        "not the first when they want more units than there are",
        "two units for who wants two",
        "not the first when a new rule forbids their stay",
        "nobody when the party is too large by now",
        "the second when the first has left",
        "nobody else while an offer stands",
    ],
)
def test_is_offered_the_nights(
    line_up: tuple[WaitlistEvent, ...],
    claims: tuple[CalendarEvent, ...],
    listing: dict[str, object],
    expected: list[UUID],
) -> None:
    made = offering(waitlist(*line_up), calendar(*claims), published(**listing))
    assert [e.entry_id for e in made.waitlist if isinstance(e, WaitlistOffered)] == expected
    assert [e.claim_id for e in made.calendar if isinstance(e, OfferHeld)] == expected


def test_an_offer_that_lapsed_passes_on_in_one_step() -> None:
    line_up = waitlist(joined(FIRST), offered(FIRST), joined(SECOND))
    just_before = offering(line_up, calendar(offer_held(FIRST)), now=NOW + DAY - MOMENT)
    assert just_before == Offers()
    made = offering(line_up, calendar(offer_held(FIRST)), now=NOW + DAY)
    until = NOW + 2 * DAY
    assert made == Offers(
        [OfferLapsed(entry_id=FIRST), offered(SECOND, until)],
        [HoldLapsed(claim_id=FIRST), replace(offer_held(SECOND), until=until)],
    )


def test_lapsed_holds_are_free_for_who_waits_and_are_left_alone_when_nobody_does() -> None:
    lapsed = calendar(held(WISH, until=NOW))
    assert offering(waitlist(), lapsed) == Offers()
    assert offering(waitlist(joined()), lapsed).calendar[0] == HoldLapsed(
        claim_id=next(iter(lapsed.claims))
    )


def test_who_waits_past_arrival_waits_in_vain() -> None:
    late = waitlist(joined())
    assert late.entries[FIRST].status_at(CHECK_IN - MOMENT) == "waiting"
    assert late.entries[FIRST].status_at(CHECK_IN) == "expired"
    assert late.place(FIRST, CHECK_IN) is None
    assert offering(late, EMPTY, now=CHECK_IN) == Offers()


@pytest.mark.parametrize(
    ("facts", "now", "refusal", "status"),
    [
        ((offered(),), NOW + DAY - MOMENT, None, "offered"),
        ((offered(),), NOW + DAY, OfferHasLapsed, "lapsed"),
        ((offered(), OfferLapsed(entry_id=FIRST)), NOW + DAY, OfferHasLapsed, "lapsed"),
        ((), NOW, PolicyForbids, "waiting"),
        ((WaitlistLeft(entry_id=FIRST),), NOW, PolicyForbids, "left"),
        ((offered(), *take(FIRST, BLOCK)), NOW, PolicyForbids, "booked"),
        ((), CHECK_IN, PolicyForbids, "expired"),
    ],
    ids=[
        "while it stands",
        "not the instant it lapses",
        "nor later",
        "not before there is one",
        "not after leaving",
        "not twice",
        "not after arrival",
    ],
)
def test_an_offer_is_accepted(
    facts: tuple[WaitlistEvent, ...], now: datetime, refusal: type[Refusal] | None, status: Status
) -> None:
    entry = waitlist(joined(), *facts).entries[FIRST]
    assert entry.status_at(now) == status
    if refusal is None:
        check_offered(entry, now)
        return
    with pytest.raises(refusal) as refused:
        check_offered(entry, now)
    assert "{" not in str(refused.value)
    if refusal is OfferHasLapsed:
        assert refused.value.values["lapsed_at"] == NOW + DAY


def test_leaving_twice_is_leaving_once() -> None:
    left = WaitlistLeft(entry_id=FIRST)
    line(joined()).when(lambda state: leave(state, FIRST, NOW)).then(left)
    line(joined(), offered()).when(lambda state: leave(state, FIRST, NOW)).then(left)
    line(joined(), left).when(lambda state: leave(state, FIRST, NOW)).then_nothing()
    line(joined(), *[offered(), *take(FIRST, BLOCK)]).when(
        lambda state: leave(state, FIRST, NOW)
    ).then_nothing()


def test_place_counts_those_ahead_who_want_a_night_of_the_same() -> None:
    state = waitlist(joined(FIRST, nights(1, 5)), joined(SECOND, nights(9, 11)), joined(THIRD))
    assert [state.place(entry, NOW) for entry in (FIRST, SECOND, THIRD)] == [1, 1, 2]
    ahead_is_gone = evolve(state, WaitlistLeft(entry_id=SECOND))
    assert ahead_is_gone.place(THIRD, NOW) == 1


def test_a_list_forgets_wishes_whose_stay_has_begun_but_no_offer_that_nobody_put_down() -> None:
    later = replace(joined(THIRD, nights(20, 22)), joined_at=CHECK_IN)
    assert set(waitlist(joined(FIRST), later).entries) == {THIRD}
    assert set(waitlist(joined(FIRST), offered(FIRST), later).entries) == {FIRST, THIRD}
    assert waitlist(joined(FIRST), later).entries[THIRD].number == 2
    assert waitlist(joined(FIRST), later, OfferLapsed(entry_id=FIRST)) == waitlist(
        joined(FIRST), later
    )
