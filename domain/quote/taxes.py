"""What is due on a stay: a share of some lines, or an amount a night or for each guest a night."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.facts import QuoteLine
from domain.rules.charges import WHOLE, Tax
from domain.rules.document import Rules


def taxes(rules: Rules, version: int, asked: Asked, lines: Sequence[QuoteLine]) -> list[QuoteLine]:
    """A line for each tax on ``lines``, in the order of the rules.

    One that is included adds nothing: its line says what of the prices it is.
    """
    return [_line(rules, tax, version, asked, lines) for tax in rules.taxes]


def _line(
    rules: Rules, tax: Tax, version: int, asked: Asked, lines: Sequence[QuoteLine]
) -> QuoteLine:
    currency = lines[0].amount.currency
    due = _share(rules, tax, lines, currency) if tax.basis == "percent" else _amount(tax, asked)
    return QuoteLine(
        kind="tax",
        description=tax.name,
        amount=Money.zero(currency) if tax.included else due,
        rule="taxes",
        rule_version=version,
        included=tax.included,
        contained=due if tax.included else None,
    )


def _amount(tax: Tax, asked: Asked) -> Money:
    assert tax.amount is not None, "a tax that is no share has an amount"
    nights = min(asked.length, tax.maximum_nights or asked.length)
    if tax.basis == "night":
        return tax.amount * (nights * asked.units)
    return tax.amount * (nights * (asked.guests - asked.younger_than(tax.exempt_under)))


def _share(rules: Rules, tax: Tax, lines: Sequence[QuoteLine], currency: str) -> Money:
    """The tax by percent: on top of its lines, or the part of them that it is already."""
    due = Fraction(0)
    for kind in dict.fromkeys(tax.on):
        of_kind = sum(line.amount.amount for line in lines if _taxed_as(line) == kind)
        whole = WHOLE
        if tax.included:
            whole += sum(each.share for each in rules.taxes if _in(each, kind))
        due += Fraction(of_kind * tax.share, whole)
    return Money(max(round(due), 0), currency)


def _taxed_as(line: QuoteLine) -> str:
    """Days and slots are to taxes what nights are."""
    return "night" if line.kind in ("day", "slot") else line.kind


def _in(tax: Tax, kind: str) -> bool:
    """Whether the price of lines of ``kind`` has a share of ``tax`` in it."""
    return tax.included and tax.basis == "percent" and kind in tax.on
