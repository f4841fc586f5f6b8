"""Reviews as their two sides and everybody else read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self, cast
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StrictInt

from api.representations.rating import RatingInDetail
from api.representations.values import Input, is_absent, not_blank
from domain.booking.facts import Side
from domain.review.decisions import LONGEST_REVIEW, Written
from domain.review.facts import Stars
from domain.review.rating import Rating as DomainRating
from domain.review.state import Reply as DomainReply
from domain.review.state import Review as DomainReview
from domain.review.state import ReviewPair

Said = Annotated[str, Field(min_length=1, max_length=LONGEST_REVIEW), AfterValidator(not_blank)]


class ReviewBody(Input):
    """How a stay was; the private note is for the other side alone, once it may read at all."""

    rating: Annotated[StrictInt, Field(ge=1, le=5, description="Stars; 5 is best.")]
    text: Said
    private_note: Said | None = None

    def to_domain(self) -> Written:
        """As the domain takes it."""
        return Written(
            rating=cast("Stars", self.rating), text=self.text, private_note=self.private_note
        )


class ReplyBody(Input):
    """What the reviewed side answers."""

    text: Said


class Reply(BaseModel):
    """What the reviewed side answered."""

    text: str
    at: datetime

    @classmethod
    def of(cls, reply: DomainReply) -> Self:
        """As its fact has it."""
        return cls.model_construct(text=reply.text, at=reply.at)


class Review(BaseModel):
    """A review as the two sides of the booking read it."""

    id: UUID
    by: Side
    author_id: UUID
    rating: int
    text: str
    private_note: str | None = Field(default=None, exclude_if=is_absent)
    at: datetime
    published: bool = Field(description="Everybody may read it; before, its own side alone.")
    reply: Reply | None = Field(default=None, exclude_if=is_absent)

    @classmethod
    def of(cls, review: DomainReview, *, published: bool) -> Self:
        """For somebody who may read it."""
        return cls.model_construct(
            id=review.id,
            by=review.by,
            author_id=review.author_id,
            rating=review.rating,
            text=review.text,
            private_note=review.private_note,
            at=review.at,
            published=published,
            reply=Reply.of(review.reply) if review.reply else None,
        )


class BookingReviews(BaseModel):
    """What the caller may read now of the reviews of a booking."""

    items: list[Review]
    closes_at: datetime | None = Field(
        description="Until when the stay may be reviewed; none before its completion."
    )

    @classmethod
    def of(cls, pair: ReviewPair, side: Side, closes_at: datetime | None, now: datetime) -> Self:
        """What ``side`` may read at ``now``."""
        published = pair.published(now)
        return cls.model_construct(
            items=[Review.of(review, published=published) for review in pair.seen_by(side, now)],
            closes_at=closes_at,
        )


class PublicReview(BaseModel):
    """A guest's review as everybody reads it."""

    id: UUID
    rating: int
    text: str
    at: datetime
    reply: Reply | None = Field(default=None, exclude_if=is_absent)

    @classmethod
    def of(cls, review: DomainReview) -> Self:
        """Without what is for the host alone."""
        return cls.model_construct(
            id=review.id,
            rating=review.rating,
            text=review.text,
            at=review.at,
            reply=Reply.of(review.reply) if review.reply else None,
        )


class ListingReviews(BaseModel):
    """A page of what guests said of a listing, and the rating of all of it."""

    items: list[PublicReview]
    rating: RatingInDetail
    next: str | None

    @classmethod
    def of(
        cls, reviews: Iterable[DomainReview], rating: DomainRating, following: str | None
    ) -> Self:
        """As the read models have it."""
        return cls.model_construct(
            items=[PublicReview.of(review) for review in reviews],
            rating=RatingInDetail.of(rating),
            next=following,
        )
