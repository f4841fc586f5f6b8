"""Laws that hold for whatever people do with one listing: each use case, in any order, at any time.

Doing something again changes nothing; what is stored makes the states that were lived through; and
every read model is the same however its events come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commands.accept_offer import AcceptOffer, accept_offer
from commands.approve_booking import ApproveBooking, approve_booking
from commands.block_dates import BlockDates, block_dates
from commands.book import Book, book
from commands.cancel_booking import CancelBooking, cancel_booking
from commands.change_booking import ChangeBooking, change_booking
from commands.change_listing import ChangeListing, change_listing
from commands.check_in_guest import CheckInGuest, check_in_guest
from commands.complete_booking import CompleteBooking, complete_booking
from commands.confirm_booking import ConfirmBooking, confirm_booking
from commands.context import Context
from commands.conversing import About
from commands.create_listing import CreateListing, create_listing
from commands.create_promotion import CreatePromotion, create_promotion
from commands.decline_booking import DeclineBooking, decline_booking
from commands.execute import Asked, Outcome
from commands.expire_hold import ExpireHold, expire_hold
from commands.finish_stay import FinishStay, finish_stay
from commands.join_waitlist import JoinWaitlist, join_waitlist
from commands.leave_waitlist import LeaveWaitlist, leave_waitlist
from commands.lift_block import LiftBlock, lift_block
from commands.make_quote import MakeQuote, make_quote
from commands.mark_messages_read import MarkMessagesRead, mark_messages_read
from commands.mark_no_show import MarkNoShow, mark_no_show
from commands.offer_dates import OfferDates, offer_dates
from commands.pay_booking import PayBooking, pay_booking
from commands.pay_out import PayOut, pay_out
from commands.publish_listing import PublishListing, publish_listing
from commands.publish_reviews import PublishReviews, publish_reviews
from commands.quote_change import QuoteChange, quote_change
from commands.receipts import ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.reply_to_review import ReplyToReview, reply_to_review
from commands.review_stay import ReviewStay, review_stay
from commands.send_message import SendMessage, send_message
from commands.settle_payment import SettlePayment, settle_payment
from commands.unpublish_listing import UnpublishListing, unpublish_listing
from commands.work import Work
from domain.booking.notices import Captured, Declined
from domain.booking.state import Booking
from domain.calendar import state as calendar
from domain.conversation import state as conversation
from domain.folding import after
from domain.local_time import instant
from domain.money import Money
from domain.promotion.terms import PromotionTerms
from domain.recorded import Recorded
from domain.refusals import Refusal
from domain.review import state as review
from domain.review.decisions import Written
from domain.stay import Stay
from domain.streams import category
from domain.waitlist import state as waitlist
from eventlog.codec import decode, encode
from projections.account.projector import ACCOUNT
from projections.booking.projector import BOOKING
from projections.conversation.projector import CONVERSATION
from projections.listing_page.projector import LISTING as LISTING_PAGE
from projections.parts import Part
from projections.promotion.projector import PROMOTION
from projections.reviews.projector import REVIEWS
from projections.waitlist.projector import WAITLIST
from streams import folding, search_generation
from tests.commands.in_memory import EVOLVE, InMemory
from tests.domain.facts import GUEST, HOST, LISTING, NOW, OTHER, nights, offer
from tests.projections.history import History

M = TypeVar("M")

PEOPLE = st.sampled_from([HOST, GUEST, OTHER])
GUESTS = st.sampled_from([GUEST, OTHER])
STAYS = st.sampled_from([nights(10, 12), nights(10, 11), nights(11, 13), nights(12, 13)])
ZONE = "Europe/Stockholm"
CODE = "SPRING"


class Town(RuleBasedStateMachine):
    """One listing and two guests; ``parts`` and ``found`` are read models that follow the log."""

    def __init__(self) -> None:
        super().__init__()
        self.world = InMemory()
        self.now = NOW
        self.ids = (UUID(int=number) for number in count(1000))
        self.quotes: list[tuple[UUID, UUID]] = []
        self.history = History()
        self.parts: dict[Any, Part[Any]] = {}
        self.found: dict[Any, Any] = {}

    def do(
        self,
        handle: Callable[[M, Work], object],
        message: M,
        actor: UUID | None,
        *,
        anew: bool = False,
    ) -> bool:
        """Whether ``message`` is accepted; again, with its key or without, nothing happens.

        What is done ``anew`` begins something under a name of its own, which happens once.
        """
        before = len(self.world.happened)
        try:
            done = self.execute(handle, message, actor, key := str(next(self.ids)))
        except Refusal:
            assert len(self.world.happened) == before, "a refusal left something behind"
            return False
        total = len(self.world.happened)
        replayed = self.execute(handle, message, actor, key)
        assert (replayed.replayed, replayed.response) == (True, done.response)
        if not anew:
            with suppress(Refusal):
                self.execute(handle, message, actor, str(next(self.ids)))
        assert len(self.world.happened) == total, f"{message} happened twice"
        self.follow(before)
        return True

    def execute(
        self, handle: Callable[[M, Work], object], message: M, actor: UUID | None, key: str
    ) -> Outcome[Any]:
        receipt = ReceiptRequest(account_id=actor or LISTING, key=key, fingerprint=b"same")
        context = Context(actor=actor, correlation_id="test", receipt=receipt, at=self.now)
        asked: Asked[Any, Any] = Asked(handle, message, context, lambda _: answered(key))
        [done] = self.world.execute([asked])
        return done

    def follow(self, before: int) -> None:
        """The read models apply what has been added, as one batch."""
        added: list[Recorded] = []
        for each in self.world.happened[before:]:
            added += self.history.add(each.stream, stored(each.event), key=UUID(each.key))
        self.apply(added)

    def apply(self, events: list[Recorded]) -> None:
        self.parts |= folding.folded(self.parts, events)
        self.found |= search_generation.folded(self.found, events)

    @property
    def bookings(self) -> list[Booking]:
        return list(self.world.states("booking"))

    def state_of(self, stream: str) -> Any:
        known = self.world.streams.get(f"{stream}-{LISTING}")
        return known.state if known else None

    @initialize(instant=st.booleans(), units=st.integers(1, 2))
    def open(self, instant: bool, units: int) -> None:  # noqa: FBT001 - drawn
        for person in (HOST, GUEST, OTHER):
            message = RegisterAccount(account_id=person, name="Somebody")
            self.do(register_account, message, person, anew=True)
        made = offer(instant=instant, units=units)
        listing = CreateListing(listing_id=LISTING, host_id=HOST, offer=made)
        self.do(create_listing, listing, HOST, anew=True)
        self.do(publish_listing, PublishListing(listing_id=LISTING), HOST)
        terms = PromotionTerms(share=1_000, redemptions=1)
        self.do(create_promotion, CreatePromotion(host_id=HOST, code=CODE, terms=terms), HOST)

    @rule(guest=GUESTS, stay=STAYS, coupon=st.sampled_from([None, CODE]), pays=st.booleans())
    def a_guest_books(
        self, guest: UUID, stay: Stay, coupon: str | None, pays: bool  # noqa: FBT001 - drawn
    ) -> None:  # fmt: skip
        quoting = MakeQuote(
            quote_id=next(self.ids), listing_id=LISTING, guest_id=guest, stay=stay, guests=1,
            coupon=coupon,
        )  # fmt: skip
        if not self.do(make_quote, quoting, guest, anew=True):
            return
        booking = Book(booking_id=next(self.ids), quote_id=quoting.quote_id)
        if self.do(book, booking, guest, anew=True) and pays:
            self.pay(booking.booking_id, guest)

    def pay(self, booking_id: UUID, guest: UUID) -> None:
        """The host approves where they are asked to, the guest pays, and the money is here."""
        self.do(approve_booking, ApproveBooking(booking_id=booking_id), HOST)
        paying = ConfirmBooking(booking_id=booking_id, payment_id=next(self.ids))
        self.do(confirm_booking, paying, guest)
        booking: Booking = self.world.streams[f"booking-{booking_id}"].state
        if latest := booking.account.latest:
            notice = Captured(payment_id=latest.id, reference="r", amount=latest.amount)
            self.do(settle_payment, SettlePayment(booking_id=booking_id, notice=notice), None)

    def review(self, booking_id: UUID, who: UUID) -> None:
        written = Written(rating=4, text="Light and quiet.", private_note="The tap drips.")
        review = ReviewStay(booking_id=booking_id, review_id=next(self.ids), written=written)
        self.do(review_stay, review, who)

    @precondition(lambda self: any(each.status == "confirmed" for each in self.bookings))
    @rule(data=st.data(), ends=st.booleans())
    def a_stay_begins(self, data: st.DataObject, ends: bool) -> None:  # noqa: FBT001 - drawn
        standing = [each for each in self.bookings if each.status == "confirmed"]
        booking = data.draw(st.sampled_from(standing))
        self.now = max(self.now, booking.check_in)
        self.do(check_in_guest, CheckInGuest(booking_id=booking.id), HOST)
        if ends:
            self.do(complete_booking, CompleteBooking(booking_id=booking.id), HOST)
            self.review(booking.id, booking.guest_id)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), by=st.sampled_from(["guest", "guest", "host", "host", "stranger"]))
    def somebody_acts(self, data: st.DataObject, by: str) -> None:
        """Mostly the guest or the host of a booking; what they may not do is refused."""
        booking = data.draw(st.sampled_from(self.bookings))
        who = {"guest": booking.guest_id, "host": HOST}.get(by, OTHER)
        one, name = booking.id, next(self.ids)
        acts: dict[str, list[tuple[Callable[[Any, Work], object], object]]] = {
            "guest": [
                (confirm_booking, ConfirmBooking(booking_id=one, payment_id=name)),
                (pay_booking, PayBooking(booking_id=one, payment_id=name, method="card")),
                (cancel_booking, CancelBooking(booking_id=one, refund_id=name)),
            ],
            "host": [
                (approve_booking, ApproveBooking(booking_id=one)),
                (decline_booking, DeclineBooking(booking_id=one)),
                (cancel_booking, CancelBooking(booking_id=one, refund_id=name)),
                (check_in_guest, CheckInGuest(booking_id=one)),
                (complete_booking, CompleteBooking(booking_id=one)),
                (mark_no_show, MarkNoShow(booking_id=one)),
            ],
        }
        handle, message = data.draw(st.sampled_from(acts.get(by) or acts["guest"] + acts["host"]))
        self.do(handle, message, who)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), stay=STAYS)
    def a_guest_changes_the_dates(self, data: st.DataObject, stay: Stay) -> None:
        booking = data.draw(st.sampled_from(self.bookings))
        quoting = QuoteChange(quote_id=next(self.ids), booking_id=booking.id, stay=stay, guests=2)
        if self.do(quote_change, quoting, booking.guest_id, anew=True):
            changing = ChangeBooking(
                booking_id=booking.id,
                quote_id=quoting.quote_id,
                payment_id=next(self.ids),
                refund_id=next(self.ids),
            )
            self.do(change_booking, changing, booking.guest_id)

    @precondition(lambda self: any(each.account.payments for each in self.bookings))
    @rule(data=st.data(), fails=st.sampled_from([False, False, True]))
    def the_provider_tells(self, data: st.DataObject, fails: bool) -> None:  # noqa: FBT001 - drawn
        paying = [each for each in self.bookings if each.account.payments]
        booking = data.draw(st.sampled_from(paying))
        payment = data.draw(st.sampled_from(booking.account.payments))
        notice = Captured(payment_id=payment.id, reference="r", amount=payment.amount)
        if fails:
            notice = Declined(payment_id=payment.id, code="card_declined", why="No.")
        self.do(settle_payment, SettlePayment(booking_id=booking.id, notice=notice), None)

    @rule(stay=STAYS, price=st.integers(1, 3), closes=st.sampled_from([False, False, True]))
    def the_host_tends_the_listing(
        self, stay: Stay, price: int, closes: bool  # noqa: FBT001 - drawn
    ) -> None:  # fmt: skip
        if closes:
            self.do(unpublish_listing, UnpublishListing(listing_id=LISTING), HOST)
        self.do(
            block_dates,
            BlockDates(listing_id=LISTING, block_id=next(self.ids), stay=stay, units=1),
            HOST,
            anew=True,
        )
        version = self.world.streams[f"listing-{LISTING}"].version
        changed = ChangeListing(
            listing_id=LISTING,
            expected=version,
            revise=lambda listing: offer(
                instant=listing.instant, units=listing.units, price=Money(price * 50_000, "SEK")
            ),
        )
        self.do(change_listing, changed, HOST)
        self.do(publish_listing, PublishListing(listing_id=LISTING), HOST)

    @precondition(lambda self: self.state_of("calendar"))
    @rule(data=st.data())
    def the_host_lifts_a_claim(self, data: st.DataObject) -> None:
        claims = sorted(self.state_of("calendar").claims)
        if claims:
            one = data.draw(st.sampled_from(claims))
            self.do(lift_block, LiftBlock(listing_id=LISTING, block_id=one), HOST, anew=True)

    @rule(guest=GUESTS, stay=STAYS)
    def a_guest_waits(self, guest: UUID, stay: Stay) -> None:
        waiting = JoinWaitlist(
            entry_id=next(self.ids), listing_id=LISTING, guest_id=guest, guests=1, stay=stay
        )
        self.do(join_waitlist, waiting, guest)

    @precondition(lambda self: self.state_of("waitlist"))
    @rule(data=st.data(), leaves=st.booleans())
    def a_guest_leaves_the_line_or_takes_an_offer(
        self, data: st.DataObject, leaves: bool  # noqa: FBT001 - drawn
    ) -> None:  # fmt: skip
        entry = data.draw(st.sampled_from(list(self.state_of("waitlist").entries.values())))
        if leaves:
            message = LeaveWaitlist(listing_id=LISTING, entry_id=entry.id)
            self.do(leave_waitlist, message, entry.guest_id)
            return
        taking = AcceptOffer(quote_id=next(self.ids), listing_id=LISTING, entry_id=entry.id)
        if self.do(accept_offer, taking, entry.guest_id, anew=True):
            booking = Book(booking_id=next(self.ids), quote_id=taking.quote_id)
            self.do(book, booking, entry.guest_id, anew=True)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), who=PEOPLE)
    def somebody_writes(self, data: st.DataObject, who: UUID) -> None:
        one = data.draw(st.sampled_from(self.bookings)).id
        about, name = About(kind="booking", id=one), next(self.ids)
        self.do(
            send_message, SendMessage(about=about, message_id=name, text="Hello"), who, anew=True
        )
        talk = self.world.streams.get(f"conversation-{one}")
        if talk and talk.state.messages:
            last = talk.state.messages[-1].id
            self.do(mark_messages_read, MarkMessagesRead(about=about, up_to=last), who)
        self.review(one, who)
        pair = self.world.streams.get(f"review-{one}")
        for each in pair.state.reviews if pair else ():
            answer = ReplyToReview(booking_id=one, review_id=each.id, text="Thanks.")
            self.do(reply_to_review, answer, who)

    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        self.now = data.draw(st.sampled_from(moments(self.now)))

    @rule()
    def timers_fire(self) -> None:
        self.do(offer_dates, OfferDates(listing_id=LISTING), None)
        for each in self.bookings:
            self.do(expire_hold, ExpireHold(booking_id=each.id), None)
            self.do(finish_stay, FinishStay(booking_id=each.id), None)
            self.do(pay_out, PayOut(booking_id=each.id), None)
            self.do(publish_reviews, PublishReviews(booking_id=each.id), None)

    @precondition(lambda self: self.history.events)
    @rule(data=st.data())
    def a_worker_reads_again(self, data: st.DataObject) -> None:
        """From anywhere, in batches of any size: what it has applied already changes nothing."""
        events = self.history.events
        start = data.draw(st.integers(0, len(events) - 1))
        end = data.draw(st.integers(start, len(events)))
        before = dict(self.parts), dict(self.found)
        self.apply(events[start:end])
        assert (self.parts, self.found) == before

    @invariant()
    def what_is_stored_makes_the_states_that_were_lived_through(self) -> None:
        by_stream: dict[str, list[Any]] = {}
        for recorded in self.history.events:
            by_stream.setdefault(recorded.stream, []).append(recorded.event)
        assert by_stream.keys() == self.world.streams.keys()
        for stream, events in by_stream.items():
            lived = self.world.streams[stream]
            assert len(events) == lived.version
            empty = EMPTY.get(category(stream))
            assert after(empty, EVOLVE[category(stream)], events) == lived.state, stream

    @invariant()
    def every_page_shows_the_state_that_was_lived_through(self) -> None:
        for key, part in self.parts.items():
            assert key.kind.decode(key.kind.encode(part.state)) == part.state, key
            if key.kind in SHOWN:
                lived = self.world.streams[f"{key.kind.stream}-{key.document}"]
                assert (part.state, part.version) == (lived.state, lived.version), key

    def teardown(self) -> None:
        """Built anew in one go, each read model is as it was when it followed along."""
        assert folding.folded({}, self.history.events) == self.parts
        assert search_generation.folded({}, self.history.events) == self.found


SHOWN = (LISTING_PAGE, BOOKING, REVIEWS, CONVERSATION, WAITLIST, ACCOUNT, PROMOTION)
"""The read models that are the state of a stream; the others make something else of it."""

EMPTY: Mapping[str, Any] = {
    "calendar": calendar.EMPTY,
    "waitlist": waitlist.NOBODY,
    "review": review.EMPTY,
    "conversation": conversation.EMPTY,
}
"""Where a stream's fold begins; at nothing for the others."""


def moments(now: datetime) -> list[datetime]:
    """The instants ahead that matter most, the next one and the one after it among them."""
    day = timedelta(days=1)
    marks = [now + timedelta(minutes=15), now + day]
    for night in nights(10, 14).nights():
        marks += [instant(night, at, ZONE) for at in (time(0), time(11), time(15))]
    marks.append(instant(nights(10, 28).depart, time(12), ZONE))
    return sorted(mark for mark in marks if mark > now)[:4] or [now + day]


def answered(key: str) -> StoredResponse:
    return StoredResponse(status=200, body=key.encode(), headers={})


def stored(event: Any) -> Any:
    """``event`` as it is read from what is stored."""
    return decode(*encode(event))


TestTown = Town.TestCase
TestTown.settings = settings(max_examples=250, stateful_step_count=50, deadline=None)
