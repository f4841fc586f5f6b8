"""Any listing that could be, with rules and dates of its own, and anything asked of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from domain.listing.state import Listing
from domain.money import Money
from domain.quote.asked import Asked
from domain.rules.charges import (
    AheadDiscount,
    ExtraGuests,
    Fee,
    LengthDiscount,
    Per,
    Tax,
    TaxedLine,
)
from domain.rules.dates import DateOverride, revised
from domain.rules.document import Rules, Season
from domain.stay import Stay
from tests.domain.facts import JUNE, published

CURRENCIES = ("SEK", "JPY", "KWD")
"""Of two decimals, none and three."""

PERS: tuple[Per, ...] = ("booking", "night", "guest", "guest_night", "unit")
TAXED: tuple[TaxedLine, ...] = (
    "night",
    "extra_guests",
    "discount",
    "fee",
    "coupon",
    "service_fee",
)
shares = st.integers(0, 10_000)
weekdays = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(
    lambda days: tuple(sorted(days))
)


def money(currency: str) -> st.SearchStrategy[Money]:
    return st.integers(0, 500_000).map(lambda amount: Money(amount, currency))


@st.composite
def seasons(draw: st.DrawFn, currency: str) -> tuple[Season, ...]:
    """Up to three that don't overlap, around June."""
    edges = sorted(draw(st.lists(st.integers(-20, 60), max_size=6, unique=True)))
    found: list[Season] = []
    for first, end in zip(edges[::2], edges[1::2], strict=False):
        season = Season(
            name=f"from {first}",
            start=JUNE + timedelta(days=first),
            end=JUNE + timedelta(days=end),
            price=draw(st.none() | money(currency)),
            weekend_price=draw(st.none() | money(currency)),
            minimum_nights=draw(st.none() | st.integers(1, 5)),
            maximum_nights=draw(st.none() | st.integers(5, 30)),
            arrival_days=draw(st.none() | weekdays),
            departure_days=draw(st.none() | weekdays),
            notice_hours=draw(st.none() | st.integers(0, 3_000)),
        )
        found.append(season)
    return tuple(found)


@st.composite
def taxes(draw: st.DrawFn, currency: str) -> Tax:
    """Of any kind."""
    included = draw(st.booleans())
    name = draw(st.sampled_from(("VAT", "city tax")))
    if draw(st.booleans()):
        on = tuple(draw(st.lists(st.sampled_from(TAXED), min_size=1, unique=True)))
        return Tax(name=name, basis="percent", share=draw(shares), on=on, included=included)
    return Tax(
        name=name,
        basis=(basis := draw(st.sampled_from(("night", "guest_night")))),
        amount=draw(money(currency)),
        maximum_nights=draw(st.none() | st.integers(1, 10)),
        exempt_under=draw(st.none() | st.integers(1, 20)) if basis == "guest_night" else None,
        included=included,
    )


@st.composite
def rulebooks(draw: st.DrawFn, currency: str = "SEK") -> Rules:
    """Any rules in ``currency``."""
    ahead = st.lists(
        st.builds(AheadDiscount, days=st.integers(0, 200), share=shares), max_size=3
    ).map(tuple)
    long = st.builds(LengthDiscount, nights=st.integers(1, 20), share=shares)
    extra = st.builds(ExtraGuests, included=st.integers(1, 4), price=money(currency))
    fee = st.builds(
        Fee, name=st.just("cleaning"), amount=money(currency), per=st.sampled_from(PERS)
    )
    return Rules(
        horizon_days=draw(st.sampled_from((90, 120, 730))),
        notice_hours=draw(st.sampled_from((0, 0, 24, 2_400))),
        arrival_days=draw(weekdays),
        departure_days=draw(weekdays),
        weekend_price=draw(st.none() | money(currency)),
        weekend_days=draw(weekdays),
        seasons=draw(seasons(currency)),
        extra_guests=draw(st.none() | extra),
        length_discounts=draw(st.lists(long, max_size=3).map(tuple)),
        early_bird=draw(ahead),
        last_minute=draw(ahead),
        discounts_stack=draw(st.booleans()),
        fees=draw(st.lists(fee, max_size=3).map(tuple)),
        service_fee=draw(st.sampled_from((0, 300, 1_250))),
        taxes=draw(st.lists(taxes(currency), max_size=3).map(tuple)),
        deposit=draw(st.none() | money(currency)),
    )


@st.composite
def overrides(draw: st.DrawFn, currency: str = "SEK") -> tuple[DateOverride, ...]:
    """Whatever was set for dates around June, one time after the other."""
    found: tuple[DateOverride, ...] = ()
    for first, length in draw(
        st.lists(st.tuples(st.integers(-10, 40), st.integers(1, 10)), max_size=5)
    ):
        start = JUNE + timedelta(days=first)
        said = DateOverride(
            start=start,
            end=start + timedelta(days=length),
            price=draw(st.none() | money(currency)),
            minimum_nights=draw(st.none() | st.integers(1, 5)),
            closed=draw(st.sampled_from((False, False, False, True))),
        )
        found = revised(found, (said,), date(2027, 1, 1))
    return found


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    """A published listing of up to five units."""
    currency = draw(st.sampled_from(CURRENCIES))
    listing = published(
        price=draw(money(currency)),
        units=draw(st.integers(1, 5)),
        max_guests=draw(st.integers(1, 6)),
        minimum_nights=draw(st.integers(1, 3)),
        maximum_nights=draw(st.integers(5, 40)),
    )
    return replace(listing, rules=draw(rulebooks(currency)), overrides=draw(overrides(currency)))


@st.composite
def asking(draw: st.DrawFn) -> Asked:
    """Up to thirty nights of June and July for a party of up to twelve."""
    first = JUNE + timedelta(days=draw(st.integers(0, 30)))
    guests = draw(st.integers(1, 12))
    ages = draw(st.none() | st.lists(st.integers(0, 90), min_size=guests, max_size=guests))
    return Asked(
        stay=Stay(first, first + timedelta(days=draw(st.integers(1, 30)))),
        guests=guests,
        units=draw(st.integers(1, 5)),
        ages=tuple(ages) if ages is not None else None,
    )
