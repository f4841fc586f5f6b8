"""For each refusal that a decision of the domain makes, the shortest way to be refused so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

from domain.account.decisions import MOST_EXPORTS, check_verified, request_export, verify
from domain.account.state import Account
from domain.account.state import evolve as evolve_account
from domain.booking.decisions import approve, request
from domain.booking.facts import BookingCompleted, BookingConfirmed, BookingEvent
from domain.booking.paying import confirm, outcome
from domain.booking.payment_facts import PaymentFailed, PaymentRequested
from domain.booking.state import Booking
from domain.booking.state import evolve as evolve_booking
from domain.booking.staying import check_in, mark_no_show
from domain.calendar.decisions import block, lift
from domain.calendar.state import EMPTY, Calendar
from domain.calendar.state import evolve as evolve_calendar
from domain.conversation.decisions import inquire
from domain.listing.decisions import change, publish
from domain.listing.state import Listing
from domain.money import Money
from domain.promotion.coupon import chosen, coupon_lines
from domain.promotion.decisions import check_open, create
from domain.promotion.terms import PromotionTerms
from domain.quote.decisions import check_rules, quote
from domain.quote.state import Quote
from domain.quote.state import evolve as evolve_quote
from domain.review.decisions import REVIEW_WITHIN, Written, reply, review
from domain.review.facts import GuestReviewed, HostReviewed, ReviewReplied, ReviewsPublished
from domain.review.state import EMPTY as NO_REVIEWS
from domain.review.state import ReviewPair
from domain.review.state import evolve as evolve_review
from domain.rules.dates import DateOverride
from domain.rules.document import Rules
from domain.rules.schedule import Opening, Schedule
from domain.slot import Slot
from domain.stay import Stay
from domain.waitlist.decisions import check_offered, join
from domain.waitlist.state import NOBODY, Entry
from domain.webhook.decisions import MOST, Wanted, check_active
from domain.webhook.decisions import register as register_endpoint
from domain.webhook.state import Endpoint
from tests.domain.coupons import CODE, coupon, line, promotion
from tests.domain.facts import (
    BLOCK,
    BOOKING,
    GUEST,
    HOST,
    LISTING,
    NOW,
    OTHER,
    QUOTE,
    held,
    nights,
    offer,
    published,
    requested,
)

PAYMENT, REVIEW = UUID(int=51), UUID(int=52)
TWO_NIGHTS = nights(1, 3)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SAID = Written(rating=4, text="Light and quiet.")
STUDIO = replace(
    published(kind="slot"),
    rules=Rules(schedule=Schedule(opening=(Opening(weekday=2, opens=time(9), closes=time(17)),))),
)
TUESDAY_NOON = NOW + 23 * HOUR
"""Noon in Stockholm on the day after now, when the studio is open."""


def stay(listing: Listing, asked: Stay = TWO_NIGHTS, *, guests: int = 1, units: int = 1) -> None:
    check_rules(listing, asked, guests, units, NOW)


def with_rules(rules: Rules) -> Listing:
    return replace(published(), rules=rules)


def by_the_hour(start: timedelta, length: timedelta = HOUR) -> None:
    slot = Slot(TUESDAY_NOON + start, TUESDAY_NOON + start + length)
    check_rules(STUDIO, slot.days(STUDIO.time_zone), 1, 1, NOW, slot)


def booking(*facts: BookingEvent, needs_approval: bool = False) -> Booking:
    state = evolve_booking(None, requested(needs_approval=needs_approval))
    for fact in facts:
        state = evolve_booking(state, fact)
    return state


def taken() -> Calendar:
    return evolve_calendar(EMPTY, held(nights(1, 3)))


def blocking(calendar: Calendar, units: int) -> None:
    block(
        calendar,
        listing_id=LISTING,
        capacity=1,
        claim_id=BLOCK,
        stay=nights(1, 3),
        units=units,
        reason=None,
        today=NOW.date(),
        now=NOW,
    )


def quoted() -> Quote:
    [made] = quote(
        published(),
        1,
        quote_id=QUOTE,
        guest_id=GUEST,
        stay=nights(1, 3),
        guests=1,
        units=1,
        now=NOW,
    )
    return evolve_quote(None, made)


STAYED = booking(BookingConfirmed(booking_id=BOOKING), BookingCompleted(at=NOW))


def reviewed() -> ReviewPair:
    common = {"booking_id": BOOKING, "listing_id": LISTING, "rating": 4, "text": "Fine."}
    common |= {"private_note": None, "at": NOW, "closes_at": NOW + REVIEW_WITHIN}
    guest = GuestReviewed(review_id=REVIEW, author_id=GUEST, **common)  # type: ignore[arg-type]
    host = HostReviewed(review_id=OTHER, author_id=HOST, **common)  # type: ignore[arg-type]
    pair = NO_REVIEWS
    for event in (guest, host, ReviewsPublished(booking_id=BOOKING, at=NOW)):
        pair = evolve_review(pair, event)
    return pair


def reviewing(pair: ReviewPair, after: timedelta = timedelta(0)) -> None:
    review(pair, STAYED, "guest", SAID, review_id=REVIEW, author_id=GUEST, now=NOW + after)


def replied_twice() -> None:
    answered = ReviewReplied(review_id=REVIEW, author_id=HOST, text="Thanks.", at=NOW)
    pair = evolve_review(reviewed(), answered)
    reply(pair, REVIEW, "host", "Thanks again.", author_id=HOST, now=NOW)


def declined() -> None:
    asked = PaymentRequested(
        payment_id=PAYMENT, method="sandbox", amount=booking().total, purpose="booking"
    )
    failed = PaymentFailed(payment_id=PAYMENT, code="card_declined", why="No money.")
    outcome(booking(asked, failed), PAYMENT, NOW)


def entry() -> Entry:
    return Entry(
        id=OTHER,
        guest_id=GUEST,
        stay=nights(1, 3),
        guests=1,
        units=1,
        joined_at=NOW,
        closes_at=NOW + 9 * DAY,
        number=1,
        status="offered",
        offered_until=NOW + HOUR,
    )


def wait_for_free_nights() -> None:
    join(
        NOBODY,
        EMPTY,
        published(),
        entry_id=OTHER,
        guest_id=GUEST,
        stay=nights(1, 3),
        guests=1,
        units=1,
        now=NOW,
    )


def export_too_often() -> None:
    account = NOBODY_VERIFIED
    for number in range(MOST_EXPORTS + 1):
        for fact in request_export(account, UUID(int=900 + number), NOW):
            account = evolve_account(account, fact)


ENDPOINT = Endpoint(
    id=BLOCK, owner_id=HOST, scope="host", url="https://93.184.215.14/", events=(), description=""
)
NOBODY_VERIFIED = Account(id=GUEST, name="Gunnel", email="gunnel@example.com")
MADE = PromotionTerms(share=1_000)

DECISIONS: dict[str, Callable[[], object]] = {
    "currency_mismatch": lambda: Money(1, "SEK") + Money(1, "EUR"),
    "amount_too_large": lambda: Money(2**62, "SEK") + Money(2**62, "SEK"),
    "dates_reversed": lambda: Stay(NOW.date(), NOW.date()),
    "slot_reversed": lambda: Slot(NOW, NOW),
    "wrong_dates": lambda: stay(STUDIO),
    "slot_past": lambda: by_the_hour(-DAY),
    "not_a_slot": lambda: by_the_hour(timedelta(minutes=7)),
    "outside_opening_hours": lambda: by_the_hour(HOUR, 9 * HOUR),
    "dates_past": lambda: stay(published(), Stay(NOW.date() - DAY, NOW.date())),
    "beyond_horizon": lambda: stay(with_rules(Rules(horizon_days=9))),
    "below_minimum_stay": lambda: stay(published(minimum_nights=3)),
    "above_maximum_stay": lambda: stay(published(maximum_nights=1)),
    "no_guests": lambda: stay(published(), guests=0),
    "too_many_guests": lambda: stay(published(), guests=5),
    "too_many_units": lambda: blocking(EMPTY, 2),
    "nights_taken": lambda: blocking(taken(), 1),
    "units_claimed": lambda: change(
        published(units=2), evolve_calendar(EMPTY, held(nights(1, 3), unit=1)), offer(), NOW
    ),
    "listing_not_published": lambda: inquire(
        replace(published(), status="unpublished"), OTHER, GUEST, NOW
    ),
    "listing_incomplete": lambda: publish(replace(published(), status="draft", price=None)),
    "invalid_value": lambda: offer(units=0),
    "listing_archived": lambda: change(
        replace(published(), status="archived"), EMPTY, offer(title="Attic"), NOW
    ),
    "quote_expired": lambda: request(BOOKING, quoted(), published(), (0,), NOW + 2 * HOUR),
    "hold_lapsed": lambda: confirm(booking(), PAYMENT, "sandbox", NOW + DAY),
    "payment_declined": declined,
    "policy_forbids": lambda: approve(STAYED, NOW),
    "too_early": lambda: check_in(booking(BookingConfirmed(booking_id=BOOKING)), NOW),
    "reason_required": lambda: mark_no_show(booking(), "platform", None, NOW),
    "not_yours": lambda: inquire(published(), OTHER, HOST, NOW),
    "not_found": lambda: lift(EMPTY, BLOCK),
    "email_unverified": lambda: check_verified(NOBODY_VERIFIED),
    "link_spent": lambda: verify(replace(NOBODY_VERIFIED, verified=True)),
    "unknown_coupon": lambda: chosen(CODE, []),
    "coupon_withdrawn": lambda: check_open(replace(promotion(), withdrawn=True), GUEST, NOW),
    "coupon_not_yet_valid": lambda: check_open(promotion(valid_from=NOW + DAY), GUEST, NOW),
    "coupon_expired": lambda: check_open(promotion(valid_until=NOW), GUEST, NOW),
    "coupon_used_up": lambda: check_open(promotion(redemptions=0), GUEST, NOW),
    "coupon_not_for_this": lambda: coupon_lines(
        coupon(promotion(minimum_nights=9)), [line(100)], listing_id=LISTING, stay=nights(1, 3)
    ),
    "code_taken": lambda: create(promotion(), HOST, CODE, MADE),
    "reviews_closed": lambda: reviewing(NO_REVIEWS, REVIEW_WITHIN),
    "already_reviewed": lambda: reviewing(reviewed()),
    "already_replied": replied_twice,
    "notice_too_short": lambda: stay(with_rules(Rules(notice_hours=24 * 365))),
    "arrival_not_allowed": lambda: stay(with_rules(Rules(arrival_days=(6,)))),
    "departure_not_allowed": lambda: stay(with_rules(Rules(departure_days=(6,)))),
    "date_closed": lambda: stay(
        replace(
            published(),
            overrides=(
                DateOverride(start=nights(1, 2).arrive, end=nights(1, 2).depart, closed=True),
            ),
        )
    ),
    "dates_free": wait_for_free_nights,
    "too_many_exports": export_too_often,
    "too_many_endpoints": lambda: register_endpoint(
        BOOKING, GUEST, "host", Wanted(url="https://93.184.215.14/"), others=MOST, networks=()
    ),
    "endpoint_disabled": lambda: check_active(replace(ENDPOINT, status="disabled")),
    "offer_lapsed": lambda: check_offered(entry(), NOW + 2 * HOUR),
}
