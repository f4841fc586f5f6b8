"""What did a guest and a host write to each other, and who asked about a listing?"""

from __future__ import annotations

from uuid import UUID

from domain.conversation.state import Conversation
from projections.conversation.projector import CONVERSATION, OF_A_GUEST, OF_A_LISTING
from projections.documents import read_part
from projections.generation import Generations
from projections.lists import Page, page_of
from projections.parts import Part


async def conversation(generations: Generations, about: UUID) -> Part[Conversation] | None:
    """What was written about a booking or an inquiry, none when nothing ever was."""
    return await read_part(generations, CONVERSATION, str(about))


async def inquiries_of_listing(
    generations: Generations, listing_id: UUID, *, limit: int = 20, cursor: int | None = None
) -> Page[Conversation]:
    """All inquiries about a listing, the latest first."""
    return await page_of(
        generations,
        model=OF_A_LISTING,
        owner=listing_id,
        kind=CONVERSATION,
        limit=limit,
        cursor=cursor,
    )


async def inquiries_of_guest(
    generations: Generations,
    guest_id: UUID,
    *,
    about: UUID | None = None,
    limit: int = 20,
    cursor: int | None = None,
) -> Page[Conversation]:
    """A guest's own inquiries, about one listing or all, the latest first."""
    return await page_of(
        generations,
        model=OF_A_GUEST,
        owner=guest_id,
        kind=CONVERSATION,
        limit=limit,
        cursor=cursor,
        wanted=lambda found: (
            found.inquiry is not None and about in {None, found.inquiry.listing_id}
        ),
    )
