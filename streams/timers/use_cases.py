"""What is done when a timer is due: for each kind one use case, harmless when repeated or early."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from commands.expire_hold import ExpireHold, expire_hold
from commands.finish_stay import FinishStay, finish_stay
from commands.offer_dates import OfferDates, offer_dates
from commands.publish_reviews import PublishReviews, publish_reviews
from commands.work import Work
from domain.timers import Due, Kind

UseCase = tuple[Callable[[Any, Work], object], object]
"""A handler and its message."""

USE_CASES: Final[Mapping[Kind, Callable[[UUID, Due], UseCase]]] = {
    "hold_expiry": lambda booking, _: (expire_hold, ExpireHold(booking_id=booking)),
    "approval_deadline": lambda booking, _: (expire_hold, ExpireHold(booking_id=booking)),
    "completion": lambda booking, _: (finish_stay, FinishStay(booking_id=booking)),
    "review_publication": lambda booking, _: (
        publish_reviews,
        PublishReviews(booking_id=booking),
    ),
    "offer_expiry": lambda _, due: (offer_dates, OfferDates(listing_id=UUID(due.key))),
    "waitlist": lambda listing, _: (offer_dates, OfferDates(listing_id=listing)),
}
"""By kind; each makes a use case of the timer's subject and of what set it."""
