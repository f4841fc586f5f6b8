"""What guests thought of a listing, in numbers."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from domain.review.rating import Rating as DomainRating


class Rating(BaseModel):
    """What guests thought, one to five stars."""

    average: float = Field(description="Rounded to two decimals.")
    count: int

    @classmethod
    def of(cls, rating: DomainRating) -> Self:
        """As the read model has it."""
        return cls.model_construct(average=rating.hundredths / 100, count=rating.count)


class RatingInDetail(Rating):
    """What guests thought, and how many gave how many stars."""

    distribution: dict[str, int] = Field(description="The number of reviews by stars.")

    @classmethod
    def of(cls, rating: DomainRating) -> Self:
        """As the read model has it."""
        return cls.model_construct(
            average=rating.hundredths / 100,
            count=rating.count,
            distribution={str(stars): count for stars, count in enumerate(rating.counts, 1)},
        )
