"""A coupon as whoever made it sees it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from api.representations.values import Day, Input, Instant, Money
from domain.booking.policy import WHOLE
from domain.promotion.codes import spelled
from domain.promotion.state import Promotion as DomainPromotion
from domain.promotion.terms import (
    LONGEST_MINIMUM,
    MOST_LISTINGS,
    MOST_REDEMPTIONS,
    PromotionTerms,
)

Scope = Literal["host", "platform"]

Share = Annotated[
    StrictInt, Field(ge=1, le=WHOLE, description="Ten-thousandths that come off: 1000 is 10 %.")
]
Redemptions = Annotated[StrictInt, Field(ge=1, le=MOST_REDEMPTIONS)]
MinimumNights = Annotated[StrictInt, Field(ge=1, le=LONGEST_MINIMUM)]
Listings = Annotated[
    list[UUID], Field(max_length=MOST_LISTINGS, description="Empty: all listings.")
]


class PromotionBody(Input):
    """A code, what comes off, and for whom: either `share` or `amount` is needed."""

    code: Annotated[str, Field(max_length=100)]
    scope: Scope = Field(
        default="host", description="Your own listings, or, for support and admin, everybody's."
    )
    share: Share | None = None
    amount: Money | None = Field(default=None, description="A fixed amount that comes off.")
    redemptions: Redemptions = MOST_REDEMPTIONS
    redemptions_per_guest: Redemptions | None = None
    valid_from: Instant | None = Field(default=None, description="When booking with it begins.")
    valid_until: Instant | None = Field(default=None, description="When it ends, exclusive.")
    stay_from: Day | None = Field(default=None, description="The earliest arrival.")
    stay_to: Day | None = Field(default=None, description="The latest departure.")
    minimum_nights: MinimumNights = 1
    minimum_total: Money | None = Field(
        default=None, description="What nights, discounts and fees must come to."
    )
    listings: Listings = Field(default_factory=list[UUID])

    @model_validator(mode="after")
    def _has_a_code(self) -> Self:
        if spelled(self.code) is None:
            raise PydanticCustomError(
                "bad_code", "must have 3 to 40 of A-Z, 0-9 and the hyphen", {"field": "code"}
            )
        return self

    def to_terms(self) -> PromotionTerms:
        """As the domain takes it, which checks the whole."""
        return PromotionTerms(
            share=self.share,
            amount=self.amount.to_domain() if self.amount else None,
            redemptions=self.redemptions,
            redemptions_per_guest=self.redemptions_per_guest,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            stay_from=self.stay_from,
            stay_to=self.stay_to,
            minimum_nights=self.minimum_nights,
            minimum_total=self.minimum_total.to_domain() if self.minimum_total else None,
            listings=tuple(self.listings),
        )


class Promotion(BaseModel):
    """A coupon, and how often it was used."""

    id: UUID
    version: int
    scope: Scope
    code: str
    status: Literal["active", "withdrawn"]
    redeemed: Annotated[int, Field(description="How many redemptions stand.")]
    share: int | None
    amount: Money | None
    redemptions: int
    redemptions_per_guest: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    stay_from: date | None
    stay_to: date | None
    minimum_nights: int
    minimum_total: Money | None
    listings: list[UUID]

    @classmethod
    def of(cls, promotion: DomainPromotion, version: int) -> Self:
        """As its facts left it."""
        terms = promotion.terms
        return cls.model_construct(
            id=promotion.id,
            version=version,
            scope="host" if promotion.host_id else "platform",
            code=promotion.code,
            status="withdrawn" if promotion.withdrawn else "active",
            redeemed=promotion.redeemed,
            share=terms.share,
            amount=Money.of(terms.amount) if terms.amount else None,
            redemptions=terms.redemptions,
            redemptions_per_guest=terms.redemptions_per_guest,
            valid_from=terms.valid_from,
            valid_until=terms.valid_until,
            stay_from=terms.stay_from,
            stay_to=terms.stay_to,
            minimum_nights=terms.minimum_nights,
            minimum_total=Money.of(terms.minimum_total) if terms.minimum_total else None,
            listings=list(terms.listings),
        )


class Promotions(BaseModel):
    """A page of promotions."""

    items: list[Promotion]
    next: str | None
