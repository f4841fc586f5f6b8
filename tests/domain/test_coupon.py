from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.money import Money
from domain.promotion.coupon import coupon_lines
from domain.promotion.refusals import CouponExpired, CouponNotForThis, CouponUsedUp
from domain.promotion.state import evolve
from domain.quote.asked import Asked
from domain.quote.decisions import quote
from domain.quote.pricing import price
from domain.refusals import Refusal
from domain.rules.charges import Tax
from domain.rules.document import NO_RULES
from tests.domain.coupons import CODE, PROMOTION, coupon, line, promotion
from tests.domain.facts import GUEST, LISTING, NOW, OTHER, QUOTE, nights, published
from tests.domain.test_promotion import redeemed

STAY = nights(10, 12)
ASKED = Asked(stay=STAY, guests=2)


@pytest.mark.parametrize(
    ("terms", "lines", "taken_off"),
    [
        ({"share": 1_000}, [line(100_000), line(100_000)], 20_000),
        ({"share": 10_000}, [line(100_000)], 100_000),
        ({"share": 1_000}, [line(100_000), line(-10_000, "discount"), line(30_000, "fee")], 12_000),
        ({"share": 5_000}, [line(1)], 0),
        ({"share": 5_000}, [line(3)], 2),
        ({"amount": Money(5_000, "SEK")}, [line(100_000)], 5_000),
        ({"amount": Money(100_000, "SEK")}, [line(100_000)], 100_000),
        ({"amount": Money(100_001, "SEK")}, [line(100_000)], 100_000),
        ({"share": 1_000}, [line(0)], 0),
        ({"amount": Money(5_000, "SEK")}, [line(-1)], 0),
    ],
    ids=[
        "a tenth of two nights",
        "all of it",
        "a tenth after discounts and fees",
        "half of one is rounded to the even nothing",
        "half of three is rounded to the even two",
        "a fixed amount",
        "as much as the price",
        "more than the price takes the price off",
        "a price of nothing",
        "a price below nothing",
    ],
)
def test_a_coupon_takes_one_line_off(
    terms: dict[str, object], lines: list[object], taken_off: int
) -> None:
    shown = coupon(promotion(**terms))
    [made] = coupon_lines(shown, lines, listing_id=LISTING, stay=STAY)  # type: ignore[arg-type]
    assert (made.kind, made.description) == ("coupon", CODE)
    assert made.amount == Money(-taken_off, "SEK")
    assert (made.rule, made.rule_version) == (f"promotion:{PROMOTION}", 1)


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"listings": (LISTING,)}, None),
        ({"listings": (OTHER,)}, CouponNotForThis),
        ({"stay_from": STAY.arrive, "stay_to": STAY.depart}, None),
        ({"stay_from": STAY.arrive + timedelta(days=1)}, CouponNotForThis),
        ({"stay_to": STAY.depart - timedelta(days=1)}, CouponNotForThis),
        ({"minimum_nights": 2}, None),
        ({"minimum_nights": 3}, CouponNotForThis),
        ({"minimum_total": Money(200_000, "SEK")}, None),
        ({"minimum_total": Money(200_001, "SEK")}, CouponNotForThis),
        ({"minimum_total": Money(1, "EUR")}, CouponNotForThis),
        ({"amount": Money(1, "EUR")}, CouponNotForThis),
        ({"valid_until": NOW}, CouponExpired),
    ],
    ids=[
        "for this listing",
        "for another listing",
        "for these very nights",
        "for arrivals from the next day on",
        "for departures until the day before",
        "as long as it must be",
        "a night too short",
        "as dear as it must be",
        "a unit too cheap",
        "a minimum in another currency",
        "an amount in another currency",
        "no longer valid",
    ],
)
def test_a_coupon_is_for_what_its_maker_says(
    terms: dict[str, object], refusal: type[Refusal] | None
) -> None:
    shown = coupon(promotion(**terms))
    lines = [line(100_000), line(100_000)]
    if refusal is None:
        assert len(coupon_lines(shown, lines, listing_id=LISTING, stay=STAY)) == 1
    else:
        with pytest.raises(refusal) as refused:
            coupon_lines(shown, lines, listing_id=LISTING, stay=STAY)
        assert "{" not in str(refused.value)


def test_what_a_guest_has_used_counts_only_when_the_guest_is_known() -> None:
    used = evolve(promotion(redemptions_per_guest=1), redeemed())
    priced = price(published(), 6, ASKED, NOW, coupon(used, guest=None))
    assert priced.total == Money(180_000, "SEK")
    with pytest.raises(CouponUsedUp):
        price(published(), 6, ASKED, NOW, coupon(used))


def test_service_fee_and_taxes_are_of_what_is_left_to_pay() -> None:
    vat = Tax(name="VAT", basis="percent", share=1_200)
    rules = replace(NO_RULES, service_fee=1_000, taxes=(vat,))
    priced = price(replace(published(), rules=rules), 6, ASKED, NOW, coupon())
    amounts = [(line.kind, line.amount.amount) for line in priced.lines[2:]]
    assert amounts == [("coupon", -20_000), ("service_fee", 18_000), ("tax", 21_600)]
    assert priced.total == Money(219_600, "SEK")


def test_without_a_coupon_nothing_is_added() -> None:
    assert coupon_lines(None, [line(1)], listing_id=LISTING, stay=STAY) == ()


@pytest.mark.parametrize(
    ("ends_after", "expires_after"),
    [
        (timedelta(minutes=59), timedelta(minutes=59)),
        (timedelta(minutes=61), timedelta(minutes=60)),
        (None, timedelta(minutes=60)),
    ],
    ids=["a coupon that ends first", "a coupon that lasts longer", "a coupon without an end"],
)
def test_a_quote_with_a_coupon_names_it_and_stands_no_longer_than_it(
    ends_after: timedelta | None, expires_after: timedelta
) -> None:
    shown = coupon(promotion(valid_until=NOW + ends_after if ends_after else None))
    [made] = quote(
        published(),
        6,
        quote_id=QUOTE,
        guest_id=GUEST,
        stay=STAY,
        guests=2,
        units=1,
        now=NOW,
        coupon=shown,
    )
    assert made.promotion_id == PROMOTION
    assert [each.kind for each in made.lines] == ["night", "night", "coupon"]
    assert made.total == Money(180_000, "SEK")
    assert made.expires_at == NOW + expires_after


@for_all(
    amounts=st.lists(st.integers(0, 10**12), min_size=1, max_size=20),
    discount=st.integers(0, 10**12),
    share=st.integers(1, 10_000),
    fixed=st.one_of(st.none(), st.integers(1, 10**13)),
)
def test_a_coupon_never_makes_a_price_negative_and_never_adds_to_it(
    amounts: list[int], discount: int, share: int, fixed: int | None
) -> None:
    before = [*map(line, amounts), line(-min(discount, sum(amounts)), "discount")]
    terms = {"share": share} if fixed is None else {"amount": Money(fixed, "SEK")}
    shown = coupon(promotion(**terms))
    [made] = coupon_lines(shown, before, listing_id=LISTING, stay=STAY)
    price_before = sum(each.amount.amount for each in before)
    assert 0 <= price_before + made.amount.amount <= price_before
