from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings

from domain.account.decisions import register, set_default_rules
from domain.account.facts import DefaultRulesSet
from domain.account.state import evolve as evolve_account
from domain.booking.decisions import hold_until
from domain.calendar.state import EMPTY
from domain.listing.decisions import change, copy, draft
from domain.listing.facts import ListingEvent
from domain.listing.state import Listing, evolve
from domain.money import Money
from domain.quote.decisions import check_rules, check_still_bookable, quote
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    CurrencyMismatch,
    DatesPast,
    InvalidOffer,
    ListingArchived,
    ListingNotPublished,
    Refusal,
    TooManyUnits,
)
from domain.rules.charges import AheadDiscount, ExtraGuests, Fee, LengthDiscount, Tax
from domain.rules.checking import check_rules_document
from domain.rules.dates import DateOverride
from domain.rules.decisions import set_rules
from domain.rules.document import NO_RULES, Rules, Season
from domain.rules.facts import DatesChanged, RulesSet
from domain.rules.refusals import (
    ArrivalNotAllowed,
    DateClosed,
    DepartureNotAllowed,
    NoticeTooShort,
)
from domain.rules.schedule import Opening, Schedule
from domain.stay import Stay
from tests.domain.facts import GUEST, HOST, JUNE, NOW, OTHER, QUOTE, nights, offer, published
from tests.domain.rulebooks import rulebooks
from tests.domain.scenario import Given

SEK = Money(100_000, "SEK")
EUR = Money(10_000, "EUR")
TODAY = date(2027, 3, 1)
CHECK_IN = datetime.fromisoformat("2027-06-10T13:00:00+00:00")
"""15:00 in Stockholm, in summer; a Thursday."""

MIDSUMMER = Season(
    name="Midsummer",
    start=date(2027, 6, 20),
    end=date(2027, 7, 1),
    minimum_nights=4,
    maximum_nights=6,
    arrival_days=(7,),
    departure_days=(5,),
    notice_hours=48,
)


def listing(**rules: object) -> Listing:
    return replace(published(), rules=Rules(**rules))  # type: ignore[arg-type]


def decided(
    kept: Listing, stay: Stay, refusal: type[Refusal] | None, now: datetime = NOW, **values: object
) -> None:
    if refusal is None:
        check_rules(kept, stay, 1, 1, now)
        return
    with pytest.raises(refusal) as refused:
        check_rules(kept, stay, 1, 1, now)
    assert "{" not in str(refused.value)
    assert values.items() <= refused.value.values.items()


@pytest.mark.parametrize(
    ("hours", "now", "refusal"),
    [
        (0, CHECK_IN + timedelta(hours=8, minutes=59), None),
        (0, CHECK_IN + timedelta(hours=9), DatesPast),
        (1, CHECK_IN - timedelta(hours=1), None),
        (1, CHECK_IN - timedelta(hours=1) + timedelta(microseconds=1), NoticeTooShort),
        (24, CHECK_IN - timedelta(hours=24), None),
        (24, CHECK_IN - timedelta(hours=23), NoticeTooShort),
    ],
    ids=[
        "without notice until the day of arrival ends",
        "without notice not on the day after",
        "an hour ahead to the instant",
        "an instant less than an hour ahead",
        "a day ahead",
        "an hour less than a day ahead",
    ],
)
def test_notice_is_counted_back_from_check_in(
    hours: int, now: datetime, refusal: type[Refusal] | None
) -> None:
    decided(listing(notice_hours=hours), nights(10, 12), refusal, now)


def test_notice_says_until_when_one_could_have_booked() -> None:
    kept = listing(notice_hours=24, schedule=Schedule(check_in=time(17)))
    with pytest.raises(NoticeTooShort) as refused:
        check_rules(kept, nights(10, 12), 1, 1, CHECK_IN)
    assert refused.value.book_by == CHECK_IN + timedelta(hours=2 - 24)


@pytest.mark.parametrize(
    ("zone", "arrive", "book_by"),
    [
        ("America/New_York", date(2027, 3, 14), "2027-03-13T19:00:00+00:00"),
        ("America/New_York", date(2027, 3, 15), "2027-03-14T19:00:00+00:00"),
        ("America/New_York", date(2027, 3, 13), "2027-03-12T20:00:00+00:00"),
    ],
    ids=["over the night when clocks go forward", "the day after", "the day before"],
)
def test_a_day_of_notice_is_24_hours_however_clocks_change(
    zone: str, arrive: date, book_by: str
) -> None:
    kept = replace(published(time_zone=zone), rules=Rules(notice_hours=24))
    stay, latest = Stay(arrive, arrive + timedelta(days=1)), datetime.fromisoformat(book_by)
    decided(kept, stay, None, latest)
    decided(kept, stay, NoticeTooShort, latest + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("horizon", "ahead", "refusal"),
    [(30, 30, None), (30, 31, BeyondHorizon), (800, 800, None), (800, 801, BeyondHorizon)],
    ids=["leaving on the last day", "a day later", "far ahead", "too far ahead"],
)
def test_a_listing_says_how_far_ahead_it_is_booked(
    horizon: int, ahead: int, refusal: type[Refusal] | None
) -> None:
    depart = TODAY + timedelta(days=ahead)
    decided(listing(horizon_days=horizon), Stay(depart - timedelta(days=2), depart), refusal)


@pytest.mark.parametrize(
    ("rules", "stay", "refusal"),
    [
        ({"arrival_days": (5, 6)}, nights(11, 13), None),
        ({"arrival_days": (5, 6)}, nights(10, 13), ArrivalNotAllowed),
        ({"departure_days": (7,)}, nights(11, 13), None),
        ({"departure_days": (7,)}, nights(11, 14), DepartureNotAllowed),
        ({"seasons": (replace(MIDSUMMER, departure_days=None),)}, nights(19, 22), None),
        ({"seasons": (MIDSUMMER,)}, nights(20, 25), None),
        ({"seasons": (MIDSUMMER,)}, nights(21, 25), ArrivalNotAllowed),
        ({"seasons": (MIDSUMMER,)}, nights(20, 24), DepartureNotAllowed),
        ({"seasons": (MIDSUMMER,)}, nights(15, 18), None),
        ({"seasons": (MIDSUMMER,), "departure_days": (1,)}, nights(19, 25), None),
        ({"seasons": (MIDSUMMER,)}, nights(20, 22), DepartureNotAllowed),
        ({"seasons": (MIDSUMMER,)}, nights(20, 32), AboveMaximumStay),
        ({"seasons": (replace(MIDSUMMER, departure_days=None),)}, nights(20, 23), BelowMinimumStay),
    ],
    ids=[
        "on a day of arrival",
        "on no day of arrival",
        "on a day of departure",
        "on no day of departure",
        "a season that begins later does not decide the length",
        "as the season has it",
        "on no day of arrival of the season",
        "on no day of departure of the season",
        "before the season it is as always",
        "the day of departure is that of the date of departure",
        "too early a departure",
        "longer than the season has it",
        "shorter than the season has it",
    ],
)
def test_weekdays_and_lengths_are_those_of_the_season(
    rules: dict[str, object], stay: Stay, refusal: type[Refusal] | None
) -> None:
    decided(listing(**rules), stay, refusal)


def test_a_refused_weekday_says_which_there_are() -> None:
    kept = listing(arrival_days=(5, 6, 7), departure_days=(1,))
    with pytest.raises(ArrivalNotAllowed) as refused:
        check_rules(kept, nights(10, 14), 1, 1, NOW)
    assert "Friday, Saturday or Sunday" in str(refused.value)
    with pytest.raises(DepartureNotAllowed) as refused_too:
        check_rules(kept, nights(11, 13), 1, 1, NOW)
    assert "Monday" in str(refused_too.value)


def test_the_notice_of_a_season_beats_the_base() -> None:
    kept = listing(notice_hours=24, seasons=(replace(MIDSUMMER, departure_days=None),))
    now = CHECK_IN + timedelta(days=10) - timedelta(hours=47)
    decided(kept, nights(20, 25), NoticeTooShort, now, hours=48)
    freely = replace(kept, rules=replace(kept.rules, seasons=(replace(MIDSUMMER, notice_hours=0),)))
    decided(freely, nights(20, 25), None, CHECK_IN + timedelta(days=10))


@pytest.mark.parametrize(
    ("set_for", "stay", "refusal"),
    [
        ({"minimum_nights": 2}, nights(20, 22), None),
        ({"minimum_nights": 3}, nights(20, 22), BelowMinimumStay),
        ({"minimum_nights": 3}, nights(19, 21), None),
    ],
    ids=[
        "the date's minimum beats the season's",
        "shorter than the date has it",
        "the minimum is that of the date of arrival",
    ],
)
def test_what_is_set_for_a_date_beats_the_season(
    set_for: dict[str, object], stay: Stay, refusal: type[Refusal] | None
) -> None:
    season = Season(name="June", start=date(2027, 6, 20), end=date(2027, 7, 1), minimum_nights=4)
    day = JUNE + timedelta(days=19)
    own = DateOverride(start=day, end=day + timedelta(days=1), **set_for)  # type: ignore[arg-type]
    kept = replace(listing(seasons=(season,)), overrides=(own,))
    decided(kept, stay, refusal)


@pytest.mark.parametrize(
    ("stay", "refusal"),
    [
        (nights(18, 20), None),
        (nights(19, 21), DateClosed),
        (nights(20, 21), DateClosed),
        (nights(21, 23), None),
    ],
    ids=["leaving on it", "sleeping over it", "arriving on it", "arriving on the day after"],
)
def test_nobody_sleeps_on_a_closed_date(stay: Stay, refusal: type[Refusal] | None) -> None:
    own = DateOverride(start=date(2027, 6, 20), end=date(2027, 6, 21), closed=True)
    decided(replace(published(), overrides=(own,)), stay, refusal)


def test_a_closed_night_is_named() -> None:
    own = DateOverride(start=date(2027, 6, 11), end=date(2027, 6, 30), closed=True)
    with pytest.raises(DateClosed) as refused:
        check_rules(replace(published(), overrides=(own,)), nights(10, 20), 1, 1, NOW)
    assert "2027-06-11, 2027-06-12, 2027-06-13 and 6 more" in str(refused.value)


def test_a_quoted_stay_is_booked_under_the_rules_of_its_quote() -> None:
    stricter = replace(
        published(max_guests=1, minimum_nights=5),
        rules=Rules(notice_hours=8_760, horizon_days=1, arrival_days=(1,), departure_days=(1,)),
    )
    check_still_bookable(stricter, nights(10, 12), 1, NOW)


@pytest.mark.parametrize(
    ("changed", "units", "now", "refusal"),
    [
        ({"status": "unpublished"}, 1, NOW, ListingNotPublished),
        ({}, 2, NOW, TooManyUnits),
        ({}, 1, CHECK_IN + timedelta(days=1), DatesPast),
        (
            {"overrides": (DateOverride(start=JUNE, end=date(2027, 7, 1), closed=True),)},
            1,
            NOW,
            DateClosed,
        ),
    ],
    ids=["off the market", "fewer units", "the day of arrival is over", "closed meanwhile"],
)
def test_what_no_quote_can_promise_is_decided_again(
    changed: dict[str, object], units: int, now: datetime, refusal: type[Refusal]
) -> None:
    kept = replace(published(), **changed)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        check_still_bookable(kept, nights(10, 12), units, now)


@pytest.mark.parametrize(
    ("rules", "instant", "held_for"),
    [
        ({}, True, timedelta(minutes=15)),
        ({"hold_minutes": 40}, True, timedelta(minutes=40)),
        ({}, False, timedelta(hours=24)),
        ({"decide_within_hours": 2}, False, timedelta(hours=2)),
    ],
    ids=["a quarter of an hour", "as long as the host gives", "a day to decide", "two hours"],
)
def test_the_host_says_how_long_a_hold_lasts(
    rules: dict[str, object],
    instant: bool,  # noqa: FBT001 - pytest names it
    held_for: timedelta,
) -> None:
    kept = replace(listing(**rules), instant=instant)
    [made] = quote(
        kept, 6, quote_id=QUOTE, guest_id=GUEST, stay=nights(10, 12), guests=1, units=1, now=NOW
    )
    assert hold_until(kept, made, NOW) == NOW + held_for


VAT = Tax(name="VAT", basis="percent", share=1_200)
CITY = Tax(name="city tax", basis="guest_night", amount=SEK)
WRONG: list[tuple[dict[str, object], str]] = [
    ({"horizon_days": 0}, "horizon_days"),
    ({"horizon_days": 3_651}, "horizon_days"),
    ({"notice_hours": -1}, "notice_hours"),
    ({"hold_minutes": 0}, "hold_minutes"),
    ({"decide_within_hours": 0}, "decide_within_hours"),
    ({"arrival_days": ()}, "arrival_days"),
    ({"departure_days": (1, 1)}, "departure_days"),
    ({"weekend_days": (8,)}, "weekend_days"),
    ({"weekend_price": Money(-1, "SEK")}, "weekend_price"),
    ({"seasons": (replace(MIDSUMMER, end=MIDSUMMER.start),)}, "seasons.0.to"),
    ({"seasons": (replace(MIDSUMMER, name=" "),)}, "seasons.0.name"),
    ({"seasons": (MIDSUMMER, replace(MIDSUMMER, end=date(2027, 6, 21)))}, "seasons.1.from"),
    ({"seasons": (replace(MIDSUMMER, maximum_nights=3),)}, "seasons.0.maximum_nights"),
    ({"seasons": (replace(MIDSUMMER, minimum_nights=0),)}, "seasons.0.minimum_nights"),
    ({"seasons": (replace(MIDSUMMER, arrival_days=()),)}, "seasons.0.arrival_days"),
    ({"seasons": (replace(MIDSUMMER, notice_hours=8_761),)}, "seasons.0.notice_hours"),
    ({"extra_guests": ExtraGuests(included=0, price=SEK)}, "extra_guests.included"),
    ({"length_discounts": (LengthDiscount(nights=0, share=1),)}, "length_discounts.0.nights"),
    ({"length_discounts": (LengthDiscount(nights=7, share=10_001),)}, "length_discounts.0.share"),
    ({"early_bird": (AheadDiscount(days=-1, share=1),)}, "early_bird.0.days"),
    ({"last_minute": (AheadDiscount(days=1, share=-1),)}, "last_minute.0.share"),
    ({"fees": (Fee(name="", amount=SEK),)}, "fees.0.name"),
    ({"fees": (Fee(name="cleaning", amount=Money(-1, "SEK")),)}, "fees.0.amount"),
    ({"fees": (Fee(name="cleaning", amount=SEK),) * 51}, "fees"),
    ({"service_fee": 10_001}, "service_fee"),
    ({"taxes": (replace(VAT, on=()),)}, "taxes.0.on"),
    ({"taxes": (replace(VAT, amount=SEK),)}, "taxes.0.amount"),
    ({"taxes": (replace(VAT, maximum_nights=3),)}, "taxes.0.maximum_nights"),
    ({"taxes": (VAT, replace(CITY, amount=None))}, "taxes.1.amount"),
    ({"taxes": (replace(CITY, share=5),)}, "taxes.0.share"),
    ({"taxes": (replace(CITY, basis="night", exempt_under=5),)}, "taxes.0.exempt_under"),
    ({"taxes": (replace(CITY, maximum_nights=0),)}, "taxes.0.maximum_nights"),
    ({"deposit": Money(-1, "SEK")}, "deposit"),
    ({"schedule": Schedule(buffer_after=-1)}, "schedule.buffer_after"),
    ({"schedule": Schedule(slot_minutes=0)}, "schedule.slot_minutes"),
    (
        {"schedule": Schedule(opening=(Opening(weekday=1, opens=time(9), closes=time(8)),))},
        "schedule.opening.0.closes",
    ),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=[field for _, field in WRONG])
def test_rules_that_can_not_be_are_told_by_their_field(
    wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidOffer) as refused:
        check_rules_document(Rules(**wrong))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_the_plainest_rules_and_the_longest_are_fine() -> None:
    check_rules_document(NO_RULES)
    later = replace(MIDSUMMER, start=MIDSUMMER.end, end=date(2027, 8, 1))
    check_rules_document(Rules(seasons=(MIDSUMMER, later), taxes=(VAT, CITY)), "SEK")


@settings(max_examples=30)
@for_all(rulebooks())
def test_any_rules_that_are_fine_are_set_and_then_stand(rules: Rules) -> None:
    check_rules_document(rules, "SEK")
    kept = published()
    for event in set_rules(kept, rules):
        kept = evolve(kept, event)
    assert kept.rules == rules
    assert set_rules(kept, rules) == []


def test_rules_are_set_once() -> None:
    rules = Rules(notice_hours=24)
    state = (
        Given(published(), evolve)
        .when(lambda kept: set_rules(kept, rules))
        .then(RulesSet(rules=rules))
    )
    Given(state, evolve).when(lambda kept: set_rules(kept, rules)).then_nothing()


def test_an_archived_listing_keeps_its_rules() -> None:
    archived = replace(published(), status="archived")
    Given(archived, evolve).when(lambda kept: set_rules(kept, Rules(notice_hours=1))).then_refused(
        ListingArchived
    )


def test_everything_that_a_listing_charges_is_in_one_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        set_rules(published(), Rules(deposit=EUR))
    with pytest.raises(CurrencyMismatch):
        set_rules(published(price=None), Rules(deposit=EUR, weekend_price=SEK))
    kept = listing(deposit=SEK)
    with pytest.raises(CurrencyMismatch):
        change(kept, EMPTY, offer(price=EUR), NOW)
    assert change(listing(), EMPTY, offer(price=EUR), NOW)


def test_a_copy_has_the_rules_and_the_dates_to_come() -> None:
    past = DateOverride(start=date(2027, 2, 1), end=date(2027, 2, 2), closed=True)
    ahead = DateOverride(start=JUNE, end=date(2027, 6, 2), closed=True)
    kept = replace(listing(notice_hours=5), overrides=(past, ahead))
    *_, rules, dates = copy(kept, OTHER, NOW)
    assert rules == RulesSet(rules=kept.rules)
    assert dates == DatesChanged(on=TODAY, overrides=(ahead,))


def drafted(rules: Rules, price: Money | None) -> Listing:
    events: list[ListingEvent] = draft(OTHER, HOST, offer(price=price), rules=rules)
    state: Listing | None = None
    for event in events:
        state = evolve(state, event)
    assert state is not None
    return state


def test_a_listing_begins_with_the_default_rules_of_its_host() -> None:
    rules = Rules(notice_hours=24, deposit=SEK, taxes=(VAT, CITY))
    assert drafted(rules, SEK).rules == rules
    assert drafted(rules, None).rules == rules
    assert len(draft(OTHER, HOST, offer())) == len(draft(OTHER, HOST, offer(), rules=rules)) - 1


def test_default_amounts_in_another_currency_are_left_out() -> None:
    season = replace(MIDSUMMER, price=SEK)
    rules = Rules(notice_hours=24, deposit=SEK, taxes=(VAT, CITY), seasons=(season,))
    assert drafted(rules, EUR).rules == Rules(notice_hours=24, taxes=(VAT,), seasons=(MIDSUMMER,))


def test_default_rules_are_set_once() -> None:
    account = evolve_account(None, register(HOST, "Hedda", None)[0])
    rules = Rules(notice_hours=24)
    state = (
        Given(account, evolve_account)
        .when(lambda one: set_default_rules(one, rules))
        .then(DefaultRulesSet(rules=rules))
    )
    Given(state, evolve_account).when(lambda one: set_default_rules(one, rules)).then_nothing()
    Given(state, evolve_account).when(
        lambda one: set_default_rules(one, Rules(deposit=SEK, weekend_price=EUR))
    ).then_refused(CurrencyMismatch, expected="EUR", given="SEK")


@settings(max_examples=30)
@for_all(rulebooks())
def test_a_draft_in_another_currency_can_always_be_made(rules: Rules) -> None:
    check_rules_document(drafted(rules, EUR).rules, "EUR")
