from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.booking.allowed import actions
from domain.booking.decisions import (
    approve,
    cancel,
    decline,
    expire,
    refund,
    refund_total,
    request,
)
from domain.booking.facts import (
    BookingApproved,
    BookingCancelled,
    BookingCheckedIn,
    BookingCompleted,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingMarkedNoShow,
    PaymentCaptured,
    RefundLine,
)
from domain.booking.paying import confirm
from domain.booking.payment_facts import PaymentRequested, PayoutScheduled, RefundRequested
from domain.booking.policy import (
    MODERATE,
    NON_REFUNDABLE,
    READY_MADE,
    STRICT,
    CancellationPolicy,
)
from domain.booking.state import Booking, evolve
from domain.booking.staying import check_in, complete, finish, mark_no_show
from domain.money import Money
from domain.quote.decisions import quote
from domain.refusals import (
    HoldLapsed,
    NotYours,
    PolicyForbids,
    QuoteExpired,
    ReasonRequired,
    TooEarly,
)
from tests.domain.facts import (
    BOOKING,
    GUEST,
    HOST,
    NOW,
    OTHER,
    QUOTE,
    nights,
    published,
    requested,
)
from tests.domain.scenario import Given, given

PAYMENT, REFUND = UUID(int=21), UUID(int=22)
MOMENT = timedelta(microseconds=1)
LAPSE = NOW + timedelta(minutes=15)
CHECK_IN = datetime.fromisoformat("2027-06-10T13:00:00+00:00")
"""15:00 in Stockholm, in summer."""

paid = PaymentCaptured(payment_id=PAYMENT, method="sandbox", amount=Money(200_000, "SEK"))
stands = BookingConfirmed(booking_id=BOOKING)
Deciding = Callable[[Booking], Sequence[BookingEvent]]


def booking(*facts: BookingEvent) -> Given[Booking]:
    return given(evolve, *facts)


def confirming(now: datetime = NOW) -> Deciding:
    return lambda state: confirm(state, PAYMENT, "sandbox", now)


def cancelling(
    by: str = "guest",
    now: datetime = NOW,
    *,
    reason: str | None = None,
    share: int | None = None,
) -> Deciding:
    return lambda state: cancel(state, by, reason, REFUND, now, share=share)  # type: ignore[arg-type]


asked_to_pay = PaymentRequested(
    payment_id=PAYMENT, method="sandbox", amount=Money(200_000, "SEK"), purpose="booking"
)


def test_a_held_booking_is_paid_and_then_stands() -> None:
    state = booking(requested()).when(confirming()).then(asked_to_pay)
    assert (state.status, state.payment_status) == ("held", "pending")
    state = evolve(evolve(state, paid), stands)
    assert (state.status, state.payment_status) == ("confirmed", "captured")


def test_a_total_of_nothing_is_confirmed_without_a_payment() -> None:
    booking(requested(nightly=0)).when(confirming()).then(stands)


def test_confirming_twice_pays_once() -> None:
    booking(requested(), asked_to_pay).when(confirming()).then_nothing()
    booking(requested(), paid, stands).when(confirming()).then_nothing()


def test_a_lapsed_hold_is_not_confirmed_whether_or_not_somebody_tidied_up() -> None:
    booking(requested()).when(confirming(LAPSE)).then_refused(HoldLapsed, lapsed_at=LAPSE)
    expired = BookingExpired(expired_at=LAPSE)
    booking(requested(), expired).when(confirming(LAPSE)).then_refused(HoldLapsed, lapsed_at=LAPSE)


def test_a_request_waits_for_the_host_and_then_for_the_guest() -> None:
    asked = requested(needs_approval=True)
    booking(asked).when(confirming()).then_refused(PolicyForbids, status="awaiting_approval")
    state = (
        booking(asked)
        .when(lambda state: approve(state, NOW))
        .then(BookingApproved(hold_expires_at=LAPSE))
    )
    assert state.status == "held"
    assert approve(state, NOW) == []


def test_a_declined_request_ends_there() -> None:
    declined = BookingDeclined(reason="Renovation")
    asked = requested(needs_approval=True)
    booking(asked).when(lambda state: decline(state, "Renovation", NOW)).then(declined)
    booking(asked, declined).when(lambda state: decline(state, None, NOW)).then_nothing()
    booking(asked, declined).when(lambda state: approve(state, NOW)).then_refused(PolicyForbids)


def test_a_lapsed_hold_expires_once() -> None:
    expired = BookingExpired(expired_at=LAPSE)
    booking(requested()).when(lambda state: expire(state, LAPSE)).then(expired)
    booking(requested(), expired).when(lambda state: expire(state, LAPSE)).then_nothing()
    booking(requested()).when(lambda state: expire(state, NOW)).then_nothing()
    booking(requested(), paid, stands).when(lambda state: expire(state, LAPSE)).then_nothing()


@pytest.mark.parametrize(
    ("by", "before_check_in", "back"),
    [
        ("guest", timedelta(days=30), 200_000),
        ("guest", timedelta(hours=24), 200_000),
        ("guest", timedelta(hours=24) - timedelta(microseconds=1), 100_000),
        ("guest", timedelta(0), 100_000),
        ("guest", -timedelta(microseconds=1), 0),
        ("host", -timedelta(hours=1), 200_000),
        ("platform", timedelta(0), 200_000),
    ],
    ids=[
        "a month before: all",
        "exactly a day before: all",
        "just under a day before: half",
        "at check-in: half",
        "after check-in: nothing",
        "the host cancels, whenever: all",
        "the platform cancels: all",
    ],
)
def test_the_refund_follows_the_pinned_policy(
    by: str, before_check_in: timedelta, back: int
) -> None:
    now = CHECK_IN - before_check_in
    share = Money(back // 2, "SEK")
    line = RefundLine(kind="night", description="2027-06-10", amount=share)
    reason = "Flooded" if by == "platform" else None
    cancelled = BookingCancelled(
        by=by,  # type: ignore[arg-type]
        reason=reason,
        refund=(line, line),
        refund_total=Money(back, "SEK"),
    )
    refunded = RefundRequested(
        refund_id=REFUND, payment_id=PAYMENT, amount=Money(back, "SEK"), why="cancelled"
    )
    facts: list[BookingEvent] = [cancelled, refunded] if back else [cancelled]
    if back < 200_000:
        # What does not go back to the guest goes to the host.
        rest = PayoutScheduled(
            payout_id=uuid5(REFUND, "payout"),
            amount=Money(200_000 - back, "SEK"),
            due_at=max(now, CHECK_IN) + timedelta(hours=24),
        )
        facts.append(rest)
    state = booking(requested(), paid, stands).when(cancelling(by, now, reason=reason)).then(*facts)
    assert state.status == "cancelled"
    assert cancel(state, "guest", None, REFUND, now) == []


@pytest.mark.parametrize(
    ("policy", "booked_before", "cancelled_before", "share"),
    [
        (MODERATE, timedelta(days=90), timedelta(days=5), 10_000),
        (MODERATE, timedelta(days=90), timedelta(days=5) - MOMENT, 5_000),
        (MODERATE, timedelta(days=90), -MOMENT, 0),
        (STRICT, timedelta(days=90), timedelta(days=7), 5_000),
        (STRICT, timedelta(days=90), timedelta(days=7) - MOMENT, 0),
        (STRICT, timedelta(days=90), timedelta(days=88), 10_000),
        (STRICT, timedelta(days=90), timedelta(days=88) - MOMENT, 5_000),
        (STRICT, timedelta(days=15), timedelta(days=14), 10_000),
        (STRICT, timedelta(days=15), timedelta(days=14) - MOMENT, 5_000),
        (STRICT, timedelta(days=13), timedelta(days=13), 5_000),
        (NON_REFUNDABLE, timedelta(days=90), timedelta(days=90), 0),
    ],
    ids=[
        "moderate, five days before: all",
        "moderate, just under five days before: half",
        "moderate, after check-in: nothing",
        "strict, a week before: half",
        "strict, just under a week before: nothing",
        "strict, at the end of two days of grace: all",
        "strict, just after the grace: half",
        "strict, in grace and two weeks ahead: all",
        "strict, in grace but nearer than two weeks: half",
        "strict, booked too late for any grace: half",
        "non-refundable, at once: nothing",
    ],
)
def test_each_ready_made_policy_gives_back_its_share(
    policy: CancellationPolicy,
    booked_before: timedelta,
    cancelled_before: timedelta,
    share: int,
) -> None:
    booked, cancelled = CHECK_IN - booked_before, CHECK_IN - cancelled_before
    assert policy.share_at(cancelled, CHECK_IN, booked) == share


@for_all(
    policy=st.sampled_from(sorted(READY_MADE)),
    booked=st.integers(1, 200 * 1440),
    minutes=st.integers(-1440, 200 * 1440),
)
def test_a_refund_stays_as_promised_until_the_promise_ends(
    policy: str, booked: int, minutes: int
) -> None:
    booked_at = CHECK_IN - timedelta(minutes=booked)
    now = max(booked_at, CHECK_IN - timedelta(minutes=minutes))
    chosen = READY_MADE[policy]
    share = chosen.share_at(now, CHECK_IN, booked_at)
    ends = chosen.valid_until(now, CHECK_IN, booked_at)
    assert ends >= now
    assert chosen.share_at(ends, CHECK_IN, booked_at) == share
    if ends > now:
        assert chosen.share_at(ends + MOMENT, CHECK_IN, booked_at) != share


def test_a_guest_arrives_stays_and_leaves() -> None:
    midnight = datetime.fromisoformat("2027-06-09T22:00:00+00:00")
    arrived = BookingCheckedIn(at=midnight)
    left = BookingCompleted(at=midnight)
    stood = (requested(), paid, stands)
    booking(*stood).when(lambda state: check_in(state, midnight - MOMENT)).then_refused(
        TooEarly, earliest=midnight
    )
    booking(*stood).when(lambda state: check_in(state, midnight)).then(arrived)
    booking(*stood, arrived).when(lambda state: check_in(state, midnight)).then_nothing()
    booking(*stood).when(lambda state: complete(state, midnight)).then_refused(PolicyForbids)
    booking(*stood, arrived).when(lambda state: complete(state, midnight)).then(left)
    booking(*stood, arrived, left).when(lambda state: complete(state, midnight)).then_nothing()
    booking(*stood, arrived).when(cancelling(now=midnight)).then_refused(PolicyForbids)


CHECK_OUT = datetime.fromisoformat("2027-06-12T09:00:00+00:00")
"""Eleven o'clock in Stockholm on the day of departure."""


@pytest.mark.parametrize(
    ("facts", "ends"),
    [
        ((paid, stands), True),
        ((paid, stands, BookingCheckedIn(at=CHECK_IN)), True),
        ((), False),
        ((paid, stands, BookingMarkedNoShow(at=CHECK_IN, reason=None)), False),
        ((paid, stands, BookingCheckedIn(at=CHECK_IN), BookingCompleted(at=CHECK_IN)), False),
    ],
    ids=[
        "a guest whom nobody checked in has stayed",
        "a guest whom nobody saw off has left",
        "a hold that lapsed was no stay",
        "who never came did not stay",
        "who left early has left",
    ],
)
def test_at_check_out_the_stay_is_over_by_itself(
    facts: tuple[BookingEvent, ...],
    ends: bool,  # noqa: FBT001 - a column of the table
) -> None:
    given = booking(requested(), *facts)
    early = CHECK_OUT - MOMENT
    if ends:
        given.when(lambda state: finish(state, early)).then_refused(TooEarly, earliest=CHECK_OUT)
        given.when(lambda state: finish(state, CHECK_OUT)).then(BookingCompleted(at=CHECK_OUT))
    else:
        given.when(lambda state: finish(state, early)).then_nothing()
        given.when(lambda state: finish(state, CHECK_OUT)).then_nothing()


def test_a_guest_who_never_came_is_a_no_show_from_check_in_time_on() -> None:
    stood = (requested(), paid, stands)
    missed = BookingMarkedNoShow(at=CHECK_IN, reason=None)
    early = CHECK_IN - MOMENT
    booking(*stood).when(lambda state: mark_no_show(state, "host", None, CHECK_IN)).then(missed)
    booking(*stood).when(lambda state: mark_no_show(state, "host", None, early)).then_refused(
        TooEarly, earliest=CHECK_IN
    )
    said = BookingMarkedNoShow(at=early, reason="Called to say so")
    booking(*stood).when(
        lambda state: mark_no_show(state, "platform", "Called to say so", early)
    ).then(said)
    booking(*stood, missed).when(
        lambda state: mark_no_show(state, "host", None, CHECK_IN)
    ).then_nothing()
    booking(*stood, missed).when(lambda state: check_in(state, CHECK_IN)).then_refused(
        PolicyForbids, status="no_show"
    )


def test_an_unpaid_booking_is_cancelled_without_a_refund() -> None:
    state = (
        booking(requested())
        .when(cancelling())
        .then(
            BookingCancelled(
                by="guest",
                reason=None,
                refund=tuple(
                    RefundLine(kind="night", description="2027-06-10", amount=Money(0, "SEK"))
                    for _ in range(2)
                ),
                refund_total=Money(0, "SEK"),
            )
        )
    )
    assert state.payment_status == "none"


def test_an_expired_quote_is_not_booked() -> None:
    [made] = quote(
        published(),
        6,
        quote_id=QUOTE,
        guest_id=GUEST,
        stay=nights(10, 12),
        guests=2,
        units=1,
        now=NOW,
    )
    assert request(BOOKING, made, published(), (0,), NOW)
    with pytest.raises(QuoteExpired):
        request(BOOKING, made, published(), (0,), made.expires_at)


@pytest.mark.parametrize(
    ("share", "before_check_in", "back"),
    [
        (None, timedelta(days=30), 200_000),
        (None, -timedelta(days=1), 200_000),
        (10_000, timedelta(0), 200_000),
        (9_999, timedelta(0), 199_980),
        (2_500, timedelta(days=30), 50_000),
        (1, timedelta(days=30), 20),
        (0, timedelta(days=30), 0),
    ],
    ids=[
        "no share said, early: all",
        "no share said, after check-in time: all",
        "all of each line",
        "all but a ten-thousandth",
        "a quarter, where the policy gives all",
        "a ten-thousandth",
        "nothing, where the policy gives all",
    ],
)
def test_the_platform_overrides_the_policy_with_a_reason(
    share: int | None, before_check_in: timedelta, back: int
) -> None:
    deciding = cancelling("platform", CHECK_IN - before_check_in, reason="Flooded", share=share)
    state = booking(requested(), paid, stands).when(deciding)
    line = RefundLine(kind="night", description="2027-06-10", amount=Money(back // 2, "SEK"))
    cancelled = BookingCancelled(
        by="platform",
        reason="Flooded",
        refund=(line, line),
        refund_total=Money(back, "SEK"),
    )
    refunded = RefundRequested(
        refund_id=REFUND, payment_id=PAYMENT, amount=Money(back, "SEK"), why="cancelled"
    )
    rest = PayoutScheduled(
        payout_id=uuid5(REFUND, "payout"),
        amount=Money(200_000 - back, "SEK"),
        due_at=CHECK_IN + timedelta(hours=24),
    )
    facts: list[BookingEvent] = [cancelled]
    facts += [refunded] if back else []
    facts += [rest] if back < 200_000 else []
    after = state.then(*facts)
    assert (after.cancelled_by, after.cancel_reason) == ("platform", "Flooded")
    assert cancel(after, "platform", "Twice", REFUND, NOW) == []


@pytest.mark.parametrize("reason", [None, "", " \n"], ids=["none", "empty", "blank"])
def test_the_platform_does_nothing_without_a_reason(reason: str | None) -> None:
    stood = (requested(), paid, stands)
    booking(*stood).when(cancelling("platform", reason=reason)).then_refused(
        ReasonRequired, action="cancel"
    )
    for now in (CHECK_IN - MOMENT, CHECK_IN):
        booking(*stood).when(
            lambda state: mark_no_show(state, "platform", reason, now)  # noqa: B023 - called at once
        ).then_refused(ReasonRequired, action="mark a no-show")


@pytest.mark.parametrize("by", ["guest", "host"])
def test_nobody_else_chooses_the_refund(by: str) -> None:
    for share in (0, 5_000, 10_000):
        booking(requested(), paid, stands).when(cancelling(by, share=share)).then_refused(
            NotYours, action="choose the refund"
        )


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ((requested(),), ("cancel",)),
        ((requested(needs_approval=True),), ("cancel",)),
        ((requested(), paid, stands), ("cancel", "no-show")),
        ((requested(), paid, stands, BookingCheckedIn(at=NOW)), ()),
        ((requested(), BookingExpired(expired_at=LAPSE)), ()),
    ],
    ids=["held", "awaiting approval", "confirmed", "checked in", "expired"],
)
def test_the_platform_is_told_what_it_may_do(
    facts: tuple[BookingEvent, ...], may: tuple[str, ...]
) -> None:
    state: Booking | None = None
    for fact in facts:
        state = evolve(state, fact)
    assert state is not None
    assert actions(state, "platform", NOW) == may


@pytest.mark.parametrize(
    ("facts", "account", "may"),
    [
        ((requested(),), GUEST, ("confirm", "pay", "change", "cancel")),
        ((requested(),), HOST, ("cancel",)),
        ((requested(needs_approval=True),), HOST, ("approve", "decline", "cancel")),
        ((requested(needs_approval=True),), GUEST, ("cancel",)),
        ((requested(), paid, stands), GUEST, ("change", "cancel")),
        ((requested(), paid, stands), OTHER, ()),
        ((requested(), BookingExpired(expired_at=LAPSE)), GUEST, ()),
    ],
)
def test_each_side_is_told_what_it_may_do(
    facts: tuple[BookingEvent, ...], account: UUID, may: tuple[str, ...]
) -> None:
    state: Booking | None = None
    for fact in facts:
        state = evolve(state, fact)
    assert state is not None
    assert actions(state, state.party(account), NOW) == may


@for_all(
    nightly=st.integers(0, 10_000_000),
    by=st.sampled_from(["guest", "host", "platform"]),
    minutes=st.integers(-200_000, 200_000),
    share=st.integers(0, 10_000),
)
def test_a_refund_lies_between_nothing_and_what_was_paid(
    nightly: int, by: str, minutes: int, share: int
) -> None:
    now = CHECK_IN - timedelta(minutes=minutes)
    state = evolve(None, requested(nightly=nightly))
    for fact in confirm(state, PAYMENT, "sandbox", NOW):
        state = evolve(state, fact)
    if nightly:
        whole = PaymentCaptured(payment_id=PAYMENT, method="sandbox", amount=state.total)
        state = evolve(evolve(state, whole), stands)
    back = refund_total(state, refund(state, by, now, share))  # type: ignore[arg-type]
    assert 0 <= back.amount <= state.paid.amount
