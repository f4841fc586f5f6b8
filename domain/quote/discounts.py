"""What a host takes off the nights' price: the best discount, or one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.facts import QuoteLine
from domain.rules.document import Rules


@dataclass(frozen=True)
class Discount:
    """A share in ten-thousandths, the rule that gives it, and why."""

    share: int
    rule: str
    why: str


def discounts(
    rules: Rules, version: int, asked: Asked, days_ahead: int, nights: Money
) -> list[QuoteLine]:
    """The lines that lower ``nights``, the sum of the nights, for who asks ``days_ahead`` days.

    Only the greatest share counts, of equal ones the first, unless the listing lets them stack;
    then each is of what those before it left.
    """
    given = [each for each in _given(rules, asked.stay.length, days_ahead) if each.share]
    if given and not rules.discounts_stack:
        given = [max(given, key=lambda each: each.share)]
    lines: list[QuoteLine] = []
    for discount in given:
        off = nights.share(discount.share)
        nights -= off
        line = QuoteLine(
            kind="discount",
            description=f"{percent(discount.share)} off: {discount.why}",
            amount=-off,
            rule=discount.rule,
            rule_version=version,
        )
        lines.append(line)
    return lines


def percent(share: int) -> str:
    """Ten-thousandths as people read them: 1250 is 12.5%."""
    return f"{share / 100:g}%"


def _given(rules: Rules, length: int, days_ahead: int) -> Iterator[Discount]:
    """The best of each kind that applies, in their fixed order."""
    long = [each for each in rules.length_discounts if each.nights <= length]
    early = [each for each in rules.early_bird if each.days <= days_ahead]
    late = [each for each in rules.last_minute if days_ahead <= each.days]
    if long:
        best = max(long, key=lambda each: each.share)
        yield Discount(best.share, "length_discounts", f"{best.nights} nights or more")
    if early:
        best = max(early, key=lambda each: each.share)
        yield Discount(best.share, "early_bird", f"booked {best.days} days ahead or more")
    if late:
        best = max(late, key=lambda each: each.share)
        yield Discount(best.share, "last_minute", f"booked {best.days} days ahead or less")
