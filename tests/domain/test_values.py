from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.local_time import instant, is_zone, local_date
from domain.money import LARGEST_AMOUNT, Money
from domain.refusals import AmountTooLarge, CurrencyMismatch
from domain.stay import Stay


@pytest.mark.parametrize(
    ("amount", "basis_points", "share"),
    [(100, 5_000, 50), (101, 5_000, 50), (103, 5_000, 52), (1, 3_333, 0), (-101, 5_000, -50)],
    ids=["even", "half goes to even below", "half goes to even above", "small", "negative"],
)
def test_a_share_rounds_half_to_even(amount: int, basis_points: int, share: int) -> None:
    assert Money(amount, "SEK").share(basis_points) == Money(share, "SEK")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        _ = Money(1, "SEK") + Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "SEK") <= Money(1, "EUR")


@pytest.mark.parametrize("currency", ["sek", "SE", "", "SEKK", "ÅÄÖ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


def test_an_amount_fits_in_64_bits() -> None:
    Money(LARGEST_AMOUNT, "SEK")
    for too_large in (LARGEST_AMOUNT + 1, -LARGEST_AMOUNT - 1):
        with pytest.raises(AmountTooLarge):
            Money(too_large, "SEK")
    with pytest.raises(AmountTooLarge):
        _ = Money(LARGEST_AMOUNT // 2, "SEK") * 3


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(123_456, "SEK"), "1234.56 SEK"),
        (Money(5, "JPY"), "5 JPY"),
        (Money(1_234, "KWD"), "1.234 KWD"),
    ],
)
def test_money_is_written_with_its_currencys_decimals(money: Money, text: str) -> None:
    assert str(money) == text


@for_all(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_adding_then_taking_away_changes_nothing(a: int, b: int) -> None:
    assert Money(a, "SEK") + Money(b, "SEK") - Money(b, "SEK") == Money(a, "SEK")


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("America/New_York", date(2026, 3, 8), time(13), "2026-03-08T17:00"),
        ("America/New_York", date(2026, 3, 8), time(18), "2026-03-08T22:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:30"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23T22:00"),
        ("Asia/Beirut", date(2026, 3, 29), time(0), "2026-03-28T22:00"),
        ("America/Santiago", date(2026, 9, 6), time(0), "2026-09-06T04:00"),
        ("America/Havana", date(2026, 3, 8), time(0), "2026-03-08T05:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:45"),
        ("Antarctica/Troll", date(2026, 3, 29), time(2, 30), "2026-03-29T02:30"),
        ("Pacific/Apia", date(2011, 12, 29), time(23), "2011-12-30T09:00"),
        ("Pacific/Apia", date(2011, 12, 31), time(0), "2011-12-30T10:00"),
    ],
    ids=[
        "New York at one, after the change",
        "New York at six, after the change",
        "New York, a time that does not exist moves forward",
        "New York, an ambiguous time is the first",
        "Cairo has no midnight that day",
        "Beirut has no midnight that day",
        "Santiago has no midnight that day",
        "Havana has no midnight that day",
        "Lord Howe shifts by half an hour",
        "Troll shifts by two hours",
        "Apia before the day that was skipped",
        "Apia after the day that was skipped",
    ],
)
def test_local_times_become_instants_by_one_rule(zone: str, day: date, at: time, utc: str) -> None:
    assert instant(day, at, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_two_calendar_nights_in_apia_can_take_twenty_hours() -> None:
    arrival = instant(date(2011, 12, 29), time(15), "Pacific/Apia")
    departure = instant(date(2011, 12, 31), time(11), "Pacific/Apia")
    assert Stay(date(2011, 12, 29), date(2011, 12, 31)).length == 2
    assert departure - arrival == timedelta(hours=20)


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Havana", "Africa/Cairo"])
def test_a_midnight_that_does_not_exist_is_one_in_the_morning(zone: str) -> None:
    day = {"Asia/Beirut": date(2026, 3, 29), "America/Havana": date(2026, 3, 8)}
    moment = instant(day.get(zone, date(2026, 4, 24)), time(0), zone)
    assert moment.astimezone(ZoneInfo(zone)).hour == 1


def test_zones_come_from_the_pinned_data_alone() -> None:
    assert zoneinfo.TZPATH == ()
    assert version("tzdata") == "2026.6"


def test_a_date_is_the_zones_own() -> None:
    moment = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    assert local_date(moment, "Europe/Stockholm") == date(2027, 3, 2)
    assert local_date(moment, "America/New_York") == date(2027, 3, 1)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "/etc/passwd", "../UTC", "Europe/\0"])
def test_a_zone_must_be_known(name: str) -> None:
    assert not is_zone(name)
