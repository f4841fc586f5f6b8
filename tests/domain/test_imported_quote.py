from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.listing.state import Listing
from domain.money import Money, total
from domain.quote.decisions import check_rules
from domain.quote.facts import Quoted
from domain.quote.imported import evenly, quote_imported
from domain.refusals import BeyondHorizon, NoGuests
from domain.rules.document import Rules
from domain.stay import Stay
from tests.domain.facts import GUEST, NOW, QUOTE, nights, published


def imported(stay: Stay, paid: Money, *, guests: int = 2, listing: Listing | None = None) -> Quoted:
    [made] = quote_imported(
        listing or published(),
        6,
        quote_id=QUOTE,
        guest_id=GUEST,
        stay=stay,
        guests=guests,
        paid=paid,
        now=NOW,
    )
    return made


def test_what_was_paid_elsewhere_is_quoted_whatever_the_listing_costs() -> None:
    made = imported(nights(10, 13), Money(10_000, "EUR"))
    assert [line.amount.amount for line in made.lines] == [3_334, 3_333, 3_333]
    assert [line.description for line in made.lines] == ["2027-06-10", "2027-06-11", "2027-06-12"]
    assert {(line.rule, line.rule_version) for line in made.lines} == {("imported", 6)}
    assert made.total == Money(10_000, "EUR")


@for_all(st.integers(0, 10**12), st.integers(1, 60))
def test_parts_add_up_to_the_last_unit_and_differ_by_one_at_most(amount: int, parts: int) -> None:
    shares = evenly(Money(amount, "EUR"), parts)
    assert total(shares, "EUR") == Money(amount, "EUR")
    assert len(shares) == parts
    assert max(share.amount for share in shares) - min(share.amount for share in shares) <= 1


@pytest.mark.parametrize(
    ("days", "horizon", "fits"),
    [(730, 730, True), (731, 730, False), (731, 800, True), (800, 800, True), (801, 800, False)],
)
def test_the_listing_s_rules_hold_for_what_is_imported(days: int, horizon: int, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    depart = NOW.date() + timedelta(days=days)
    stay = Stay(depart - timedelta(days=2), depart)
    listing = replace(published(), rules=Rules(horizon_days=horizon))
    if fits:
        assert imported(stay, Money(0, "EUR"), listing=listing).stay == stay
    else:
        with pytest.raises(BeyondHorizon):
            imported(stay, Money(0, "EUR"), listing=listing)


def test_a_stay_is_for_at_least_one_guest() -> None:
    with pytest.raises(NoGuests):
        imported(nights(10, 12), Money(0, "EUR"), guests=0)
    with pytest.raises(NoGuests):
        check_rules(published(), nights(10, 12), 0, 1, NOW)
    check_rules(published(), nights(10, 12), 1, 1, NOW)
