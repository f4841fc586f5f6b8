from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.money import Money
from domain.promotion.codes import candidates, promotion_id, spelled
from domain.promotion.coupon import chosen
from domain.promotion.decisions import create, redeem, return_redemption, withdraw
from domain.promotion.facts import (
    PromotionCreated,
    PromotionEvent,
    PromotionRedeemed,
    PromotionWithdrawn,
    RedemptionReturned,
)
from domain.promotion.refusals import (
    CodeTaken,
    CouponExpired,
    CouponNotYetValid,
    CouponUsedUp,
    CouponWithdrawn,
    UnknownCoupon,
)
from domain.promotion.state import Promotion, evolve
from domain.promotion.terms import MOST_LISTINGS, MOST_REDEMPTIONS, PromotionTerms
from domain.refusals import InvalidOffer, Refusal
from tests.domain.coupons import CODE, PROMOTION, coupon, created, promotion
from tests.domain.facts import BOOKING, GUEST, HOST, NOW, OTHER
from tests.domain.scenario import given

A_TENTH = PromotionTerms(share=1_000)
SECOND = timedelta(seconds=1)
KRONA, EURO = Money(100, "SEK"), Money(100, "EUR")


def redeemed(booking: UUID = BOOKING, guest: UUID = GUEST) -> PromotionRedeemed:
    return PromotionRedeemed(promotion_id=PROMOTION, booking_id=booking, guest_id=guest)


def returned(booking: UUID = BOOKING) -> RedemptionReturned:
    return RedemptionReturned(promotion_id=PROMOTION, booking_id=booking)


@pytest.mark.parametrize(
    ("given_code", "code"),
    [
        ("SUMMER-27", "SUMMER-27"),
        ("  summer-27\n", "SUMMER-27"),
        ("abc", "ABC"),
        ("a" * 40, "A" * 40),
        ("ab", None),
        ("a" * 41, None),
        ("", None),
        ("summer 27", None),
        ("summer_27", None),
        ("été", None),
        ("h\u0131t", None),
        ("stra\u00dfe", None),
        ("\uff21\uff22\uff23", None),
    ],
    ids=[
        "as it is",
        "in small letters with spaces around it",
        "three characters",
        "forty characters",
        "two characters",
        "forty-one characters",
        "nothing",
        "a space within",
        "an underscore",
        "letters of other alphabets",
        "a letter that only becomes one of ours in capitals",
        "a letter that becomes two in capitals",
        "letters that only look like ours",
    ],
)
def test_a_code_is_trimmed_and_in_capitals(given_code: str, code: str | None) -> None:
    assert spelled(given_code) == code


def test_a_code_is_one_promotion_in_its_scope_for_ever() -> None:
    assert promotion_id(HOST, CODE) == UUID("bf0f3bc3-e877-568c-811e-97b44308a265")
    assert promotion_id(None, CODE) == UUID("b9a5d504-866f-5726-9eb0-ec8d77d2c860")
    assert candidates(" summer-27 ", HOST) == (promotion_id(HOST, CODE), promotion_id(None, CODE))
    assert len({promotion_id(owner, CODE) for owner in (HOST, OTHER, None)}) == 3
    with pytest.raises(UnknownCoupon):
        candidates("no code", HOST)


def test_the_hosts_coupon_comes_before_the_platforms() -> None:
    hosts = coupon()
    platforms = coupon(replace(promotion(), id=promotion_id(None, CODE), host_id=None))
    withdrawn = coupon(replace(promotion(), withdrawn=True))
    assert chosen(CODE, [hosts, platforms]) == hosts
    assert chosen(CODE, [platforms]) == platforms
    assert chosen(CODE, [withdrawn, platforms]) == platforms
    assert chosen(CODE, [withdrawn]) == withdrawn
    with pytest.raises(UnknownCoupon):
        chosen(CODE, [])


def test_a_promotion_is_made_under_its_code() -> None:
    assert create(None, HOST, " summer-27 ", A_TENTH) == [created()]
    [platforms] = create(None, None, CODE, A_TENTH)
    assert isinstance(platforms, PromotionCreated)
    assert (platforms.host_id, platforms.promotion_id) == (None, promotion_id(None, CODE))


def test_a_code_is_never_used_again() -> None:
    withdrawn = PromotionWithdrawn(promotion_id=PROMOTION)
    for facts in ([created()], [created(), withdrawn]):
        given(evolve, *facts).when(lambda p: create(p, HOST, CODE, A_TENTH)).then_refused(
            CodeTaken, coupon=CODE
        )
    with pytest.raises(InvalidOffer):
        create(None, HOST, "no code", A_TENTH)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (PromotionTerms(share=1), None),
        (PromotionTerms(share=10_000), None),
        (PromotionTerms(share=0), "share"),
        (PromotionTerms(share=10_001), "share"),
        (PromotionTerms(), "share"),
        (PromotionTerms(share=1, amount=KRONA), "share"),
        (PromotionTerms(amount=Money(1, "SEK")), None),
        (PromotionTerms(amount=Money(0, "SEK")), "amount"),
        (PromotionTerms(share=1, redemptions=MOST_REDEMPTIONS), None),
        (PromotionTerms(share=1, redemptions=MOST_REDEMPTIONS + 1), "redemptions"),
        (PromotionTerms(share=1, redemptions=0), "redemptions"),
        (PromotionTerms(share=1, redemptions=2, redemptions_per_guest=2), None),
        (
            PromotionTerms(share=1, redemptions=2, redemptions_per_guest=3),
            "redemptions_per_guest",
        ),
        (PromotionTerms(share=1, redemptions_per_guest=0), "redemptions_per_guest"),
        (PromotionTerms(share=1, valid_from=NOW, valid_until=NOW + SECOND), None),
        (PromotionTerms(share=1, valid_from=NOW, valid_until=NOW), "valid_until"),
        (
            PromotionTerms(share=1, stay_from=date(2027, 6, 1), stay_to=date(2027, 6, 2)),
            None,
        ),
        (
            PromotionTerms(share=1, stay_from=date(2027, 6, 1), stay_to=date(2027, 6, 1)),
            "stay_to",
        ),
        (PromotionTerms(share=1, minimum_nights=0), "minimum_nights"),
        (PromotionTerms(share=1, minimum_nights=731), "minimum_nights"),
        (PromotionTerms(share=1, minimum_total=Money(0, "SEK")), None),
        (PromotionTerms(share=1, minimum_total=Money(-1, "SEK")), "minimum_total"),
        (PromotionTerms(amount=KRONA, minimum_total=EURO), "minimum_total"),
        (PromotionTerms(share=1, listings=(HOST, HOST)), "listings"),
        (
            PromotionTerms(share=1, listings=tuple(UUID(int=n) for n in range(MOST_LISTINGS + 1))),
            "listings",
        ),
    ],
    ids=[
        "the smallest share",
        "all of it",
        "a share of nothing",
        "more than all",
        "neither a share nor an amount",
        "both a share and an amount",
        "the smallest amount",
        "an amount of nothing",
        "as many redemptions as there may be",
        "one redemption more",
        "no redemption",
        "one guest may use all",
        "one guest may use more than there are",
        "no guest may use one",
        "valid for a second",
        "valid for no time",
        "for one night",
        "for no night",
        "no minimum of nights",
        "a minimum longer than any stay",
        "a minimum total of nothing",
        "a negative minimum total",
        "two currencies",
        "the same listing twice",
        "too many listings",
    ],
)
def test_terms_let_somebody_save_something(terms: PromotionTerms, field: str | None) -> None:
    if field is None:
        terms.check()
    else:
        with pytest.raises(InvalidOffer) as refused:
            terms.check()
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("terms", "before", "refusal"),
    [
        ({}, [], None),
        ({"valid_from": NOW}, [], None),
        ({"valid_from": NOW + SECOND}, [], CouponNotYetValid),
        ({"valid_until": NOW + SECOND}, [], None),
        ({"valid_until": NOW}, [], CouponExpired),
        ({"redemptions": 2}, [redeemed(UUID(int=70))], None),
        ({"redemptions": 1}, [redeemed(UUID(int=70))], CouponUsedUp),
        ({"redemptions": 1}, [redeemed(UUID(int=70)), returned(UUID(int=70))], None),
        ({"redemptions_per_guest": 1}, [redeemed(UUID(int=70), OTHER)], None),
        ({"redemptions_per_guest": 1}, [redeemed(UUID(int=70))], CouponUsedUp),
        ({}, [PromotionWithdrawn(promotion_id=PROMOTION)], CouponWithdrawn),
    ],
    ids=[
        "no limits",
        "from this very instant",
        "a second too early",
        "a second before it ends",
        "the instant at which it ended",
        "the last redemption",
        "one after the last",
        "the last, which came back",
        "another guest used it",
        "this guest used it",
        "withdrawn",
    ],
)
def test_a_coupon_is_redeemed_within_its_limits(
    terms: dict[str, object], before: list[PromotionEvent], refusal: type[Refusal] | None
) -> None:
    scenario = given(evolve, created(**terms), *before).when(
        lambda p: redeem(p, BOOKING, GUEST, NOW)
    )
    if refusal is None:
        scenario.then(redeemed())
    else:
        scenario.then_refused(refusal, coupon=CODE)


def test_what_was_done_is_not_done_again() -> None:
    facts = [created(redemptions=1), redeemed()]
    given(evolve, *facts).when(lambda p: redeem(p, BOOKING, GUEST, NOW)).then_nothing()
    returning = given(evolve, *facts, returned())
    returning.when(lambda p: return_redemption(p, BOOKING)).then_nothing()
    given(evolve, created()).when(lambda p: return_redemption(p, BOOKING)).then_nothing()
    given(evolve, created()).when(withdraw).then(PromotionWithdrawn(promotion_id=PROMOTION))
    given(evolve, created(), PromotionWithdrawn(promotion_id=PROMOTION)).when(
        withdraw
    ).then_nothing()


def test_a_redemption_comes_back_from_a_promotion_that_was_withdrawn_too() -> None:
    withdrawn = PromotionWithdrawn(promotion_id=PROMOTION)
    after = (
        given(evolve, created(), redeemed(), withdrawn)
        .when(lambda p: return_redemption(p, BOOKING))
        .then(returned())
    )
    assert after.redeemed == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["redeem", "return", "withdraw"]),
        st.integers(100, 104),
        st.integers(200, 202),
    ),
    max_size=30,
)


@for_all(limit=st.integers(1, 4), per_guest=st.integers(1, 4), steps=STEPS)
def test_redemptions_never_pass_a_limit_whatever_happens(
    limit: int, per_guest: int, steps: list[tuple[str, int, int]]
) -> None:
    most = min(limit, per_guest)
    state = promotion(redemptions=limit, redemptions_per_guest=most)
    happened: list[PromotionEvent] = []

    def decide(step: tuple[str, int, int], before: Promotion) -> list[PromotionEvent]:
        what, booking, guest = step
        try:
            match what:
                case "redeem":
                    return redeem(before, UUID(int=booking), UUID(int=guest), NOW)
                case "return":
                    return return_redemption(before, UUID(int=booking))
                case _:
                    return withdraw(before)
        except (CouponUsedUp, CouponWithdrawn):
            return []

    for step in steps:
        for event in decide(step, state):
            happened.append(event)
            state = evolve(state, event)
        assert decide(step, state) == []
        used = sum(isinstance(event, PromotionRedeemed) for event in happened)
        back = sum(isinstance(event, RedemptionReturned) for event in happened)
        assert 0 <= used - back == state.redeemed <= limit
        guests = {UUID(int=guest) for _, _, guest in steps}
        assert all(state.redeemed_by(guest) <= most for guest in guests)
