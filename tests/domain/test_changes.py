"""A booking is changed in one step: its nights, its price and what is paid or given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.booking.allowed import actions, may_change
from domain.booking.changing import change, check_change, check_quote
from domain.booking.decisions import expire
from domain.booking.facts import (
    BookingChanged,
    BookingConfirmed,
    BookingEvent,
    BookingExpired,
    PaymentCaptured,
)
from domain.booking.notices import Declined
from domain.booking.paying import confirm
from domain.booking.payment_facts import PaymentRequested, RefundRequested
from domain.booking.settling import settle
from domain.booking.state import evolve
from domain.buffers import NO_BUFFERS
from domain.calendar import state as calendar
from domain.calendar.decisions import move, reclaim
from domain.calendar.facts import (
    CalendarEvent,
    ClaimMoved,
    HoldConfirmed,
    HoldLapsed,
    UnitsReassigned,
)
from domain.money import Money
from domain.quote.decisions import quote
from domain.quote.state import Quote
from domain.refusals import HoldLapsed as TooLate
from domain.refusals import NightsTaken, NoSuch, PolicyForbids, QuoteExpired
from domain.stay import Stay
from tests.domain.facts import BOOKING, CLAIM, GUEST, LISTING, NOW, QUOTE, held, nights, published
from tests.domain.scenario import Given, given
from tests.domain.test_booking import CHECK_IN, LAPSE
from tests.domain.test_payments import PAYMENT, SECOND, folded, paid, requested

OTHER_BOOKING, REFUND = UUID(int=31), UUID(int=32)
TODAY = NOW.date()


def quoted(stay: Stay, booking: UUID | None = BOOKING, guests: int = 2) -> Quote:
    [made] = quote(
        published(),
        6,
        quote_id=UUID(int=77),
        guest_id=GUEST,
        stay=stay,
        guests=guests,
        units=1,
        now=NOW,
        booking_id=booking,
    )
    return made


def changed(made: Quote) -> BookingChanged:
    return BookingChanged(
        quote_id=made.quote_id,
        stay=made.stay,
        time_zone="Europe/Stockholm",
        guests=made.guests,
        units=(1,),
        lines=made.lines,
        total=made.total,
        deposit=made.deposit,
    )


def more(amount: int) -> PaymentRequested:
    return PaymentRequested(
        payment_id=SECOND, method="card", amount=Money(amount, "SEK"), purpose="change"
    )


def less(amount: int) -> RefundRequested:
    return RefundRequested(
        refund_id=REFUND, payment_id=PAYMENT, amount=Money(amount, "SEK"), why="changed"
    )


@pytest.mark.parametrize(
    ("facts", "stay", "difference", "status"),
    [
        (paid, nights(20, 22), (), "captured"),
        (paid, nights(20, 23), (more(100_000),), "pending"),
        (paid, nights(20, 21), (less(100_000),), "captured"),
        ((requested(),), nights(20, 23), (), "none"),
        ((requested(nightly=0), *paid[-1:]), nights(20, 23), (), "due"),
    ],
    ids=[
        "the same price: nothing to pay",
        "dearer: the difference is asked for by the method of the last payment",
        "cheaper: the difference goes back",
        "only held: paid when it is confirmed",
        "it cost nothing before: due, as there is no method",
    ],
)
def test_the_difference_is_paid_or_goes_back(
    facts: tuple[BookingEvent, ...],
    stay: Stay,
    difference: tuple[BookingEvent, ...],
    status: str,
) -> None:
    made = quoted(stay)
    state = (
        given(evolve, *facts)
        .when(lambda state: change(state, made, (1,), payment_id=SECOND, refund_id=REFUND))
        .then(changed(made), *difference)
    )
    assert (state.stay, state.total, state.units) == (stay, made.total, (1,))
    assert state.payment_status == (status if facts[0] != requested(nightly=0) else "none")


def test_a_difference_that_is_not_paid_is_due() -> None:
    state = folded(*paid, changed(quoted(nights(20, 23))), more(100_000))
    declined = Declined(payment_id=SECOND, code="card_declined", why="No.")
    [failed] = settle(state, declined, new_id=REFUND, free=False, now=NOW)
    state = evolve(state, failed)
    assert (state.status, state.payment_status) == ("confirmed", "due")
    assert state.due == Money(100_000, "SEK")


def test_a_second_change_asks_only_for_what_is_not_asked_for_yet() -> None:
    state = folded(*paid, changed(quoted(nights(20, 23))), more(100_000))
    made = quoted(nights(20, 24))
    third = UUID(int=40)
    [_, asked] = change(state, made, (1,), payment_id=third, refund_id=REFUND)
    assert isinstance(asked, PaymentRequested)
    assert asked.amount == Money(100_000, "SEK")


@pytest.mark.parametrize(
    ("facts", "now", "refusal"),
    [
        (paid, CHECK_IN - timedelta(microseconds=1), None),
        (paid, CHECK_IN, PolicyForbids),
        ((requested(),), LAPSE - timedelta(microseconds=1), None),
        ((requested(),), LAPSE, TooLate),
        ((requested(needs_approval=True),), NOW, PolicyForbids),
    ],
    ids=[
        "a moment before check-in: yes",
        "at check-in: no",
        "a moment before the hold lapses: yes",
        "lapsed: no",
        "not approved yet: no",
    ],
)
def test_only_what_has_not_begun_is_changed(
    facts: tuple[BookingEvent, ...], now: datetime, refusal: type[Exception] | None
) -> None:
    state = folded(*facts)
    assert may_change(state, now) == (refusal is None)
    if refusal is None:
        check_change(state, now)
    else:
        with pytest.raises(refusal):
            check_change(state, now)


def test_a_quote_is_for_one_booking_or_for_none() -> None:
    state = folded(*paid)
    with pytest.raises(NoSuch):
        check_quote(state, quoted(nights(20, 22), None), NOW)
    with pytest.raises(NoSuch):
        check_quote(state, quoted(nights(20, 22), OTHER_BOOKING), NOW)
    with pytest.raises(QuoteExpired):
        check_quote(state, quoted(nights(20, 22)), NOW + timedelta(hours=1))


def test_a_hold_that_was_paid_in_part_and_lapses_gives_the_part_back() -> None:
    part = PaymentCaptured(payment_id=PAYMENT, method="card", amount=Money(200_000, "SEK"))
    state = folded(requested(), paid[1], changed(quoted(nights(20, 23))), part)
    assert state.payment_status == "due"
    [expired, back] = expire(state, LAPSE)
    assert expired == BookingExpired(expired_at=LAPSE)
    assert isinstance(back, RefundRequested)
    assert back.amount == Money(200_000, "SEK")


def test_a_hold_that_is_paid_in_full_by_now_is_confirmed_without_another_payment() -> None:
    part = PaymentCaptured(payment_id=PAYMENT, method="card", amount=Money(200_000, "SEK"))
    dearer, back_again = changed(quoted(nights(20, 23))), changed(quoted(nights(20, 22)))
    state = folded(requested(), paid[1], dearer, part, back_again)
    assert (state.status, state.due.amount) == ("held", 0)
    assert confirm(state, SECOND, "card", NOW) == [BookingConfirmed(booking_id=BOOKING)]
    assert actions(state, "guest", NOW) == ("confirm", "change", "cancel")


def claims(*facts: CalendarEvent) -> Given[calendar.Calendar]:
    return given(calendar.evolve, *facts, empty=calendar.EMPTY)


def moving(
    stay: Stay, *, units: int = 1, capacity: int = 1
) -> Callable[[calendar.Calendar], list[CalendarEvent]]:
    return lambda state: move(
        state,
        listing_id=LISTING,
        capacity=capacity,
        claim_id=CLAIM,
        guest_id=GUEST,
        stay=stay,
        units=units,
        today=TODAY,
        now=NOW,
    )


def moved(
    stay: Stay, *units: int, until: datetime | None = NOW + timedelta(minutes=15)
) -> ClaimMoved:
    return ClaimMoved(
        listing_id=LISTING,
        claim_id=CLAIM,
        booking_id=CLAIM,
        guest_id=GUEST,
        stay=stay,
        units=units,
        until=until,
    )


def test_a_claim_does_not_stand_in_its_own_way() -> None:
    mine = held(nights(10, 13))
    state = claims(mine).when(moving(nights(11, 14))).then(moved(nights(11, 14), 0))
    assert state.claims[CLAIM].stay == nights(11, 14)
    assert state.taken(nights(10, 11), NO_BUFFERS, NOW) == []


def test_a_confirmed_claim_stays_without_an_end() -> None:
    state = (
        claims(held(nights(10, 13)), HoldConfirmed(claim_id=CLAIM))
        .when(moving(nights(11, 14)))
        .then(moved(nights(11, 14), 0, until=None))
    )
    assert state.claims[CLAIM].kind == "booking"


def test_a_claim_can_t_move_to_nights_of_another() -> None:
    other = held(nights(13, 15), claim=QUOTE)
    claims(held(nights(10, 13)), other).when(moving(nights(11, 14))).then_refused(NightsTaken)


def test_a_claim_moves_to_nights_whose_hold_lapsed() -> None:
    gone = held(nights(13, 15), claim=QUOTE, until=NOW)
    claims(held(nights(10, 13)), gone).when(moving(nights(11, 14))).then(
        HoldLapsed(claim_id=QUOTE), moved(nights(11, 14), 0)
    )


def test_a_claim_takes_another_unit_when_its_own_is_taken() -> None:
    other = held(nights(13, 15), claim=QUOTE)
    claims(held(nights(10, 13)), other).when(moving(nights(11, 14), capacity=2)).then(
        moved(nights(11, 14), 1)
    )


def test_a_claim_takes_more_units_when_the_party_grows() -> None:
    claims(held(nights(10, 13))).when(moving(nights(10, 13), units=2, capacity=3)).then(
        moved(nights(10, 13), 0, 1)
    )


def test_others_make_room_for_a_claim_that_moves() -> None:
    early = held(nights(13, 14), claim=QUOTE, unit=0)
    late = held(nights(14, 15), claim=OTHER_BOOKING, unit=1)
    state = calendar.EMPTY
    for fact in (held(nights(10, 11)), early, late):
        state = calendar.evolve(state, fact)
    events = moving(nights(13, 15), capacity=2)(state)
    assert [type(event) for event in events] == [UnitsReassigned, ClaimMoved]


def test_a_claim_that_is_gone_does_not_move() -> None:
    claims().when(moving(nights(10, 13))).then_refused(NoSuch)


@pytest.mark.parametrize(
    ("facts", "free"),
    [
        ((held(nights(10, 12)),), True),
        ((held(nights(10, 12), until=NOW),), True),
        ((), True),
        ((held(nights(11, 12), claim=QUOTE),), False),
    ],
    ids=[
        "the hold lives: confirmed",
        "it lapsed and nobody tidied up: claimed again",
        "it is gone and nobody came: claimed again",
        "somebody else has a night: not to be had",
    ],
)
def test_nights_are_claimed_again_if_they_are_free(
    facts: tuple[CalendarEvent, ...],
    free: bool,  # noqa: FBT001 - a column of the table
) -> None:
    before = calendar.EMPTY
    for fact in facts:
        before = calendar.evolve(before, fact)

    def again() -> list[CalendarEvent]:
        return reclaim(
            before,
            listing_id=LISTING,
            capacity=1,
            booking_id=CLAIM,
            guest_id=GUEST,
            stay=nights(10, 12),
            units=1,
            today=TODAY,
            now=NOW,
        )

    if not free:
        with pytest.raises(NightsTaken):
            again()
        return
    after = before
    for event in again():
        after = calendar.evolve(after, event)
    assert after.claims[CLAIM].until is None
    assert after.claims[CLAIM].kind == "booking"


def test_nights_that_have_begun_are_not_claimed_again() -> None:
    with pytest.raises(NightsTaken):
        reclaim(
            calendar.EMPTY,
            listing_id=LISTING,
            capacity=1,
            booking_id=CLAIM,
            guest_id=GUEST,
            stay=nights(10, 12),
            units=1,
            today=nights(11, 12).arrive,
            now=NOW,
        )
