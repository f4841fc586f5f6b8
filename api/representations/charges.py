"""What a host adds to the price of the nights, or takes off it, as clients write and read it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StrictStr

from api.representations.values import Input, Money
from domain.rules import charges
from domain.rules.charges import ACCOMMODATION, Per, TaxedLine

Share = Annotated[StrictInt, Field(description="Ten-thousandths: 1250 is 12.5 %.")]


class ExtraGuests(Input):
    """Beyond so many guests a unit, each costs this a night."""

    included: StrictInt
    price: Money


class LengthDiscount(Input):
    """From so many nights on, this share of the nights' price is taken off."""

    nights: StrictInt
    share: Share


class AheadDiscount(Input):
    """A share of the nights' price, by how many days before arrival one asks."""

    days: StrictInt
    share: Share


class Fee(Input):
    """An amount for the booking, or for each of what ``per`` names."""

    name: StrictStr
    amount: Money
    per: Per = "booking"


class Tax(Input):
    """A share of some lines, or an amount a night or for each guest a night."""

    name: StrictStr
    basis: Literal["percent", "night", "guest_night"]
    share: Share = 0
    on: list[TaxedLine] = Field(
        default_factory=lambda: list(ACCOMMODATION), description="Of percent: the kinds of lines."
    )
    amount: Money | None = None
    maximum_nights: StrictInt | None = None
    exempt_under: Annotated[StrictInt | None, Field(description="Years.")] = None
    included: Annotated[StrictBool, Field(description="The prices have it in them.")] = False

    def to_domain(self) -> charges.Tax:
        """As the domain takes it."""
        return charges.Tax(
            name=self.name,
            basis=self.basis,
            share=self.share,
            on=tuple(dict.fromkeys(self.on)),
            amount=self.amount.to_domain() if self.amount else None,
            maximum_nights=self.maximum_nights,
            exempt_under=self.exempt_under,
            included=self.included,
        )

    @classmethod
    def of(cls, tax: charges.Tax) -> Self:
        """As the domain has it."""
        return cls.model_construct(
            name=tax.name,
            basis=tax.basis,
            share=tax.share,
            on=list(tax.on),
            amount=Money.of(tax.amount) if tax.amount else None,
            maximum_nights=tax.maximum_nights,
            exempt_under=tax.exempt_under,
            included=tax.included,
        )
