"""Neither side reads the other's review first, and each is written once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.booking.facts import (
    BookingCancelled,
    BookingCheckedIn,
    BookingCompleted,
    BookingConfirmed,
    BookingEvent,
    BookingMarkedNoShow,
    Side,
)
from domain.booking.state import Booking
from domain.booking.state import evolve as evolve_booking
from domain.money import Money
from domain.refusals import NoSuch, NotYours, PolicyForbids, Refusal
from domain.review.decisions import REVIEW_WITHIN, Written, may_review, publish, reply, review
from domain.review.facts import (
    GuestReviewed,
    HostReviewed,
    ReviewEvent,
    ReviewReplied,
    ReviewsPublished,
)
from domain.review.rating import Rating
from domain.review.refusals import AlreadyReplied, AlreadyReviewed, ReviewsClosed
from domain.review.state import EMPTY, ReviewPair, evolve
from tests.domain.facts import BOOKING, GUEST, HOST, LISTING, NOW, requested
from tests.domain.scenario import Given, given

LEFT = NOW + timedelta(days=100)
CLOSES = LEFT + REVIEW_WITHIN
MOMENT = timedelta(microseconds=1)
OF_GUEST, OF_HOST = UUID(int=31), UUID(int=32)
SAID = Written(rating=4, text="Light and quiet.", private_note="The tap drips.")


def lived(*facts: BookingEvent) -> Booking:
    """The booking after it was confirmed and ``facts`` followed."""
    state: Booking | None = None
    for fact in (requested(), BookingConfirmed(booking_id=BOOKING), *facts):
        state = evolve_booking(state, fact)
    assert state is not None
    return state


STAYED = lived(BookingCheckedIn(at=LEFT - timedelta(days=2)), BookingCompleted(at=LEFT))


def by_guest(at: datetime = LEFT) -> GuestReviewed:
    return GuestReviewed(
        review_id=OF_GUEST, booking_id=BOOKING, listing_id=LISTING, author_id=GUEST,
        rating=4, text=SAID.text, private_note=SAID.private_note, at=at, closes_at=CLOSES,
    )  # fmt: skip


def by_host(at: datetime = LEFT) -> HostReviewed:
    return HostReviewed(
        review_id=OF_HOST, booking_id=BOOKING, listing_id=LISTING, author_id=HOST,
        rating=4, text=SAID.text, private_note=SAID.private_note, at=at, closes_at=CLOSES,
    )  # fmt: skip


def published(at: datetime = LEFT) -> ReviewsPublished:
    return ReviewsPublished(booking_id=BOOKING, at=at)


def reviewing(
    side: Side, now: datetime = LEFT, booking: Booking = STAYED
) -> Callable[[ReviewPair], Sequence[ReviewEvent]]:
    identity, author = (OF_GUEST, GUEST) if side == "guest" else (OF_HOST, HOST)
    return lambda pair: review(
        pair, booking, side, SAID, review_id=identity, author_id=author, now=now
    )


def replying(
    side: Side, to: UUID, now: datetime = LEFT
) -> Callable[[ReviewPair], Sequence[ReviewEvent]]:
    author = GUEST if side == "guest" else HOST
    return lambda pair: reply(pair, to, side, "Thanks.", author_id=author, now=now)


def pair(*facts: ReviewEvent) -> Given[ReviewPair]:
    return given(evolve, *facts, empty=EMPTY)


def test_the_first_to_write_waits_for_the_other() -> None:
    state = pair().when(reviewing("guest")).then(by_guest())
    assert not state.published(LEFT)
    assert state.opens_at == CLOSES


def test_the_second_to_write_publishes_both() -> None:
    later = LEFT + timedelta(days=3)
    state = pair(by_guest()).when(reviewing("host", later)).then(by_host(later), published(later))
    assert state.published(later)
    other = pair(by_host()).when(reviewing("guest", later)).then(by_guest(later), published(later))
    assert other.published(later)


def test_a_side_writes_once() -> None:
    pair(by_guest()).when(reviewing("guest")).then_refused(AlreadyReviewed, booking_id=BOOKING)
    closed = pair(by_guest(), published(CLOSES))
    closed.when(reviewing("guest", CLOSES)).then_refused(AlreadyReviewed)
    written = evolve(EMPTY, by_guest())
    assert not may_review(written, STAYED, "guest", LEFT)
    assert may_review(written, STAYED, "host", LEFT)


@pytest.mark.parametrize("side", ["guest", "host"])
@pytest.mark.parametrize(
    ("now", "open_"),
    [(LEFT, True), (CLOSES - MOMENT, True), (CLOSES, False), (CLOSES + timedelta(days=9), False)],
    ids=["at once", "up to the last moment of 14 days", "not at the end of them", "nor later"],
)
def test_a_stay_is_reviewed_within_14_days(*, side: Side, now: datetime, open_: bool) -> None:
    assert may_review(EMPTY, STAYED, side, now) is open_
    when = pair().when(reviewing(side, now))
    if open_:
        when.then(by_guest(now) if side == "guest" else by_host(now))
    else:
        when.then_refused(ReviewsClosed, closed_at=CLOSES)


NOTHING_BACK = BookingCancelled(by="guest", reason=None, refund=(), refund_total=Money.zero("SEK"))


@pytest.mark.parametrize(
    ("booking", "status"),
    [
        (evolve_booking(None, requested()), "expired"),
        (lived(), "confirmed"),
        (lived(BookingCheckedIn(at=LEFT)), "checked_in"),
        (lived(NOTHING_BACK), "cancelled"),
        (lived(BookingMarkedNoShow(at=LEFT, reason=None)), "no_show"),
    ],
    ids=["not of a hold that lapsed", "not before arrival", "not during the stay",
         "not of a cancelled one", "not of one where nobody came"],
)  # fmt: skip
@pytest.mark.parametrize("side", ["guest", "host"])
def test_only_a_completed_stay_is_reviewed(booking: Booking, status: str, side: Side) -> None:
    when = pair().when(reviewing(side, booking=booking))
    when.then_refused(PolicyForbids, action="review the stay", status=status)


SOON, LATE = LEFT + timedelta(days=1), CLOSES
WHO_SEES_WHAT: dict[str, tuple[tuple[ReviewEvent, ...], datetime, set[Side], set[Side]]] = {
    "nothing is written": ((), SOON, set(), set()),
    "only the guest wrote": ((by_guest(),), SOON, {"guest"}, set()),
    "only the host wrote": ((by_host(),), SOON, set(), {"host"}),
    "only the guest wrote, a moment before the end": (
        (by_guest(),), CLOSES - MOMENT, {"guest"}, set(),
    ),
    "only the guest wrote, and the time is over": ((by_guest(),), LATE, {"guest"}, {"guest"}),
    "only the host wrote, and the time is over": ((by_host(),), LATE, {"host"}, {"host"}),
    "the same, tidied up": ((by_host(), published(CLOSES)), LATE, {"host"}, {"host"}),
    "both wrote": (
        (by_guest(), by_host(SOON), published(SOON)), SOON,
        {"guest", "host"}, {"guest", "host"},
    ),
    "both wrote, long ago": (
        (by_host(), by_guest(SOON), published(SOON)), LATE + timedelta(days=400),
        {"guest", "host"}, {"guest", "host"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WHO_SEES_WHAT)
def test_who_may_see_what_when(what: str) -> None:
    facts, now, guest_sees, host_sees = WHO_SEES_WHAT[what]
    state = EMPTY
    for fact in facts:
        state = evolve(state, fact)
    assert {each.by for each in state.seen_by("guest", now)} == guest_sees
    assert {each.by for each in state.seen_by("host", now)} == host_sees
    # Everybody else reads what both sides read, and only then.
    everybody = {each.by for each in state.reviews} if state.published(now) else set[Side]()
    assert everybody == guest_sees & host_sees


@pytest.mark.parametrize(
    ("facts", "now", "happens"),
    [
        ((), LATE, False),
        ((by_guest(),), CLOSES - MOMENT, False),
        ((by_guest(),), CLOSES, True),
        ((by_host(),), CLOSES + timedelta(days=30), True),
        ((by_guest(), by_host(), published()), LATE, False),
        ((by_guest(), published(CLOSES)), LATE, False),
    ],
    ids=["nobody wrote", "too early", "it is time", "the timer is late", "both wrote",
         "it was published already"],
)  # fmt: skip
def test_a_timer_publishes_as_of_the_end_of_the_time(
    *, facts: tuple[ReviewEvent, ...], now: datetime, happens: bool
) -> None:
    when = pair(*facts).when(lambda state: publish(state, now))
    if happens:
        when.then(published(CLOSES))
    else:
        when.then_nothing()


def test_the_reviewed_side_answers_once_it_may_read() -> None:
    both = (by_guest(), by_host(), published())
    answer = ReviewReplied(review_id=OF_GUEST, author_id=HOST, text="Thanks.", at=LEFT)
    state = pair(*both).when(replying("host", OF_GUEST)).then(answer)
    assert state.guest is not None
    assert state.guest.reply is not None
    assert (state.guest.reply.text, state.host) == ("Thanks.", evolve(EMPTY, by_host()).host)
    pair(*both, answer).when(replying("host", OF_GUEST)).then_refused(AlreadyReplied)
    pair(*both, answer).when(replying("guest", OF_HOST)).then(
        replace(answer, review_id=OF_HOST, author_id=GUEST)
    )


def test_a_reply_after_the_time_publishes_what_nobody_tidied() -> None:
    answer = ReviewReplied(review_id=OF_GUEST, author_id=HOST, text="Thanks.", at=CLOSES)
    pair(by_guest()).when(replying("host", OF_GUEST, CLOSES)).then(published(CLOSES), answer)


@pytest.mark.parametrize(
    ("facts", "side", "to", "refusal"),
    [
        ((), "host", OF_GUEST, NoSuch),
        ((by_guest(),), "host", OF_GUEST, NoSuch),
        ((by_guest(),), "guest", OF_GUEST, NotYours),
        ((by_guest(), by_host(), published()), "guest", OF_GUEST, NotYours),
        ((by_guest(), by_host(), published()), "guest", UUID(int=99), NoSuch),
    ],
    ids=["nothing is written", "not published yet: as if it were not there",
         "one's own, not published", "one's own", "another's"],
)  # fmt: skip
def test_nobody_answers_what_they_may_not(
    facts: tuple[ReviewEvent, ...], side: Side, to: UUID, refusal: type[Refusal]
) -> None:
    pair(*facts).when(replying(side, to)).then_refused(refusal)


@pytest.mark.parametrize(
    ("counts", "count", "hundredths"),
    [
        ((0, 0, 0, 0, 0), 0, 0),
        ((0, 0, 0, 0, 1), 1, 500),
        ((1, 0, 0, 0, 1), 2, 300),
        ((0, 0, 0, 1, 2), 3, 467),
        ((0, 0, 0, 2, 1), 3, 433),
        ((7, 1, 0, 0, 0), 8, 112),
        ((5, 3, 0, 0, 0), 8, 138),
    ],
    ids=["no review", "one", "the middle", "two thirds up", "a third down", "half to the even one",
         "half to the even one, upwards"],
)  # fmt: skip
def test_the_average_is_rounded_once_half_to_even(
    counts: tuple[int, int, int, int, int], count: int, hundredths: int
) -> None:
    assert (Rating(counts).count, Rating(counts).hundredths) == (count, hundredths)


# What people try: whoever writes, replies or tidies up, at hours after completion.
Attempt = tuple[str, Side, int]
attempts = st.lists(
    st.tuples(
        st.sampled_from(["review", "reply", "publish"]),
        st.sampled_from(["guest", "host"]),
        st.integers(min_value=0, max_value=24 * 16),
    ),
    max_size=12,
)


def histories(tried: list[Attempt]) -> list[tuple[datetime, ReviewPair, list[ReviewEvent]]]:
    """The state after each attempt, in the order of time, and what that attempt made happen."""
    state, found = EMPTY, list[tuple[datetime, ReviewPair, list[ReviewEvent]]]()
    for what, side, hours in sorted(tried, key=lambda attempt: attempt[2]):
        now = LEFT + timedelta(hours=hours)
        other: UUID = OF_HOST if side == "guest" else OF_GUEST
        try:
            match what:
                case "review":
                    events = list(reviewing(side, now)(state))
                case "reply":
                    events = list(replying(side, other, now)(state))
                case _:
                    events = publish(state, now)
        except Refusal:
            events = []
        for event in events:
            state = evolve(state, event)
        found.append((now, state, events))
    return found


@for_all(tried=attempts)
def test_a_review_is_never_seen_early(tried: list[Attempt]) -> None:
    for now, state, _ in histories(tried):
        both = state.guest is not None and state.host is not None
        for side in ("guest", "host"):
            foreign = [each for each in state.seen_by(side, now) if each.by != side]
            assert not foreign or both or now >= CLOSES


@for_all(tried=attempts)
def test_reviews_are_published_once_and_nothing_is_written_afterwards(tried: list[Attempt]) -> None:
    events = [event for _, _, made in histories(tried) for event in made]
    places = [n for n, event in enumerate(events) if isinstance(event, ReviewsPublished)]
    assert len(places) <= 1
    written = [n for n, e in enumerate(events) if isinstance(e, GuestReviewed | HostReviewed)]
    replied = [n for n, e in enumerate(events) if isinstance(e, ReviewReplied)]
    assert all(n < places[0] for n in written if places)
    assert all(places and n > places[0] for n in replied)


@for_all(tried=attempts)
def test_what_is_seen_stays_seen(tried: list[Attempt]) -> None:
    for side in ("guest", "host"):
        seen = [{r.id for r in state.seen_by(side, now)} for now, state, _ in histories(tried)]
        assert all(before <= after for before, after in pairwise(seen))


@for_all(tried=attempts)
def test_tidying_up_changes_nothing_that_anybody_sees(tried: list[Attempt]) -> None:
    for now, state, _ in histories(tried):
        tidied = state
        for event in publish(state, now):
            tidied = evolve(tidied, event)
        assert tidied.opens_at == state.opens_at
        for moment in (LEFT, now, CLOSES, CLOSES + timedelta(days=1)):
            for side in ("guest", "host"):
                assert tidied.seen_by(side, moment) == state.seen_by(side, moment)


anything = st.lists(
    st.sampled_from(
        [
            by_guest(), by_host(), published(), published(CLOSES),
            ReviewReplied(review_id=OF_GUEST, author_id=HOST, text="Thanks.", at=CLOSES),
            ReviewReplied(review_id=UUID(int=99), author_id=HOST, text="?", at=CLOSES),
        ]
    ),
    max_size=8,
)  # fmt: skip


@for_all(facts=anything)
def test_evolve_never_fails(facts: list[ReviewEvent]) -> None:
    state = EMPTY
    for fact in facts:
        state = evolve(state, fact)
    assert len(state.reviews) <= 2
