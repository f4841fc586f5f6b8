"""Why a review is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.refusals import Refusal


@dataclass(eq=False, kw_only=True)
class ReviewsClosed(Refusal):
    """The time for reviewing the stay is over."""

    code = "reviews_closed"
    says = "Reviews of this stay closed at {closed_at:%Y-%m-%dT%H:%M:%SZ}; you can still reply."
    closed_at: datetime


@dataclass(eq=False, kw_only=True)
class AlreadyReviewed(Refusal):
    """This side of the booking has written its review."""

    code = "already_reviewed"
    says = "Your side has reviewed this stay; a review can't be written twice or changed."
    booking_id: UUID


@dataclass(eq=False, kw_only=True)
class AlreadyReplied(Refusal):
    """The review has been answered."""

    code = "already_replied"
    says = "The review has been answered; there is one reply to each."
    review_id: UUID
