"""The two reviews of a stay as their facts left them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.booking.facts import Side
from domain.review.facts import (
    GuestReviewed,
    HostReviewed,
    ReviewEvent,
    ReviewReplied,
    ReviewsPublished,
    Stars,
)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the reviewed side answered."""

    author_id: UUID
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Review:
    """What one side said; the private note is for the other side alone."""

    id: UUID
    by: Side
    author_id: UUID
    rating: Stars
    text: str
    private_note: str | None
    at: datetime
    reply: Reply | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewPair:
    """Both sides' reviews of one booking; ``closes_at`` ends the time for writing them."""

    booking_id: UUID | None = None
    listing_id: UUID | None = None
    guest: Review | None = None
    host: Review | None = None
    closes_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def reviews(self) -> tuple[Review, ...]:
        """What has been written, the guest's first."""
        return tuple(review for review in (self.guest, self.host) if review)

    @property
    def opens_at(self) -> datetime | None:
        """From when on everybody may read: both have written, or the time for it is over."""
        return self.published_at or self.closes_at

    def published(self, now: datetime) -> bool:
        """Whether everybody may read at ``now``, whoever tidies up when."""
        return self.opens_at is not None and self.opens_at <= now

    def of(self, side: Side) -> Review | None:
        """The review that ``side`` wrote."""
        return self.guest if side == "guest" else self.host

    def seen_by(self, side: Side, now: datetime) -> tuple[Review, ...]:
        """What ``side`` may read at ``now``: its own, and the other's once published."""
        return tuple(each for each in self.reviews if each.by == side or self.published(now))


EMPTY = ReviewPair()


def evolve(pair: ReviewPair | None, event: ReviewEvent) -> ReviewPair:
    """``pair`` after ``event``."""
    pair = pair or EMPTY
    match event:
        case GuestReviewed():
            return _written(replace(pair, guest=_review("guest", event)), event)
        case HostReviewed():
            return _written(replace(pair, host=_review("host", event)), event)
        case ReviewsPublished():
            return replace(pair, published_at=event.at)
        case ReviewReplied():
            reply = Reply(author_id=event.author_id, text=event.text, at=event.at)
            return replace(
                pair,
                guest=_answered(pair.guest, event.review_id, reply),
                host=_answered(pair.host, event.review_id, reply),
            )
        case _:
            assert_never(event)


def _written(pair: ReviewPair, event: GuestReviewed | HostReviewed) -> ReviewPair:
    return replace(
        pair,
        booking_id=event.booking_id,
        listing_id=event.listing_id,
        closes_at=event.closes_at,
    )


def _review(side: Side, event: GuestReviewed | HostReviewed) -> Review:
    return Review(
        id=event.review_id,
        by=side,
        author_id=event.author_id,
        rating=event.rating,
        text=event.text,
        private_note=event.private_note,
        at=event.at,
    )


def _answered(review: Review | None, review_id: UUID, reply: Reply) -> Review | None:
    return replace(review, reply=reply) if review and review.id == review_id else review
