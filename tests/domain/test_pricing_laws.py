"""Laws of every price: of any listing with any rules, for whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.listing.decisions import draft, offer_of
from domain.listing.facts import ListingEvent, ListingPublished
from domain.listing.state import Listing, evolve
from domain.quote.asked import Asked
from domain.quote.decisions import quote
from domain.quote.facts import Quoted
from domain.quote.pricing import price
from domain.rules.charges import LengthDiscount, Tax
from domain.rules.decisions import DatesChange, change_dates, set_rules
from domain.rules.document import EVERY_DAY, NO_RULES, Rules
from domain.rules.facts import DatesChanged
from domain.stay import Stay
from tests.domain.facts import GUEST, HOST, LISTING, NOW, QUOTE
from tests.domain.rulebooks import asking, listings

LAW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""A listing with rules of every kind takes a while to make up."""

ORDER = ("night", "extra_guests", "discount", "fee", "coupon", "service_fee", "tax")


@LAW
@for_all(listings(), asking())
def test_lines_add_up_never_below_zero_in_one_currency_and_in_order(
    listing: Listing, asked: Asked
) -> None:
    made = price(listing, 6, asked, NOW)
    assert sum(line.amount.amount for line in made.lines) == made.total.amount >= 0
    assert listing.price
    assert {line.amount.currency for line in made.lines} == {listing.price.currency}
    places = [ORDER.index(line.kind) for line in made.lines]
    assert places == sorted(places)
    assert len([line for line in made.lines if line.kind == "night"]) == asked.stay.length
    for line in made.lines:
        assert (line.amount.amount >= 0) != (line.kind == "discount" and line.amount.amount < 0)
        assert line.included == (line.contained is not None)
        assert not line.included or line.amount.amount == 0
    assert made.deposit == listing.rules.deposit


@LAW
@for_all(listings(), asking())
def test_quoting_twice_is_the_same(listing: Listing, asked: Asked) -> None:
    assert price(listing, 6, asked, NOW) == price(listing, 6, asked, NOW)


@LAW
@for_all(listings(), asking())
def test_without_rules_a_stay_costs_its_nights(listing: Listing, asked: Asked) -> None:
    plain = replace(listing, rules=NO_RULES, overrides=())
    assert plain.price
    assert price(plain, 6, asked, NOW).total == plain.price * (asked.stay.length * asked.units)


@LAW
@for_all(listings(), asking())
def test_another_night_never_makes_what_is_not_taken_off_cheaper(
    listing: Listing, asked: Asked
) -> None:
    rules = replace(listing.rules, length_discounts=())
    kept = replace(listing, rules=rules)
    longer = Stay(asked.stay.arrive, asked.stay.depart + timedelta(days=1))
    nights_only = replace(kept, rules=replace(rules, taxes=(), service_fee=0))
    assert price(nights_only, 6, asked, NOW).total <= (
        price(nights_only, 6, replace(asked, stay=longer), NOW).total
    )


@LAW
@for_all(listings(), asking())
def test_another_guest_is_never_cheaper(listing: Listing, asked: Asked) -> None:
    more = replace(asked, guests=asked.guests + 1, ages=None)
    assert price(listing, 6, replace(asked, ages=None), NOW).total <= (
        price(listing, 6, more, NOW).total
    )


@LAW
@for_all(listings(), asking())
def test_stacked_discounts_are_no_less_than_the_best_and_no_more_than_all(
    listing: Listing, asked: Asked
) -> None:
    def off(rules: Rules) -> int:
        lines = price(replace(listing, rules=rules), 6, asked, NOW).lines
        return -sum(line.amount.amount for line in lines if line.kind == "discount")

    rules = listing.rules
    alone = [
        off(replace(rules, length_discounts=rules.length_discounts, early_bird=(), last_minute=())),
        off(replace(rules, length_discounts=(), last_minute=())),
        off(replace(rules, length_discounts=(), early_bird=())),
    ]
    stacked = off(replace(rules, discounts_stack=True))
    assert off(replace(rules, discounts_stack=False)) == max(alone) <= stacked
    assert stacked <= sum(alone) + len(alone)


@LAW
@for_all(listings(), asking())
def test_what_contains_a_tax_costs_the_same_without_it(listing: Listing, asked: Asked) -> None:
    added = tuple(tax for tax in listing.rules.taxes if not tax.included)
    without = replace(listing, rules=replace(listing.rules, taxes=added))
    made = price(listing, 6, asked, NOW)
    assert made.total == price(without, 6, asked, NOW).total


SET_LATER = [
    NO_RULES,
    Rules(service_fee=9_999, length_discounts=(LengthDiscount(nights=1, share=9),)),
    Rules(taxes=(Tax(name="new", basis="percent", share=2_500),), weekend_days=(1, 2, 3)),
]


@LAW
@for_all(listings(), asking(), st.sampled_from(SET_LATER))
def test_a_quote_can_be_recomputed_from_the_log_whatever_is_set_later(
    listing: Listing, asked: Asked, later: Rules
) -> None:
    """Fold the listing up to the version that the lines name: the same price, to the cent."""
    log = _log_of(listing)
    made = _quoted(_folded(log), len(log), asked)
    for event in set_rules(_folded(log), later):
        log.append(event)
    night = asked.stay.arrive
    closed = DatesChange(
        start=night, end=night + timedelta(days=1), given=frozenset({"closed"}), closed=True
    )
    log += change_dates(_folded(log), [closed], NOW)
    [version] = {line.rule_version for line in made.lines}
    assert version < len(log)
    again = Asked(stay=made.stay, guests=made.guests, units=made.units, ages=made.ages)
    assert made.quoted_at
    recomputed = price(_folded(log[:version]), version, again, made.quoted_at)
    assert (recomputed.lines, recomputed.total) == (made.lines, made.total)
    assert recomputed.deposit == made.deposit


def _log_of(listing: Listing) -> list[ListingEvent]:
    """Facts that make a listing that charges what ``listing`` does, and takes every stay."""
    offered = replace(
        offer_of(listing), units=5, max_guests=12, minimum_nights=1, maximum_nights=365
    )
    seasons = tuple(
        replace(
            each,
            minimum_nights=None,
            maximum_nights=None,
            arrival_days=None,
            departure_days=None,
            notice_hours=None,
        )
        for each in listing.rules.seasons
    )
    rules = replace(
        listing.rules,
        seasons=seasons,
        arrival_days=EVERY_DAY,
        departure_days=EVERY_DAY,
        notice_hours=0,
        horizon_days=730,
    )
    prices = tuple(replace(each, minimum_nights=None, closed=False) for each in listing.overrides)
    return [
        *draft(LISTING, HOST, offered, rules=rules),
        DatesChanged(on=NOW.date(), overrides=prices),
        ListingPublished(listing_id=LISTING),
    ]


def _folded(events: list[ListingEvent]) -> Listing:
    state: Listing | None = None
    for event in events:
        state = evolve(state, event)
    assert state is not None
    return state


def _quoted(listing: Listing, version: int, asked: Asked) -> Quoted:
    [made] = quote(
        listing,
        version,
        quote_id=QUOTE,
        guest_id=GUEST,
        stay=asked.stay,
        guests=asked.guests,
        units=asked.units,
        now=NOW,
        ages=asked.ages,
    )
    return made
