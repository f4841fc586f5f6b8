"""Amounts of money are whole minor units of one currency and never mix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from domain.refusals import AmountTooLarge, CurrencyMismatch

# ISO 4217 list one: the currencies whose minor unit is not a hundredth.
NO_DECIMALS = frozenset(
    (
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
        *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
    )
)
THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])

LARGEST_AMOUNT = 2**63 - 1
"""The greatest magnitude an amount may have, in minor units: a signed 64-bit integer."""

_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, order=False)
class Money:
    """An amount in integer minor units of an ISO 4217 currency; raises AmountTooLarge."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is not an ISO 4217 currency code")
        if abs(self.amount) > LARGEST_AMOUNT:
            raise AmountTooLarge(currency=self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in ``currency``."""
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def share(self, basis_points: int) -> Money:
        """``basis_points`` ten-thousandths of this amount, rounded half to even, once."""
        exact = Decimal(self.amount) * basis_points / 10_000
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), self.currency)

    @property
    def decimals(self) -> int:
        """How many decimals the currency's major unit has: 0, 2 or 3."""
        if self.currency in NO_DECIMALS:
            return 0
        return 3 if self.currency in THREE_DECIMALS else 2

    def __str__(self) -> str:
        return f"{Decimal(self.amount).scaleb(-self.decimals)} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(expected=self.currency, given=other.currency)
        return other


def total(amounts: list[Money], currency: str) -> Money:
    """The sum of ``amounts``, or nothing in ``currency`` when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
