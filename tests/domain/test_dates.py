from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.listing.state import Listing, evolve
from domain.money import Money
from domain.refusals import CurrencyMismatch, InvalidOffer, ListingArchived
from domain.rules.dates import DateOverride, override_of, revised
from domain.rules.decisions import MOST_NIGHTS, DatesChange, Field, change_dates
from domain.rules.facts import DatesChanged
from tests.domain.facts import JUNE, NOW, published
from tests.domain.scenario import Given

TODAY = date(2027, 3, 1)
SEK = Money(100_000, "SEK")
DEARER = Money(150_000, "SEK")


def june(day: int) -> date:
    return JUNE + timedelta(days=day - 1)


def change(first: int, end: int, **fields: object) -> DatesChange:
    """What is set from the ``first`` of June up to the ``end``; None resets."""
    given: frozenset[Field] = frozenset(fields)  # type: ignore[arg-type]
    values = {name: value for name, value in fields.items() if value is not None}
    return DatesChange(start=june(first), end=june(end), given=given, **values)  # type: ignore[arg-type]


def said(first: int, end: int, **fields: object) -> DateOverride:
    return DateOverride(start=june(first), end=june(end), **fields)  # type: ignore[arg-type]


def after(*changes: DatesChange, listing: Listing | None = None) -> Listing:
    """The listing after each of ``changes``, made one by one."""
    state = listing or published()
    for each in changes:
        for event in change_dates(state, [each], NOW):
            state = evolve(state, event)
    return state


def test_dates_that_say_the_same_are_one_range() -> None:
    changes = [change(1, 5, price=SEK), change(5, 8, price=SEK), change(10, 11, closed=True)]
    Given(published(), evolve).when(lambda listing: change_dates(listing, changes, NOW)).then(
        DatesChanged(on=TODAY, overrides=(said(1, 8, price=SEK), said(10, 11, closed=True)))
    )


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ([change(1, 9, price=SEK)], (said(1, 9, price=SEK),)),
        (
            [change(1, 9, price=SEK), change(3, 5, price=DEARER)],
            (said(1, 3, price=SEK), said(3, 5, price=DEARER), said(5, 9, price=SEK)),
        ),
        (
            [change(1, 9, price=SEK), change(3, 5, price=None)],
            (said(1, 3, price=SEK), said(5, 9, price=SEK)),
        ),
        (
            [change(1, 5, price=SEK), change(3, 9, minimum_nights=2)],
            (
                said(1, 3, price=SEK),
                said(3, 5, price=SEK, minimum_nights=2),
                said(5, 9, minimum_nights=2),
            ),
        ),
        ([change(1, 5, closed=True), change(1, 5, closed=None)], ()),
        ([change(1, 5, closed=True), change(1, 5, closed=False)], ()),
        (
            [change(1, 5, closed=True), change(2, 3, price=SEK)],
            (said(1, 2, closed=True), said(2, 3, price=SEK, closed=True), said(3, 5, closed=True)),
        ),
        ([change(3, 5, price=SEK), change(1, 9, price=DEARER)], (said(1, 9, price=DEARER),)),
    ],
    ids=[
        "a range",
        "a range within a range",
        "null makes a hole",
        "fields that are left out stay",
        "null opens again",
        "false opens again",
        "a closed date has its price for later",
        "a range over a range",
    ],
)
def test_what_is_set_later_holds(
    changes: list[DatesChange], left: tuple[DateOverride, ...]
) -> None:
    assert after(*changes).overrides == left
    [together] = change_dates(published(), changes, NOW) or [DatesChanged(on=TODAY, overrides=())]
    assert evolve(published(), together).overrides == left


def test_what_is_set_already_is_nothing_new() -> None:
    listing = after(change(1, 9, price=SEK))
    again = [change(2, 4, price=SEK), change(20, 25, closed=False), change(20, 25, price=None)]
    assert change_dates(listing, again, NOW) == []
    assert change_dates(listing, [], NOW) == []


def test_what_is_past_is_dropped_by_the_next_change() -> None:
    past = DateOverride(start=TODAY - timedelta(days=9), end=TODAY, closed=True)
    today = DateOverride(start=TODAY - timedelta(days=1), end=TODAY + timedelta(days=1), price=SEK)
    listing = replace(published(), overrides=(past, today))
    assert after(change(1, 2, closed=True), listing=listing).overrides == (
        today,
        said(1, 2, closed=True),
    )


LAST = TODAY + timedelta(days=MOST_NIGHTS)
WRONG: list[tuple[str, list[DatesChange], str]] = [
    (
        "yesterday",
        [replace(change(1, 2, closed=True), start=TODAY - timedelta(days=1))],
        "changes.0.from",
    ),
    ("no night", [change(1, 2, closed=True), change(2, 2, closed=True)], "changes.1.to"),
    (
        "beyond all horizons",
        [replace(change(1, 2, closed=True), start=LAST, end=LAST + timedelta(days=1))],
        "changes.0.to",
    ),
    ("a minimum of nothing", [change(1, 2, minimum_nights=0)], "changes.0.minimum_nights"),
    ("a minimum of years", [change(1, 2, minimum_nights=731)], "changes.0.minimum_nights"),
    ("less than nothing", [change(1, 2, price=Money(-1, "SEK"))], "changes.0.price"),
    (
        "too many nights",
        [replace(change(1, 2, closed=True), start=TODAY, end=LAST), change(1, 2, closed=True)],
        "changes",
    ),
]


@pytest.mark.parametrize(
    ("changes", "field"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_dates_that_can_not_be_set_are_told_by_their_field(
    changes: list[DatesChange], field: str
) -> None:
    fine = change(1, 2, closed=True)
    with pytest.raises(InvalidOffer) as refused:
        change_dates(published(), changes, NOW)
    assert refused.value.field == field
    assert change_dates(published(), [fine], NOW)


def test_as_many_nights_as_there_are_can_be_set_at_once() -> None:
    everything = replace(change(1, 2, closed=True), start=TODAY, end=LAST)
    [made] = change_dates(published(), [everything], NOW)
    assert evolve(published(), made).overrides[0].end == LAST


def test_a_date_is_priced_in_the_currency_of_the_listing() -> None:
    with pytest.raises(CurrencyMismatch):
        change_dates(published(), [change(1, 2, price=Money(1, "EUR"))], NOW)
    prices = [change(1, 2, price=SEK), change(3, 4, price=Money(1, "EUR"))]
    with pytest.raises(CurrencyMismatch):
        change_dates(published(price=None), prices, NOW)


def test_an_archived_listing_keeps_its_dates() -> None:
    with pytest.raises(ListingArchived):
        change_dates(replace(published(), status="archived"), [change(1, 2, closed=True)], NOW)


@st.composite
def set_for_dates(draw: st.DrawFn) -> DateOverride:
    first = draw(st.integers(1, 40))
    return said(
        first,
        first + draw(st.integers(1, 15)),
        price=draw(st.none() | st.sampled_from((SEK, DEARER))),
        minimum_nights=draw(st.none() | st.integers(1, 2)),
        closed=draw(st.booleans()),
    )


@for_all(st.lists(set_for_dates(), max_size=12))
def test_dates_are_in_order_apart_and_never_alike_when_they_touch(news: list[DateOverride]) -> None:
    state: tuple[DateOverride, ...] = ()
    by_day: dict[date, tuple[object, ...]] = {}
    for new in news:
        state = revised(state, (new,), JUNE)
        for number in range((new.end - new.start).days):
            by_day[new.start + timedelta(days=number)] = new.says
    for number in range(60):
        day = JUNE + timedelta(days=number)
        found = override_of(state, day)
        assert (found.says if found else (None, None, False)) == by_day.get(
            day, (None, None, False)
        )
    for one, following in pairwise(state):
        assert one.end <= following.start
        assert one.end < following.start or one.says != following.says
