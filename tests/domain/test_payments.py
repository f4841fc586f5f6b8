"""Each thing a provider tells has its one consequence, however late, early or often it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.booking.decisions import cancel
from domain.booking.facts import (
    BookingCancelled,
    BookingCheckedIn,
    BookingConfirmed,
    BookingEvent,
    BookingExpired,
    PaymentCaptured,
    PaymentRefunded,
)
from domain.booking.notices import (
    Authorised,
    Captured,
    Challenged,
    Declined,
    DisputeEnded,
    DisputeOpened,
    Notice,
    PaidOut,
    PayoutDeclined,
    RefundDeclined,
    Refunded,
)
from domain.booking.paying import confirm, pay
from domain.booking.payment_facts import (
    DisputeClosed,
    NextAction,
    PaymentAuthorised,
    PaymentCapturedAgain,
    PaymentChallenged,
    PaymentDisputed,
    PaymentFailed,
    PaymentRequested,
    PayoutAdjusted,
    PayoutDue,
    PayoutFailed,
    PayoutPaid,
    PayoutScheduled,
    RefundFailed,
    RefundRequested,
)
from domain.booking.payouts import pay_out, schedule
from domain.booking.settling import settle
from domain.booking.state import Booking, PaymentStatus, evolve
from domain.money import Money
from domain.refusals import HoldLapsed, NoSuch, PaymentDeclined, PolicyForbids
from tests.domain.facts import BOOKING, NOW, requested
from tests.domain.scenario import Given, given
from tests.domain.test_booking import CHECK_IN, LAPSE

PAYMENT, SECOND, NEW, PAYOUT = (UUID(int=n) for n in (21, 22, 23, 24))
WHOLE = Money(200_000, "SEK")
ACTION = NextAction(kind="challenge", url="https://bank.example/prove")

asked = PaymentRequested(payment_id=PAYMENT, method="card", amount=WHOLE, purpose="booking")
again = PaymentRequested(payment_id=SECOND, method="other", amount=WHOLE, purpose="booking")
authorised = PaymentAuthorised(payment_id=PAYMENT, reference="r1")
failed = PaymentFailed(payment_id=PAYMENT, code="card_declined", why="No.")
captured = PaymentCaptured(payment_id=PAYMENT, method="card", amount=WHOLE)
stands = BookingConfirmed(booking_id=BOOKING)
lapsed = BookingExpired(expired_at=LAPSE)
paid = (requested(), asked, authorised, captured, stands)
arrived = (*paid, BookingCheckedIn(at=CHECK_IN))
due_at = CHECK_IN + timedelta(hours=24)
scheduled = PayoutScheduled(payout_id=PAYOUT, amount=WHOLE, due_at=due_at)

CAPTURED = Captured(payment_id=PAYMENT, reference="r1", amount=WHOLE)
DECLINED = Declined(payment_id=PAYMENT, code="card_declined", why="No.")
OPENED = DisputeOpened(payment_id=PAYMENT, dispute="d1", amount=Money(50_000, "SEK"), why="fraud")
disputed = PaymentDisputed(payment_id=PAYMENT, dispute="d1", amount=OPENED.amount, why="fraud")


def ended(outcome: str) -> DisputeEnded:
    return DisputeEnded(
        payment_id=PAYMENT,
        dispute="d1",
        amount=OPENED.amount,
        why="fraud",
        outcome=outcome,  # type: ignore[arg-type]
    )


def back(why: str, payment: UUID = PAYMENT, amount: int = 200_000) -> RefundRequested:
    return RefundRequested(
        refund_id=NEW,
        payment_id=payment,
        amount=Money(amount, "SEK"),
        why=why,  # type: ignore[arg-type]
    )


def booking(*facts: BookingEvent) -> Given[Booking]:
    return given(evolve, *facts)


def told(
    notice: Notice, *, free: bool = False, now: datetime = NOW
) -> Callable[[Booking], list[BookingEvent]]:
    return lambda state: settle(state, notice, new_id=NEW, free=free, now=now)


def folded(*facts: BookingEvent) -> Booking:
    state: Booking | None = None
    for fact in facts:
        state = evolve(state, fact)
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("before", "notice", "follows"),
    [
        ((requested(), asked, authorised), CAPTURED, (captured, stands)),
        ((requested(), asked), CAPTURED, (authorised, captured, stands)),
        ((requested(), asked), Authorised(payment_id=PAYMENT, reference="r1"), (authorised,)),
        (
            (requested(), asked),
            Challenged(payment_id=PAYMENT, action=ACTION),
            (PaymentChallenged(payment_id=PAYMENT, action=ACTION),),
        ),
        ((requested(), asked), DECLINED, (failed,)),
        ((requested(), asked, failed), CAPTURED, (authorised, captured, stands)),
        ((requested(), asked, failed), DECLINED, ()),
        (paid, DECLINED, ()),
        (paid, CAPTURED, ()),
        (paid, Authorised(payment_id=PAYMENT, reference="r1"), ()),
        (paid, Challenged(payment_id=PAYMENT, action=ACTION), ()),
    ],
    ids=[
        "captured after it was authorised: confirmed",
        "captured before it was authorised: both are recorded, and it is confirmed",
        "authorised: the reference is kept",
        "challenged: the guest is told what to do",
        "declined: the hold stands",
        "failed, then captured: confirmed",
        "declined twice: once",
        "declined after it was captured: no news",
        "captured twice under one reference: once",
        "authorised after it was captured: no news",
        "challenged after it was captured: no news",
    ],
)
def test_a_payment_ends_where_it_should(
    before: tuple[BookingEvent, ...], notice: Notice, follows: tuple[BookingEvent, ...]
) -> None:
    booking(*before).when(told(notice)).then(*follows)


@pytest.mark.parametrize(
    ("before", "free", "now", "follows"),
    [
        ((requested(), asked, authorised), True, LAPSE, (captured, stands)),
        ((requested(), asked, authorised, lapsed), True, LAPSE, (captured, stands)),
        ((requested(), asked, authorised), False, LAPSE, (captured, lapsed, back("dates_taken"))),
        ((requested(), asked, authorised, lapsed), False, LAPSE, (captured, back("dates_taken"))),
    ],
    ids=[
        "lapsed a moment ago, still free: confirmed",
        "tidied away, still free: confirmed",
        "lapsed a moment ago, taken by now: refunded in full",
        "tidied away, taken by now: refunded in full",
    ],
)
def test_paid_after_the_hold_lapsed(
    before: tuple[BookingEvent, ...],
    free: bool,  # noqa: FBT001 - a column of the table
    now: datetime,
    follows: tuple[BookingEvent, ...],
) -> None:
    booking(*before).when(told(CAPTURED, free=free, now=now)).then(*follows)


def test_what_is_captured_a_second_time_goes_back() -> None:
    twice = Captured(payment_id=PAYMENT, reference="r2", amount=WHOLE)
    doubled = PaymentCapturedAgain(payment_id=PAYMENT, reference="r2", amount=WHOLE)
    state = booking(*paid).when(told(twice)).then(doubled, back("overpaid"))
    assert settle(state, twice, new_id=NEW, free=False, now=NOW) == []
    assert (state.payment_status, state.account.net) == ("captured", WHOLE)


def test_of_two_payments_that_both_succeed_the_second_goes_back() -> None:
    other = Captured(payment_id=SECOND, reference="r9", amount=WHOLE)
    booking(requested(), asked, again, authorised, captured, stands).when(told(other)).then(
        PaymentAuthorised(payment_id=SECOND, reference="r9"),
        PaymentCaptured(payment_id=SECOND, method="other", amount=WHOLE),
        back("overpaid", SECOND),
    )


def test_money_that_arrives_after_a_cancellation_goes_back() -> None:
    [cancelled] = cancel(folded(requested(), asked, authorised), "guest", None, NEW, NOW)
    assert isinstance(cancelled, BookingCancelled)
    assert cancelled.refund_total == Money(0, "SEK")
    booking(requested(), asked, authorised, cancelled).when(told(CAPTURED)).then(
        captured, back("cancelled")
    )


def test_a_refund_is_done_once_and_a_failed_one_may_still_succeed() -> None:
    asked_back = back("overpaid")
    done = PaymentRefunded(refund_id=NEW, amount=WHOLE)
    not_done = RefundFailed(refund_id=NEW, code="closed", why="No account.")
    declined = RefundDeclined(refund_id=NEW, code="closed", why="No account.")
    facts = (*paid, asked_back)
    booking(*facts).when(told(Refunded(refund_id=NEW))).then(done)
    booking(*facts, done).when(told(Refunded(refund_id=NEW))).then_nothing()
    booking(*facts, done).when(told(declined)).then_nothing()
    booking(*facts).when(told(declined)).then(not_done)
    booking(*facts, not_done).when(told(Refunded(refund_id=NEW))).then(done)


@pytest.mark.parametrize(
    "notice",
    [
        Captured(payment_id=SECOND, reference="x", amount=WHOLE),
        Refunded(refund_id=SECOND),
        PaidOut(payout_id=SECOND, reference="x"),
    ],
)
def test_what_was_never_asked_for_is_refused(notice: Notice) -> None:
    booking(*paid).when(told(notice)).then_refused(NoSuch)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((requested(),), "none"),
        ((requested(), asked), "pending"),
        ((requested(), asked, failed), "failed"),
        ((requested(), asked, failed, again), "pending"),
        (paid, "captured"),
        ((*paid, disputed), "disputed"),
        ((*paid, disputed, DisputeClosed(dispute="d1", outcome="won")), "captured"),
        ((*paid, disputed, DisputeClosed(dispute="d1", outcome="lost")), "refunded"),
        ((requested(), asked, lapsed), "none"),
        ((requested(), asked, lapsed, captured, back("dates_taken")), "captured"),
        (
            (
                *(requested(), asked, lapsed, captured, back("dates_taken")),
                PaymentRefunded(refund_id=NEW, amount=WHOLE),
            ),
            "refunded",
        ),
    ],
    ids=[
        "nothing asked for",
        "asked for",
        "declined",
        "asked for again",
        "here",
        "disputed",
        "disputed and won",
        "disputed and lost",
        "under way when there is nothing to pay any more",
        "here too late, on its way back",
        "gone back",
    ],
)
def test_the_payment_status_says_where_the_money_is(
    facts: tuple[BookingEvent, ...], status: PaymentStatus
) -> None:
    assert folded(*facts).payment_status == status


def test_a_declined_payment_is_not_tried_again_under_its_own_id() -> None:
    booking(requested(), asked, failed).when(
        lambda state: confirm(state, PAYMENT, "card", NOW)
    ).then_refused(PaymentDeclined, reason="card_declined")
    booking(requested(), asked, failed).when(
        lambda state: confirm(state, SECOND, "other", NOW)
    ).then(again)


def test_a_payment_under_way_is_joined_unless_the_method_is_another() -> None:
    booking(requested(), asked).when(
        lambda state: confirm(state, SECOND, "card", NOW)
    ).then_nothing()
    booking(requested(), asked).when(lambda state: confirm(state, SECOND, "other", NOW)).then(again)


def test_only_what_is_due_can_be_paid() -> None:
    booking(*paid).when(lambda state: pay(state, SECOND, "card", NOW)).then_refused(PolicyForbids)
    booking(requested()).when(lambda state: pay(state, SECOND, "card", LAPSE)).then_refused(
        HoldLapsed
    )


def test_the_host_is_paid_a_day_after_check_in() -> None:
    came = BookingCheckedIn(at=CHECK_IN)
    state = (
        booking(*paid)
        .when(lambda state: schedule(state, [came], PAYOUT, CHECK_IN))
        .then(came, scheduled)
    )
    assert pay_out(state, due_at - timedelta(microseconds=1)) == []
    due = PayoutDue(payout_id=PAYOUT, amount=WHOLE)
    assert pay_out(state, due_at) == [due]
    state = evolve(state, due)
    assert pay_out(state, due_at) == []
    notice = PaidOut(payout_id=PAYOUT, reference="p1")
    [sent] = settle(state, notice, new_id=NEW, free=False, now=due_at)
    assert sent == PayoutPaid(payout_id=PAYOUT, amount=WHOLE, reference="p1")
    state = evolve(state, sent)
    assert state.account.held == Money(0, "SEK")
    assert settle(state, notice, new_id=NEW, free=False, now=due_at) == []


def test_a_payout_that_failed_is_tried_again_a_day_later() -> None:
    due = PayoutDue(payout_id=PAYOUT, amount=WHOLE)
    declined = PayoutDeclined(payout_id=PAYOUT, code="closed", why="No account.")
    later = due_at + timedelta(hours=24)
    booking(*arrived, scheduled, due).when(told(declined, now=due_at)).then(
        PayoutFailed(payout_id=PAYOUT, code="closed", why="No account."),
        PayoutScheduled(payout_id=NEW, amount=WHOLE, due_at=later),
    )


def test_a_dispute_reduces_the_payout_until_it_is_won() -> None:
    less = PayoutAdjusted(payout_id=PAYOUT, amount=Money(150_000, "SEK"), why="dispute")
    state = booking(*arrived, scheduled).when(told(OPENED, now=CHECK_IN)).then(disputed, less)
    assert settle(state, OPENED, new_id=NEW, free=False, now=CHECK_IN) == []
    assert settle(state, ended("won"), new_id=NEW, free=False, now=CHECK_IN) == [
        DisputeClosed(dispute="d1", outcome="won"),
        PayoutAdjusted(payout_id=PAYOUT, amount=WHOLE, why="dispute_won"),
    ]
    [closed] = settle(state, ended("lost"), new_id=NEW, free=False, now=CHECK_IN)
    state = evolve(state, closed)
    assert state.account.charged_back == Money(50_000, "SEK")
    assert settle(state, ended("lost"), new_id=NEW, free=False, now=CHECK_IN) == []


def test_a_dispute_that_is_told_of_only_when_it_ended_is_recorded_whole() -> None:
    booking(*paid).when(told(ended("lost"))).then(
        disputed, DisputeClosed(dispute="d1", outcome="lost")
    )


def test_what_a_won_dispute_held_back_is_paid_out_at_once() -> None:
    some = PayoutDue(payout_id=PAYOUT, amount=Money(150_000, "SEK"))
    facts = (*arrived, scheduled, disputed, some)
    events = settle(
        folded(*facts),
        ended("won"),
        new_id=NEW,
        free=False,
        now=due_at,
    )
    assert [type(event) for event in events] == [DisputeClosed, PayoutScheduled, PayoutDue]
    assert events[-1].amount == Money(50_000, "SEK")  # type: ignore[union-attr]
