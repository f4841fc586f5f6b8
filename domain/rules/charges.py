"""What is added to, or taken off, the price of the nights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.money import Money

WHOLE = 10_000
"""All of an amount, in ten-thousandths."""

Per = Literal["booking", "night", "guest", "guest_night", "unit"]
"""What a fee is charged for; a night is a night of one unit."""

TaxedLine = Literal["night", "extra_guests", "discount", "fee", "coupon", "service_fee"]
"""A kind of line that a tax may be a share of."""

ACCOMMODATION: tuple[TaxedLine, ...] = ("night", "extra_guests", "discount", "coupon")


@dataclass(frozen=True, kw_only=True)
class ExtraGuests:
    """Beyond ``included`` guests a unit, each costs ``price`` a night."""

    included: int
    price: Money


@dataclass(frozen=True, kw_only=True)
class LengthDiscount:
    """From ``nights`` on, ``share`` ten-thousandths of the nights' price are taken off."""

    nights: int
    share: int


@dataclass(frozen=True, kw_only=True)
class AheadDiscount:
    """A discount of ``share`` ten-thousandths, by how many ``days`` before arrival one asks."""

    days: int
    share: int


@dataclass(frozen=True, kw_only=True)
class Fee:
    """An amount that is charged by the host, such as for cleaning or a pet."""

    name: str
    amount: Money
    per: Per = "booking"


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A share of the lines of some kinds, or an amount a night or for each guest a night.

    An amount is charged for at most ``maximum_nights`` nights, and one for each guest not for
    those younger than ``exempt_under`` years. A tax that is included is in the prices already.
    """

    name: str
    basis: Literal["percent", "night", "guest_night"]
    share: int = 0
    on: tuple[TaxedLine, ...] = ACCOMMODATION
    amount: Money | None = None
    maximum_nights: int | None = None
    exempt_under: int | None = None
    included: bool = False
