"""Which rules a host may set: the document is checked as a whole, and the first fault named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from domain.currencies import NO_CURRENCY, is_currency
from domain.money import Money
from domain.refusals import CurrencyMismatch, InvalidOffer
from domain.rules.charges import WHOLE, Tax
from domain.rules.document import Rules, Season
from domain.rules.schedule import check_schedule

LONGEST_HORIZON = 3_650
LONGEST_NOTICE = 24 * 365
LONGEST_STAY = 730
LONGEST_HOLD = 24 * 60
LONGEST_DECISION = 24 * 14
LONGEST_NAME = 100
OLDEST = 130
MOST_SEASONS = 100
MOST_CHARGES = 50


def check_rules_document(rules: Rules, currency: str | None = None) -> None:
    """Raise :class:`InvalidOffer` with the dotted name of the first field that can't be.

    Raises CurrencyMismatch for amounts in different currencies, or in another than ``currency``.
    Only what a host chooses is checked: what was set once stands as it is.
    """
    check_schedule(rules.schedule)
    _range("horizon_days", rules.horizon_days, 1, LONGEST_HORIZON)
    _range("notice_hours", rules.notice_hours, 0, LONGEST_NOTICE)
    _range("hold_minutes", rules.hold_minutes, 1, LONGEST_HOLD)
    _range("decide_within_hours", rules.decide_within_hours, 1, LONGEST_DECISION)
    _weekdays("arrival_days", rules.arrival_days, least=1)
    _weekdays("departure_days", rules.departure_days, least=1)
    _weekdays("weekend_days", rules.weekend_days, least=0)
    _seasons(rules.seasons)
    _charges(rules)
    for number, tax in enumerate(rules.taxes):
        _tax(f"taxes.{number}", tax)
    for field, amount in amounts(rules):
        if amount.amount < 0:
            raise InvalidOffer(field=field, why="can't be negative")
        if not is_currency(amount.currency):
            raise InvalidOffer(field=f"{field}.currency", why=NO_CURRENCY)
        currency = currency or amount.currency
        if amount.currency != currency:
            raise CurrencyMismatch(expected=currency, given=amount.currency)


def amounts(rules: Rules) -> Iterator[tuple[str, Money]]:
    """Every amount of money in the document, by its dotted name."""
    named = [("weekend_price", rules.weekend_price)]
    for number, season in enumerate(rules.seasons):
        named.append((f"seasons.{number}.price", season.price))
        named.append((f"seasons.{number}.weekend_price", season.weekend_price))
    if rules.extra_guests:
        named.append(("extra_guests.price", rules.extra_guests.price))
    named += [(f"fees.{number}.amount", fee.amount) for number, fee in enumerate(rules.fees)]
    named += [(f"taxes.{number}.amount", tax.amount) for number, tax in enumerate(rules.taxes)]
    named.append(("deposit", rules.deposit))
    return ((field, amount) for field, amount in named if amount is not None)


def in_currency(rules: Rules, currency: str | None) -> Rules:
    """``rules`` without what they charge in another currency than ``currency``, if there is one."""
    if currency is None or all(amount.currency == currency for _, amount in amounts(rules)):
        return rules
    return replace(
        rules,
        weekend_price=None,
        seasons=tuple(replace(each, price=None, weekend_price=None) for each in rules.seasons),
        extra_guests=None,
        fees=(),
        taxes=tuple(tax for tax in rules.taxes if tax.amount is None),
        deposit=None,
    )


def _seasons(seasons: tuple[Season, ...]) -> None:
    _most("seasons", seasons, MOST_SEASONS)
    for number, season in enumerate(seasons):
        field = f"seasons.{number}"
        _name(field, season.name)
        if season.end <= season.start:
            raise InvalidOffer(field=f"{field}.to", why="must be after its beginning")
        for other in seasons[:number]:
            if season.start < other.end and other.start < season.end:
                raise InvalidOffer(field=f"{field}.from", why=f"lies in {other.name} too")
        _between(f"{field}.minimum_nights", season.minimum_nights, 1, LONGEST_STAY)
        _between(
            f"{field}.maximum_nights", season.maximum_nights, season.minimum_nights or 1,
            LONGEST_STAY,
        )  # fmt: skip
        _between(f"{field}.notice_hours", season.notice_hours, 0, LONGEST_NOTICE)
        for days in ("arrival_days", "departure_days"):
            chosen: tuple[int, ...] | None = getattr(season, days)
            if chosen is not None:
                _weekdays(f"{field}.{days}", chosen, least=1)


def _charges(rules: Rules) -> None:
    for field in ("length_discounts", "early_bird", "last_minute", "fees", "taxes"):
        _most(field, getattr(rules, field), MOST_CHARGES)
    for number, discount in enumerate(rules.length_discounts):
        _range(f"length_discounts.{number}.nights", discount.nights, 1, LONGEST_STAY)
        _share(f"length_discounts.{number}.share", discount.share)
    for field, tiers in (("early_bird", rules.early_bird), ("last_minute", rules.last_minute)):
        for number, tier in enumerate(tiers):
            _range(f"{field}.{number}.days", tier.days, 0, LONGEST_HORIZON)
            _share(f"{field}.{number}.share", tier.share)
    if rules.extra_guests:
        _range("extra_guests.included", rules.extra_guests.included, 1, 1_000)
    for number, fee in enumerate(rules.fees):
        _name(f"fees.{number}", fee.name)
    _share("service_fee", rules.service_fee)


def _tax(field: str, tax: Tax) -> None:
    _name(field, tax.name)
    _share(f"{field}.share", tax.share)
    _between(f"{field}.maximum_nights", tax.maximum_nights, 1, LONGEST_STAY)
    _between(f"{field}.exempt_under", tax.exempt_under, 1, OLDEST)
    percent = tax.basis == "percent"
    if percent and not tax.on:
        raise InvalidOffer(field=f"{field}.on", why="must name what the tax is a share of")
    if percent and tax.amount is not None:
        raise InvalidOffer(field=f"{field}.amount", why="is not for a tax by percent; set share")
    if not percent and tax.amount is None:
        raise InvalidOffer(field=f"{field}.amount", why="is what this tax needs")
    if not percent and tax.share:
        raise InvalidOffer(field=f"{field}.share", why="is for a tax by percent; set amount")
    if percent and tax.maximum_nights is not None:
        raise InvalidOffer(field=f"{field}.maximum_nights", why="is not for a tax by percent")
    if tax.basis != "guest_night" and tax.exempt_under is not None:
        raise InvalidOffer(field=f"{field}.exempt_under", why="is for a tax on each guest")


def _most(field: str, items: Sequence[object], most: int) -> None:
    if len(items) > most:
        raise InvalidOffer(field=field, why=f"are at most {most}")


def _name(field: str, name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidOffer(field=f"{field}.name", why=f"must have 1 to {LONGEST_NAME} characters")


def _weekdays(field: str, days: tuple[int, ...], least: int) -> None:
    if len(days) < least or any(not 1 <= day <= 7 for day in days) or len(set(days)) != len(days):
        raise InvalidOffer(field=field, why="must name weekdays, each once")


def _share(field: str, share: int) -> None:
    _range(field, share, 0, WHOLE)


def _between(field: str, number: int | None, least: int, most: int) -> None:
    if number is not None:
        _range(field, number, least, most)


def _range(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidOffer(field=field, why=f"must be from {least} to {most}")
