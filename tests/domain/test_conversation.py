"""Two sides write to each other, and know what the other has read."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.booking.facts import Side
from domain.conversation.decisions import inquire, mark_read, send
from domain.conversation.facts import (
    ConversationEvent,
    InquiryOpened,
    MessageSent,
    MessagesRead,
)
from domain.conversation.state import EMPTY, Conversation, evolve
from domain.listing.co_hosts import add_co_host
from domain.listing.decisions import draft
from domain.listing.state import Listing
from domain.listing.state import evolve as evolve_listing
from domain.refusals import ListingNotPublished, NoSuch, NotYours
from tests.domain.facts import GUEST, HOST, LISTING, NOW, OTHER, offer, published
from tests.domain.scenario import Given, given

INQUIRY = UUID(int=41)
FIRST, SECOND, THIRD = UUID(int=51), UUID(int=52), UUID(int=53)


def sent(identity: UUID, side: Side) -> MessageSent:
    sender = GUEST if side == "guest" else HOST
    return MessageSent(message_id=identity, sender=sender, side=side, text="Hello!", at=NOW)


def read(side: Side, up_to: UUID) -> MessagesRead:
    by = GUEST if side == "guest" else HOST
    return MessagesRead(by=by, side=side, up_to=up_to, at=NOW)


def conversation(*facts: ConversationEvent) -> Given[Conversation]:
    return given(evolve, *facts, empty=EMPTY)


def test_a_message_waits_to_be_read_by_the_other_side() -> None:
    state = (
        conversation()
        .when(lambda _: send("guest", message_id=FIRST, sender=GUEST, text="Hello!", now=NOW))
        .then(sent(FIRST, "guest"))
    )
    assert not state.is_read(0)
    assert (state.unread("guest"), state.unread("host")) == (0, 1)


TALK = (sent(FIRST, "guest"), sent(SECOND, "host"), sent(THIRD, "guest"))


@pytest.mark.parametrize(
    ("marks", "guest_unread", "host_unread", "seen"),
    [
        ((), 1, 2, [False, False, False]),
        ((read("host", FIRST),), 1, 1, [True, False, False]),
        ((read("host", THIRD),), 1, 0, [True, False, True]),
        ((read("guest", SECOND),), 0, 2, [False, True, False]),
        ((read("host", THIRD), read("host", FIRST)), 1, 0, [True, False, True]),
        ((read("guest", THIRD), read("host", THIRD)), 0, 0, [True, True, True]),
        ((read("guest", UUID(int=99)),), 1, 2, [False, False, False]),
    ],
    ids=["nobody read", "the host read one", "the host read all", "the guest read the answer",
         "reading does not go back", "both read all", "a mark on no message"],
)  # fmt: skip
def test_reading_is_known_up_to_a_message(
    marks: tuple[MessagesRead, ...], guest_unread: int, host_unread: int, seen: list[bool]
) -> None:
    state = EMPTY
    for fact in (*TALK, *marks):
        state = evolve(state, fact)
    assert (state.unread("guest"), state.unread("host")) == (guest_unread, host_unread)
    assert [state.is_read(n) for n in range(3)] == seen


def test_reading_again_is_nothing_and_reading_on_is() -> None:
    half = conversation(*TALK, read("host", SECOND))
    half.when(lambda state: mark_read(state, "host", by=HOST, up_to=FIRST, now=NOW)).then_nothing()
    half.when(lambda state: mark_read(state, "host", by=HOST, up_to=SECOND, now=NOW)).then_nothing()
    half.when(lambda state: mark_read(state, "host", by=HOST, up_to=THIRD, now=NOW)).then(
        read("host", THIRD)
    )
    unknown = UUID(int=99)
    half.when(lambda state: mark_read(state, "host", by=HOST, up_to=unknown, now=NOW)).then_refused(
        NoSuch, what="message"
    )


def test_a_stranger_asks_about_a_published_listing() -> None:
    asked = inquire(published(), INQUIRY, GUEST, NOW)
    assert asked == [
        InquiryOpened(inquiry_id=INQUIRY, listing_id=LISTING, guest_id=GUEST, host_id=HOST, at=NOW)
    ]
    state = evolve(None, asked[0])
    assert state.inquiry is not None
    assert (state.inquiry.guest_id, state.messages) == (GUEST, ())


def test_nobody_asks_themselves_or_about_what_is_not_offered() -> None:
    helped = published()
    for fact in add_co_host(helped, OTHER, ["calendar"]):
        helped = evolve_listing(helped, fact)
    for own in (HOST, OTHER):
        with pytest.raises(NotYours):
            inquire(helped, INQUIRY, own, NOW)
    state: Listing | None = None
    for fact in draft(LISTING, HOST, offer()):
        state = evolve_listing(state, fact)
    assert state is not None
    with pytest.raises(ListingNotPublished):
        inquire(state, INQUIRY, GUEST, NOW)


facts = st.lists(
    st.one_of(
        st.builds(sent, st.builds(UUID, int=st.integers(1, 6)), st.sampled_from(["guest", "host"])),
        st.builds(read, st.sampled_from(["guest", "host"]), st.builds(UUID, int=st.integers(1, 8))),
        st.just(
            InquiryOpened(
                inquiry_id=INQUIRY, listing_id=LISTING, guest_id=GUEST, host_id=HOST, at=NOW
            )
        ),
    ),
    max_size=20,
)


@for_all(history=facts)
def test_evolve_never_fails_loses_no_message_and_never_unreads(
    history: list[ConversationEvent],
) -> None:
    state = EMPTY
    for fact in history:
        before, state = state, evolve(state, fact)
        assert state.messages[: len(before.messages)] == before.messages
        for side in ("guest", "host"):
            assert before.read_by(side) <= state.read_by(side) <= len(state.messages)
            assert 0 <= state.unread(side) <= len(state.messages)
    assert len(state.messages) == sum(isinstance(fact, MessageSent) for fact in history)
