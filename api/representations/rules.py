"""A listing's rules as hosts write them and everyone reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StrictStr

from api.representations.charges import AheadDiscount, ExtraGuests, Fee, LengthDiscount, Share, Tax
from api.representations.schedule import Schedule, Weekday, names_of, numbers_of
from api.representations.values import Day, Input, Money
from domain.money import Money as DomainMoney
from domain.rules import charges, document
from domain.rules.document import NO_RULES

EVERY_DAY: list[Weekday] = names_of(NO_RULES.arrival_days)


def _to_domain(money: Money | None) -> DomainMoney | None:
    return money.to_domain() if money else None


def _of(money: DomainMoney | None) -> Money | None:
    return Money.of(money) if money else None


class Season(Input):
    """What is different on the dates from one up to another; null is as always."""

    name: StrictStr
    start: Annotated[Day, Field(alias="from")]
    end: Annotated[Day, Field(alias="to")]
    price: Annotated[Money | None, Field(description="For weekends too.")] = None
    weekend_price: Money | None = None
    minimum_nights: StrictInt | None = None
    maximum_nights: StrictInt | None = None
    arrival_days: list[Weekday] | None = None
    departure_days: list[Weekday] | None = None
    notice_hours: StrictInt | None = None

    def to_domain(self) -> document.Season:
        """As the domain takes it."""
        arrival, departure = self.arrival_days, self.departure_days
        return document.Season(
            name=self.name,
            start=self.start,
            end=self.end,
            price=_to_domain(self.price),
            weekend_price=_to_domain(self.weekend_price),
            minimum_nights=self.minimum_nights,
            maximum_nights=self.maximum_nights,
            arrival_days=numbers_of(arrival) if arrival is not None else None,
            departure_days=numbers_of(departure) if departure is not None else None,
            notice_hours=self.notice_hours,
        )

    @classmethod
    def of(cls, season: document.Season) -> Self:
        """As the domain has it."""
        arrival, departure = season.arrival_days, season.departure_days
        return cls.model_construct(
            name=season.name,
            start=season.start,
            end=season.end,
            price=_of(season.price),
            weekend_price=_of(season.weekend_price),
            minimum_nights=season.minimum_nights,
            maximum_nights=season.maximum_nights,
            arrival_days=names_of(arrival) if arrival is not None else None,
            departure_days=names_of(departure) if departure is not None else None,
            notice_hours=season.notice_hours,
        )


class RulesDocument(Input):
    """All rules; what is left out has its default, which asks and charges nothing."""

    schedule: Schedule = Schedule()
    horizon_days: StrictInt = NO_RULES.horizon_days
    notice_hours: StrictInt = Field(
        default=0, description="Before check-in; with 0 until the day of arrival ends."
    )
    arrival_days: list[Weekday] = EVERY_DAY
    departure_days: list[Weekday] = EVERY_DAY
    hold_minutes: StrictInt = NO_RULES.hold_minutes
    decide_within_hours: StrictInt = NO_RULES.decide_within_hours
    weekend_price: Money | None = None
    weekend_days: list[Weekday] = Field(
        default=names_of(NO_RULES.weekend_days), description="On which the nights begin."
    )
    seasons: list[Season] = Field(default_factory=list[Season])
    extra_guests: ExtraGuests | None = None
    length_discounts: list[LengthDiscount] = Field(
        default_factory=list[LengthDiscount], description="The greatest share that applies."
    )
    early_bird: list[AheadDiscount] = Field(
        default_factory=list[AheadDiscount], description="For who asks so many days ahead or more."
    )
    last_minute: list[AheadDiscount] = Field(
        default_factory=list[AheadDiscount], description="For who asks so many days ahead or less."
    )
    discounts_stack: StrictBool = False
    fees: list[Fee] = Field(default_factory=list[Fee])
    service_fee: Share = 0
    taxes: list[Tax] = Field(default_factory=list[Tax])
    deposit: Money | None = None

    @classmethod
    def of(cls, rules: document.Rules, **also: Any) -> Self:
        """As the domain has them, with what an answer says beside them."""
        extra = rules.extra_guests
        return cls.model_construct(
            schedule=Schedule.of(rules.schedule),
            horizon_days=rules.horizon_days,
            notice_hours=rules.notice_hours,
            arrival_days=names_of(rules.arrival_days),
            departure_days=names_of(rules.departure_days),
            hold_minutes=rules.hold_minutes,
            decide_within_hours=rules.decide_within_hours,
            weekend_price=_of(rules.weekend_price),
            weekend_days=names_of(rules.weekend_days),
            seasons=[Season.of(each) for each in rules.seasons],
            extra_guests=ExtraGuests.model_construct(
                included=extra.included, price=Money.of(extra.price)
            )
            if extra
            else None,
            length_discounts=[
                LengthDiscount.model_construct(nights=each.nights, share=each.share)
                for each in rules.length_discounts
            ],
            early_bird=_tiers(rules.early_bird),
            last_minute=_tiers(rules.last_minute),
            discounts_stack=rules.discounts_stack,
            fees=[
                Fee.model_construct(name=each.name, amount=Money.of(each.amount), per=each.per)
                for each in rules.fees
            ],
            service_fee=rules.service_fee,
            taxes=[Tax.of(each) for each in rules.taxes],
            deposit=_of(rules.deposit),
            **also,
        )


class RulesBody(RulesDocument):
    """The rules as a host writes them; what only answers say may be sent back and is not read."""

    listing_id: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})
    version: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})

    def to_domain(self) -> document.Rules:
        """As the domain takes them."""
        extra = self.extra_guests
        return document.Rules(
            schedule=self.schedule.to_domain(),
            horizon_days=self.horizon_days,
            notice_hours=self.notice_hours,
            arrival_days=numbers_of(self.arrival_days),
            departure_days=numbers_of(self.departure_days),
            hold_minutes=self.hold_minutes,
            decide_within_hours=self.decide_within_hours,
            weekend_price=_to_domain(self.weekend_price),
            weekend_days=numbers_of(self.weekend_days),
            seasons=tuple(each.to_domain() for each in self.seasons),
            extra_guests=charges.ExtraGuests(included=extra.included, price=extra.price.to_domain())
            if extra
            else None,
            length_discounts=tuple(
                charges.LengthDiscount(nights=each.nights, share=each.share)
                for each in self.length_discounts
            ),
            early_bird=_domain_tiers(self.early_bird),
            last_minute=_domain_tiers(self.last_minute),
            discounts_stack=self.discounts_stack,
            fees=tuple(
                charges.Fee(name=each.name, amount=each.amount.to_domain(), per=each.per)
                for each in self.fees
            ),
            service_fee=self.service_fee,
            taxes=tuple(each.to_domain() for each in self.taxes),
            deposit=_to_domain(self.deposit),
        )


class ListingRules(RulesDocument):
    """The rules of a listing; its price, lengths and policy are with the listing itself."""

    listing_id: UUID
    version: Annotated[int, Field(description="The listing's.")]


class DefaultRules(RulesDocument):
    """The rules with which listings begin."""

    version: Annotated[int, Field(description="The account's.")]


def _tiers(tiers: Iterable[charges.AheadDiscount]) -> list[AheadDiscount]:
    return [AheadDiscount.model_construct(days=each.days, share=each.share) for each in tiers]


def _domain_tiers(tiers: Iterable[AheadDiscount]) -> tuple[charges.AheadDiscount, ...]:
    return tuple(charges.AheadDiscount(days=each.days, share=each.share) for each in tiers)
