"""What each rule costs, with its boundaries; the laws that hold for all of them are elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.listing.state import Listing
from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.decisions import quote
from domain.quote.pricing import Price, price
from domain.refusals import AmountTooLarge, InvalidOffer
from domain.rules.charges import AheadDiscount, ExtraGuests, Fee, LengthDiscount, Per, Tax
from domain.rules.dates import DateOverride
from domain.rules.document import Rules, Season
from domain.stay import Stay
from tests.domain.facts import GUEST, NOW, QUOTE, nights, published


def sek(amount: int) -> Money:
    return Money(amount, "SEK")


def listing(**rules: object) -> Listing:
    """A flat for 100 SEK a night."""
    return replace(
        published(price=sek(10_000), units=5),
        rules=Rules(**rules),  # type: ignore[arg-type]
    )


def priced(
    kept: Listing,
    stay: Stay,
    guests: int = 1,
    units: int = 1,
    ages: tuple[int, ...] | None = None,
) -> Price:
    return price(kept, 6, Asked(stay=stay, guests=guests, units=units, ages=ages), NOW)


def amounts(kept: Price, kind: str) -> list[int]:
    return [line.amount.amount for line in kept.lines if line.kind == kind]


SUMMER = Season(name="Summer", start=date(2027, 6, 10), end=date(2027, 6, 20), price=sek(20_000))
DEAR = replace(SUMMER, weekend_price=sek(25_000))
ONLY_WEEKENDS = replace(SUMMER, price=None, weekend_price=sek(25_000))
CUSTOM = DateOverride(start=date(2027, 6, 12), end=date(2027, 6, 13), price=sek(1))


@pytest.mark.parametrize(
    ("rules", "overrides", "expected"),
    [
        ({}, (), [("base", 10_000)] * 4),
        (
            {"weekend_price": sek(12_000)},
            (),
            [("base", 10_000), ("weekend", 12_000), ("weekend", 12_000), ("base", 10_000)],
        ),
        (
            {"weekend_price": sek(12_000), "weekend_days": (6, 7)},
            (),
            [("base", 10_000), ("base", 10_000), ("weekend", 12_000), ("weekend", 12_000)],
        ),
        ({"seasons": (SUMMER,), "weekend_price": sek(1)}, (), [("season", 20_000)] * 4),
        (
            {"seasons": (DEAR,), "weekend_price": sek(1)},
            (),
            [("season", 20_000), ("season", 25_000), ("season", 25_000), ("season", 20_000)],
        ),
        (
            {"seasons": (ONLY_WEEKENDS,)},
            (),
            [("base", 10_000), ("season", 25_000), ("season", 25_000), ("base", 10_000)],
        ),
        (
            {"seasons": (replace(SUMMER, end=date(2027, 6, 12)),), "weekend_price": sek(12_000)},
            (),
            [("season", 20_000), ("season", 20_000), ("weekend", 12_000), ("base", 10_000)],
        ),
        (
            {"seasons": (replace(SUMMER, price=None),), "weekend_price": sek(12_000)},
            (),
            [("base", 10_000), ("weekend", 12_000), ("weekend", 12_000), ("base", 10_000)],
        ),
        (
            {"seasons": (DEAR,)},
            (CUSTOM,),
            [("season", 20_000), ("season", 25_000), ("override", 1), ("season", 20_000)],
        ),
        (
            {"seasons": (DEAR,)},
            (replace(CUSTOM, price=None, minimum_nights=2),),
            [("season", 20_000), ("season", 25_000), ("season", 25_000), ("season", 20_000)],
        ),
        (
            {},
            (replace(CUSTOM, price=sek(0)),),
            [("base", 10_000), ("base", 10_000), ("override", 0), ("base", 10_000)],
        ),
    ],
    ids=[
        "without rules every night is the base",
        "Friday and Saturday nights are the weekend",
        "a weekend of other days",
        "a season's price is for its weekends too",
        "unless the season has one for weekends",
        "a season for weekends alone",
        "a season ends before its end",
        "a season without a price changes none",
        "a date's own price beats the season's",
        "a date without a price of its own has the season's",
        "a date may cost nothing",
    ],
)
def test_a_night_costs_what_the_closest_rule_says(
    rules: dict[str, object],
    overrides: tuple[DateOverride, ...],
    expected: list[tuple[str, int]],
) -> None:
    """From Thursday 10 June 2027 to Monday."""
    kept = replace(listing(**rules), overrides=overrides)
    lines = priced(kept, nights(10, 14)).lines
    assert [(line.rule, line.amount.amount) for line in lines] == expected
    assert {(line.kind, line.rule_version) for line in lines} == {("night", 6)}
    assert lines[0].description == "2027-06-10"


@pytest.mark.parametrize(
    ("guests", "units", "expected"),
    [(2, 1, []), (3, 1, [9_000]), (4, 1, [18_000]), (4, 2, []), (5, 2, [9_000])],
    ids=[
        "as many as are included",
        "one more, three nights",
        "two more",
        "each unit includes as many",
        "one more than two units include",
    ],
)
def test_guests_beyond_those_included_cost_each_night(
    guests: int, units: int, expected: list[int]
) -> None:
    kept = listing(extra_guests=ExtraGuests(included=2, price=sek(3_000)))
    made = priced(kept, nights(10, 13), guests, units)
    assert amounts(made, "extra_guests") == expected
    if expected == [9_000]:
        assert made.lines[3].description == "1 extra guest, 3 nights"


WEEK, MONTH = LengthDiscount(nights=7, share=1_000), LengthDiscount(nights=28, share=2_500)


@pytest.mark.parametrize(
    ("length", "expected"),
    [(6, []), (7, [-7_000]), (27, [-27_000]), (28, [-70_000])],
    ids=["a night short of a week", "a week", "a night short of a month", "a month"],
)
def test_a_longer_stay_costs_less(length: int, expected: list[int]) -> None:
    kept = listing(length_discounts=(WEEK, MONTH))
    assert amounts(priced(kept, nights(1, 1 + length)), "discount") == expected


def ahead(days: int) -> Stay:
    first = NOW.date() + timedelta(days=days)
    return Stay(first, first + timedelta(days=1))


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, [-2_000]), (1, [-2_000]), (2, [-1_000]), (7, [-1_000]), (8, []), (59, []), (60, [-500]),
     (89, [-500]), (90, [-1_500])],
    ids=["today", "tomorrow", "the day after", "a week ahead", "a day more", "59 days ahead",
         "60 days ahead", "89 days ahead", "90 days ahead"],
)  # fmt: skip
def test_who_asks_early_or_late_pays_less(days: int, expected: list[int]) -> None:
    kept = listing(
        early_bird=(AheadDiscount(days=60, share=500), AheadDiscount(days=90, share=1_500)),
        last_minute=(AheadDiscount(days=1, share=2_000), AheadDiscount(days=7, share=1_000)),
    )
    assert amounts(priced(kept, ahead(days)), "discount") == expected


@pytest.mark.parametrize(
    ("stack", "early", "expected"),
    [
        (False, 500, [("length_discounts", -7_000)]),
        (False, 1_000, [("length_discounts", -7_000)]),
        (False, 1_500, [("early_bird", -10_500)]),
        (True, 500, [("length_discounts", -7_000), ("early_bird", -3_150)]),
        (True, 10_000, [("length_discounts", -7_000), ("early_bird", -63_000)]),
        (True, 0, [("length_discounts", -7_000)]),
    ],
    ids=[
        "the best alone",
        "of equal ones the first",
        "the other when it is better",
        "one of what the other left",
        "never more than the nights",
        "nothing off is no line",
    ],
)
def test_discounts_do_not_stack_unless_the_listing_says_so(
    stack: bool,  # noqa: FBT001 - pytest names it
    early: int,
    expected: list[tuple[str, int]],
) -> None:
    kept = listing(
        length_discounts=(WEEK,),
        early_bird=(AheadDiscount(days=30, share=early),),
        discounts_stack=stack,
    )
    lines = [line for line in priced(kept, nights(1, 8)).lines if line.kind == "discount"]
    assert [(line.rule, line.amount.amount) for line in lines] == expected
    assert lines[0].description.endswith(
        "% off: 7 nights or more" if expected[0][0] == "length_discounts" else "ahead or more"
    )


def test_a_discount_is_of_the_nights_alone() -> None:
    kept = listing(
        length_discounts=(WEEK,),
        extra_guests=ExtraGuests(included=1, price=sek(3_000)),
        fees=(Fee(name="cleaning", amount=sek(50_000)),),
    )
    assert amounts(priced(kept, nights(1, 8), guests=2), "discount") == [-7_000]


@pytest.mark.parametrize(
    ("per", "expected"),
    [("booking", 100), ("unit", 200), ("night", 600), ("guest", 500), ("guest_night", 1_500)],
)
def test_a_fee_is_charged_for_what_it_names(per: Per, expected: int) -> None:
    """Three nights of five guests in two units."""
    kept = listing(fees=(Fee(name="pet", amount=sek(100), per=per),))
    made = priced(kept, nights(10, 13), guests=5, units=2)
    assert amounts(made, "fee") == [expected]
    assert made.lines[-1].description == "pet"


def test_the_service_fee_is_a_share_of_all_before_it() -> None:
    kept = listing(
        service_fee=1_250,
        length_discounts=(LengthDiscount(nights=1, share=1_000),),
        fees=(Fee(name="cleaning", amount=sek(1_000)),),
        taxes=(Tax(name="city", basis="night", amount=sek(5)),),
    )
    made = priced(kept, nights(10, 12))
    assert amounts(made, "service_fee") == [(20_000 - 2_000 + 1_000) * 1_250 // 10_000]
    assert "service_fee" not in {line.kind for line in priced(listing(), nights(10, 12)).lines}


TAXED = {
    "length_discounts": (LengthDiscount(nights=1, share=1_000),),
    "extra_guests": ExtraGuests(included=1, price=sek(2_500)),
    "fees": (Fee(name="cleaning", amount=sek(3_000)),),
    "service_fee": 1_000,
}
"""Two nights of two guests: 20,000 + 5,000 - 2,000 + 3,000 + 2,600."""


@pytest.mark.parametrize(
    ("tax", "expected"),
    [
        (Tax(name="t", basis="percent", share=1_000), 2_300),
        (Tax(name="t", basis="percent", share=1_000, on=("night",)), 2_000),
        (Tax(name="t", basis="percent", share=1_000, on=("night", "discount")), 1_800),
        (Tax(name="t", basis="percent", share=1_000, on=("fee", "service_fee")), 560),
        (Tax(name="t", basis="percent", share=1_000, on=("coupon",)), 0),
        (Tax(name="t", basis="percent", share=1_000, on=("discount",)), 0),
        (Tax(name="t", basis="percent", share=1_000, on=("night", "night")), 2_000),
        (Tax(name="t", basis="percent", share=0), 0),
    ],
    ids=[
        "of what the accommodation costs after discounts",
        "of the nights before discounts",
        "of the nights after discounts",
        "of the fees",
        "of a line that there is not",
        "never less than nothing",
        "of a kind that is named twice once",
        "nothing",
    ],
)
def test_a_tax_by_percent_is_of_the_lines_it_names(tax: Tax, expected: int) -> None:
    made = priced(listing(**TAXED, taxes=(tax,)), nights(10, 12), guests=2)
    assert amounts(made, "tax") == [expected]
    assert made.total == sek(28_600 + expected)


@pytest.mark.parametrize(
    ("tax", "ages", "expected"),
    [
        (Tax(name="t", basis="night", amount=sek(10)), None, 60),
        (Tax(name="t", basis="night", amount=sek(10), maximum_nights=2), None, 40),
        (Tax(name="t", basis="night", amount=sek(10), maximum_nights=3), None, 60),
        (Tax(name="t", basis="guest_night", amount=sek(10)), None, 90),
        (Tax(name="t", basis="guest_night", amount=sek(10), maximum_nights=1), None, 30),
        (Tax(name="t", basis="guest_night", amount=sek(10), exempt_under=12), None, 90),
        (Tax(name="t", basis="guest_night", amount=sek(10), exempt_under=12), (40, 12, 11), 60),
        (Tax(name="t", basis="guest_night", amount=sek(10), exempt_under=41), (40, 12, 11), 0),
        (Tax(name="t", basis="guest_night", amount=sek(10)), (40, 12, 11), 90),
    ],
    ids=[
        "for each unit a night",
        "for the first nights only",
        "for a stay no longer than that",
        "for each guest a night",
        "for each guest the first night",
        "for guests of unknown age",
        "not for those who are younger",
        "for nobody",
        "for guests of any age",
    ],
)
def test_a_tax_by_night_or_by_guest_counts(
    tax: Tax, ages: tuple[int, ...] | None, expected: int
) -> None:
    """Three nights of three guests in two units."""
    made = priced(listing(taxes=(tax,)), nights(10, 13), guests=3, units=2, ages=ages)
    assert amounts(made, "tax") == [expected]


@pytest.mark.parametrize(
    ("taxes", "contained"),
    [
        ((Tax(name="VAT", basis="percent", share=1_200, on=("night",), included=True),), [2_143]),
        (
            (
                Tax(name="VAT", basis="percent", share=1_200, on=("night",), included=True),
                Tax(name="local", basis="percent", share=300, on=("night",), included=True),
            ),
            [2_087, 522],
        ),
        (
            (
                Tax(name="VAT", basis="percent", share=1_200, on=("night",), included=True),
                Tax(name="fees", basis="percent", share=2_500, on=("fee",), included=True),
            ),
            [2_143, 600],
        ),
        ((Tax(name="city", basis="night", amount=sek(500), included=True),), [1_000]),
    ],
    ids=[
        "12 % of what is left without it",
        "two of the same price",
        "each of its own lines",
        "an amount a night",
    ],
)
def test_a_tax_that_is_included_adds_nothing_and_says_what_it_is(
    taxes: tuple[Tax, ...], contained: list[int]
) -> None:
    kept = listing(taxes=taxes, fees=(Fee(name="cleaning", amount=sek(3_000)),))
    made = priced(kept, nights(10, 12))
    lines = [line for line in made.lines if line.kind == "tax"]
    assert [(line.included, line.amount) for line in lines] == [(True, sek(0))] * len(lines)
    assert [line.contained for line in lines] == [sek(amount) for amount in contained]
    assert made.total == sek(23_000)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(1, 0), (5_000, 2), (3_000, 2), (7_000, 4), (9_000, 4)],
    ids=["next to nothing", "half to even, down", "half to even, up", "half to even, up again",
         "half to even, down again"],
)  # fmt: skip
def test_a_line_is_rounded_once_half_to_even(share: int, expected: int) -> None:
    kept = replace(listing(service_fee=share), price=sek(5))
    assert amounts(priced(kept, nights(10, 11)), "service_fee") == [expected]


@pytest.mark.parametrize(
    ("currency", "text"), [("SEK", "300.00 SEK"), ("JPY", "30000 JPY"), ("KWD", "30.000 KWD")]
)
def test_any_currency_has_its_own_decimals(currency: str, text: str) -> None:
    kept = replace(listing(), price=Money(10_000, currency))
    assert str(priced(kept, nights(10, 13)).total) == text


def test_the_lines_come_in_one_order_and_the_deposit_is_none_of_them() -> None:
    kept = listing(
        **TAXED,
        taxes=(
            Tax(name="VAT", basis="percent", share=1_200, included=True),
            Tax(name="city", basis="night", amount=sek(5)),
        ),
        deposit=sek(100_000),
    )
    [made] = quote(
        kept, 6, quote_id=QUOTE, guest_id=GUEST, stay=nights(10, 12), guests=2, units=1, now=NOW,
        ages=(40, 4),
    )  # fmt: skip
    assert [line.kind for line in made.lines] == [
        "night", "night", "extra_guests", "discount", "fee", "service_fee", "tax", "tax",
    ]  # fmt: skip
    assert made.deposit == sek(100_000)
    assert made.total == sek(28_610)
    assert (made.ages, made.quoted_at) == ((40, 4), NOW)


@pytest.mark.parametrize("ages", [(), (1,), (1, 2, 3)], ids=["none", "one", "three"])
def test_the_ages_are_those_of_all_guests_or_left_out(ages: tuple[int, ...]) -> None:
    with pytest.raises(InvalidOffer) as refused:
        Asked(stay=nights(1, 2), guests=2, ages=ages)
    assert refused.value.field == "ages"


def test_a_price_that_no_amount_can_hold_is_refused() -> None:
    kept = listing(fees=(Fee(name="gold", amount=sek(2**62), per="night"),))
    assert priced(kept, nights(1, 2)).total == sek(2**62 + 10_000)
    with pytest.raises(AmountTooLarge):
        priced(kept, nights(1, 3))
