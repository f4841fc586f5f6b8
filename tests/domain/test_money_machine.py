"""A booking, its guest, its host and a provider who tells things late, twice and in any order."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.booking.allowed import may_change
from domain.booking.changing import change
from domain.booking.decisions import cancel, expire
from domain.booking.facts import BookingEvent
from domain.booking.notices import (
    Authorised,
    Captured,
    Declined,
    DisputeEnded,
    DisputeOpened,
    Notice,
    PaidOut,
    PayoutDeclined,
    Refunded,
)
from domain.booking.paying import confirm, pay
from domain.booking.payouts import pay_out, schedule
from domain.booking.receiving import needs_nights
from domain.booking.settling import settle
from domain.booking.state import Booking, Status, evolve
from domain.booking.staying import check_in
from domain.money import Money
from domain.refusals import Refusal
from tests.domain.facts import NOW, nights, requested
from tests.domain.test_booking import CHECK_IN, LAPSE
from tests.domain.test_changes import quoted

ALLOWED: dict[Status, set[Status]] = {
    "held": {"confirmed", "cancelled", "expired"},
    "expired": {"confirmed"},
    "confirmed": {"cancelled", "checked_in"},
}
"""Where a status may go from each; from the others it goes nowhere here."""


class MoneyMachine(RuleBasedStateMachine):
    """``took`` and ``gave`` are the provider's own books, which the account must come to match."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = 1000
        self.now = NOW
        self.nights_free = True
        self.told: list[Notice] = []
        self.took = self.gave = self.lost = self.sent = 0
        self.refunded: set[UUID] = set()
        self.paid_out: set[UUID] = set()

    @initialize(nightly=st.sampled_from([50_000, 100_000]))
    def begin(self, nightly: int) -> None:
        self.booking: Booking = evolve(None, requested(nightly=nightly))

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def record(self, events: list[BookingEvent]) -> None:
        for event in events:
            before = self.booking.status
            self.booking = evolve(self.booking, event)
            if self.booking.status != before:
                assert self.booking.status in ALLOWED.get(before, set()), (before, event)

    def tell(self, notice: Notice) -> None:
        """The provider tells; the booking hears of it whenever the machine delivers it."""
        self.told.append(notice)

    @rule(method=st.sampled_from(["card", "other"]))
    def guest_pays(self, method: str) -> None:
        decide = confirm if self.booking.status == "held" else pay
        try:
            self.record(decide(self.booking, self.new_id(), method, self.now))
        except Refusal:
            assert self.booking.status_at(self.now) != "held"

    @precondition(lambda self: self.booking.account.payments)
    @rule(data=st.data(), again=st.booleans())
    def provider_takes_money(self, data: st.DataObject, again: bool) -> None:  # noqa: FBT001 - drawn
        payment = data.draw(st.sampled_from(self.booking.account.payments))
        reference = f"{payment.id}{'-again' if again else ''}"
        notice = Captured(payment_id=payment.id, reference=reference, amount=payment.amount)
        if notice not in self.told:
            self.took += payment.amount.amount
            self.tell(notice)

    @precondition(lambda self: self.booking.account.payments)
    @rule(data=st.data(), fails=st.booleans())
    def provider_tells_of_the_way(self, data: st.DataObject, fails: bool) -> None:  # noqa: FBT001 - drawn
        payment = data.draw(st.sampled_from(self.booking.account.payments))
        if fails:
            self.tell(Declined(payment_id=payment.id, code="card_declined", why="No."))
        else:
            self.tell(Authorised(payment_id=payment.id, reference=str(payment.id)))

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        """Any of what was told, again or for the first time."""
        self.settle(data.draw(st.sampled_from(self.told)))

    def settle(self, notice: Notice) -> None:
        free = needs_nights(self.booking, notice, self.now) and self.nights_free
        again = {"new_id": self.new_id(), "free": free, "now": self.now}
        self.record(settle(self.booking, notice, **again))  # type: ignore[arg-type]
        assert settle(self.booking, notice, **again) == []  # type: ignore[arg-type]

    @rule()
    def provider_gives_back(self) -> None:
        for refund in self.booking.account.refunds:
            if refund.id not in self.refunded:
                self.refunded.add(refund.id)
                self.gave += refund.amount.amount
                self.tell(Refunded(refund_id=refund.id))

    @rule()
    def provider_pays_the_host(self) -> None:
        for payout in self.booking.account.payouts:
            if payout.state == "due" and payout.id not in self.paid_out:
                self.paid_out.add(payout.id)
                self.sent += payout.amount.amount
                self.tell(PaidOut(payout_id=payout.id, reference="p"))

    @precondition(lambda self: any(p.state == "due" for p in self.booking.account.payouts))
    @rule()
    def provider_can_t_pay_the_host(self) -> None:
        for payout in self.booking.account.payouts:
            if payout.state == "due" and payout.id not in self.paid_out:
                self.tell(PayoutDeclined(payout_id=payout.id, code="closed", why="No account."))

    @precondition(lambda self: self.booking.account.captured.amount and not self.lost)
    @rule(outcome=st.sampled_from(["won", "lost", "open"]))
    def bank_disputes(self, outcome: str) -> None:
        payment = next(p for p in self.booking.account.payments if p.captured.amount)
        if self.booking.account.refundable(payment).amount < 1000:
            return
        amount = Money(1000, "SEK")
        same = {"payment_id": payment.id, "dispute": outcome, "amount": amount, "why": "fraud"}
        self.tell(DisputeOpened(**same))  # type: ignore[arg-type]
        ended = DisputeEnded(**same, outcome=outcome)  # type: ignore[arg-type]
        if outcome != "open" and ended not in self.told:
            self.lost += 1000 if outcome == "lost" else 0
            self.tell(ended)

    @rule(by=st.sampled_from(["guest", "host"]))
    def cancelled(self, by: str) -> None:
        try:
            self.record(cancel(self.booking, by, None, self.new_id(), self.now))  # type: ignore[arg-type]
        except Refusal:
            assert self.booking.status_at(self.now) not in ("held", "confirmed")

    @precondition(lambda self: may_change(self.booking, self.now))
    @rule(length=st.integers(1, 5))
    def changed(self, length: int) -> None:
        made = quoted(nights(10, 10 + length))
        self.record(
            change(self.booking, made, (0,), payment_id=self.new_id(), refund_id=self.new_id())
        )

    @precondition(lambda self: self.now < LAPSE)
    @rule(taken=st.booleans(), tidied=st.booleans())
    def the_hold_s_time_is_over(self, taken: bool, tidied: bool) -> None:  # noqa: FBT001 - drawn
        self.now = LAPSE
        self.nights_free = not taken
        if tidied or taken:
            self.record(expire(self.booking, self.now))

    @precondition(lambda self: self.booking.status == "confirmed")
    @rule()
    def the_guest_arrives(self) -> None:
        self.now = max(self.now, CHECK_IN)
        events = check_in(self.booking, self.now)
        self.record(schedule(self.booking, events, self.new_id(), self.now))

    @rule()
    def a_day_passes_after_check_in(self) -> None:
        if self.booking.account.payouts:
            self.now = max(self.now, CHECK_IN) + timedelta(days=1)
            self.record(pay_out(self.booking, self.now))

    @invariant()
    def no_payment_gives_back_more_than_it_brought(self) -> None:
        if not hasattr(self, "booking"):
            return
        account = self.booking.account
        for payment in account.payments:
            assert 0 <= account.going_back(payment.id).amount <= payment.captured.amount
        assert account.refunded.amount <= account.captured.amount
        assert self.booking.paid.amount >= 0 or account.charged_back.amount

    @invariant()
    def money_in_is_money_out_and_money_held(self) -> None:
        if not hasattr(self, "booking"):
            return
        account = self.booking.account
        held = sum(p.captured.amount for p in account.payments)
        held -= sum(r.amount.amount for r in account.refunds if r.state == "refunded")
        held -= sum(d.amount.amount for d in account.disputes if d.state == "lost")
        held -= sum(p.amount.amount for p in account.payouts if p.state == "paid")
        assert account.held.amount == held

    def teardown(self) -> None:
        """When all has been heard, in whatever order, the books agree and nobody paid too much."""
        if not hasattr(self, "booking"):
            return
        while self.told:
            told, self.told = self.told, []
            for notice in reversed(told):
                self.settle(notice)
            self.provider_gives_back()
            self.provider_pays_the_host()
        account = self.booking.account
        assert account.captured.amount == self.took
        assert account.refunded.amount == self.gave
        assert account.charged_back.amount == self.lost
        assert account.paid_out.amount == self.sent
        assert account.held.amount == self.took - self.gave - self.lost - self.sent
        if not account.disputed.amount and not account.charged_back.amount:
            assert self.booking.due.amount >= 0, "something was overpaid and kept"


TestMoney = MoneyMachine.TestCase
TestMoney.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
