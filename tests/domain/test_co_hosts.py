"""A host chooses who may act for them, and in what."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.listing.co_hosts import add_co_host, remove_co_host
from domain.listing.decisions import draft
from domain.listing.facts import (
    CoHostAdded,
    CoHostPermissionsSet,
    CoHostRemoved,
    ListingEvent,
    Permission,
)
from domain.listing.state import EVERYTHING, Listing, evolve
from domain.refusals import InvalidOffer, ListingArchived, NoSuch
from tests.domain.facts import GUEST, HOST, LISTING, OTHER, offer, published
from tests.domain.scenario import Given, When

ADDED = CoHostAdded(account_id=OTHER, permissions=("bookings", "messages"))
REMOVED = CoHostRemoved(account_id=OTHER)


def listing(*facts: ListingEvent) -> Given[Listing]:
    state = published()
    for fact in facts:
        state = evolve(state, fact)
    return Given(state, evolve)


def adding(given: Given[Listing], *permissions: Permission, who: UUID = OTHER) -> When[Listing]:
    return given.when(lambda state: add_co_host(state, who, permissions))


def test_a_co_host_may_do_what_they_were_given_and_no_more() -> None:
    state = adding(listing(), "messages", "bookings", "messages").then(ADDED)
    assert state.permissions_of(OTHER) == {"bookings", "messages"}
    assert state.permissions_of(HOST) == EVERYTHING
    assert state.permissions_of(GUEST) == state.permissions_of(None) == set()


def test_giving_the_same_again_is_nothing() -> None:
    adding(listing(ADDED), "bookings", "messages").then_nothing()


def test_other_permissions_replace_those_before() -> None:
    changed = CoHostPermissionsSet(account_id=OTHER, permissions=("calendar",))
    state = adding(listing(ADDED), "calendar").then(changed)
    assert state.permissions_of(OTHER) == {"calendar"}


def test_who_was_removed_may_do_nothing_and_may_come_back() -> None:
    state = listing(ADDED).when(lambda state: remove_co_host(state, OTHER)).then(REMOVED)
    assert state.permissions_of(OTHER) == set()
    back = CoHostPermissionsSet(account_id=OTHER, permissions=("bookings", "messages"))
    adding(listing(ADDED, REMOVED), "bookings", "messages").then(back)


def test_only_co_hosts_are_removed() -> None:
    for facts, who in [((), OTHER), ((ADDED, REMOVED), OTHER), ((ADDED,), HOST), ((), HOST)]:
        listing(*facts).when(lambda state, who=who: remove_co_host(state, who)).then_refused(
            NoSuch, what="co-host"
        )


def test_what_makes_no_sense_is_refused() -> None:
    adding(listing(), "calendar", who=HOST).then_refused(InvalidOffer, field="email")
    adding(listing()).then_refused(InvalidOffer, field="permissions")
    archived = Given(replace(published(), status="archived"), evolve)
    adding(archived, "calendar").then_refused(ListingArchived)


@pytest.mark.parametrize(
    ("facts", "sees"),
    [((), False), ((ADDED,), True), ((ADDED, REMOVED), False)],
    ids=["a stranger does not", "a co-host does", "one who was removed does not"],
)
def test_a_draft_is_seen_by_those_who_act_for_its_host(
    *, facts: tuple[ListingEvent, ...], sees: bool
) -> None:
    state: Listing | None = None
    for fact in (*draft(LISTING, HOST, offer()), *facts):
        state = evolve(state, fact)
    assert state is not None
    assert state.seen_by(OTHER) is sees
    assert state.seen_by(HOST)


@for_all(
    tried=st.lists(
        st.tuples(
            st.sampled_from([OTHER, GUEST]),
            st.frozensets(st.sampled_from(sorted(EVERYTHING))),
        ),
        max_size=12,
    )
)
def test_a_person_is_added_once_and_ends_with_what_was_given_last(
    tried: list[tuple[UUID, frozenset[Permission]]],
) -> None:
    state, made = published(), list[ListingEvent]()
    for who, permissions in tried:
        before = state.permissions_of(who)
        if permissions:
            events = add_co_host(state, who, permissions)
        elif before:
            events = remove_co_host(state, who)
        else:
            continue
        for event in events:
            state = evolve(state, event)
        assert state.permissions_of(who) == permissions
        made += events
    added = [event.account_id for event in made if isinstance(event, CoHostAdded)]
    assert len(added) == len(set(added))
