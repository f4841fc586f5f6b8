"""What did the two sides of these bookings write: reviews, and messages?"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.conversation.state import EMPTY as NO_MESSAGES
from domain.conversation.state import Conversation
from domain.review.state import EMPTY as NO_REVIEWS
from domain.review.state import ReviewPair
from projections.conversation.projector import CONVERSATION
from projections.documents import PartKey, read_parts
from projections.generation import Generations
from projections.reviews.projector import REVIEWS


async def written_about(
    generations: Generations, bookings: Sequence[UUID]
) -> dict[UUID, tuple[ReviewPair, Conversation]]:
    """The reviews and the conversation of each of ``bookings``, as of one moment."""
    wanted = [PartKey(kind, str(each)) for each in bookings for kind in (REVIEWS, CONVERSATION)]
    parts = await read_parts(generations, wanted) if wanted else {}
    found: dict[UUID, tuple[ReviewPair, Conversation]] = {}
    for each in bookings:
        reviews = parts.get(PartKey(REVIEWS, str(each)))
        messages = parts.get(PartKey(CONVERSATION, str(each)))
        found[each] = (
            reviews.state if reviews else NO_REVIEWS,
            messages.state if messages else NO_MESSAGES,
        )
    return found
