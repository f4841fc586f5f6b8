"""What can happen to the two reviews of a stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.personal import Personal

Stars = Literal[1, 2, 3, 4, 5]
"""How good it was; 5 is best."""


@dataclass(frozen=True, kw_only=True)
class GuestReviewed:
    """The guest said how the stay was; nobody else reads it before both said so or time is over."""

    review_id: UUID
    booking_id: UUID
    listing_id: UUID
    author_id: UUID
    rating: Stars
    text: Annotated[str, Personal("author_id")]
    private_note: Annotated[str | None, Personal("author_id")]
    at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class HostReviewed:
    """The host said how the guest was, under the same terms."""

    review_id: UUID
    booking_id: UUID
    listing_id: UUID
    author_id: UUID
    rating: Stars
    text: Annotated[str, Personal("author_id")]
    private_note: Annotated[str | None, Personal("author_id")]
    at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewsPublished:
    """What was written can be read from this instant on, and nothing more is written."""

    booking_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewReplied:
    """The side that a published review is about answered it."""

    review_id: UUID
    author_id: UUID
    text: Annotated[str, Personal("author_id")]
    at: datetime


ReviewEvent = GuestReviewed | HostReviewed | ReviewsPublished | ReviewReplied
