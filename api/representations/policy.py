"""A cancellation policy as hosts choose it and everyone reads it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictInt

from api.representations.values import Input
from domain.booking.policy import (
    EARLIEST_TIER,
    MOST_TIERS,
    READY_MADE,
    WHOLE,
    CancellationPolicy,
    RefundTier,
)
from domain.refusals import InvalidOffer

Hours = Annotated[StrictInt, Field(ge=0, le=EARLIEST_TIER)]
NAMES = ", ".join(READY_MADE)


class Tier(Input):
    """From so many hours before check-in and earlier, this share goes back."""

    hours_before: Hours
    share: Annotated[StrictInt, Field(ge=0, le=WHOLE, description="Ten-thousandths of each line.")]


class PolicyBody(Input):
    """The name of a ready-made policy alone, or a name and tiers of your own."""

    name: Annotated[str, Field(min_length=1, max_length=40, description=f"Ready-made: {NAMES}.")]
    tiers: Annotated[list[Tier], Field(max_length=MOST_TIERS)] | None = None
    grace_hours: Hours = 0
    grace_before: Hours = 0

    def to_domain(self) -> CancellationPolicy:
        """As the domain takes it; raises InvalidOffer."""
        ready = READY_MADE.get(self.name)
        if self.tiers is None:
            if ready is None:
                why = f"must be one of {NAMES}, or come with tiers"
                raise InvalidOffer(field="cancellation_policy.name", why=why)
            return ready
        tiers = tuple(RefundTier(**tier.model_dump()) for tier in self.tiers)
        policy = CancellationPolicy(
            name=self.name,
            tiers=tiers,
            grace_hours=self.grace_hours,
            grace_before=self.grace_before,
        )
        if ready is not None and policy != ready:
            why = 'is ready-made: leave tiers out (in a patch: "tiers": null), or rename yours'
            raise InvalidOffer(field="cancellation_policy.name", why=why)
        return policy


def policy_terms(policy: CancellationPolicy) -> dict[str, object]:
    """``policy`` as a host would write it: a ready-made one is its name alone."""
    if policy == READY_MADE.get(policy.name):
        return {"name": policy.name}
    return Policy.of(policy).model_dump(mode="json")


class Policy(BaseModel):
    """What goes back to a guest who cancels."""

    name: str
    tiers: list[Tier]
    grace_hours: int
    grace_before: int

    @classmethod
    def of(cls, policy: CancellationPolicy) -> Self:
        """As the domain has it."""
        return cls.model_construct(
            name=policy.name,
            tiers=[
                Tier.model_construct(hours_before=tier.hours_before, share=tier.share)
                for tier in policy.tiers
            ],
            grace_hours=policy.grace_hours,
            grace_before=policy.grace_before,
        )
