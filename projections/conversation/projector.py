"""A conversation is the fold of its stream; inquiries are listed for both of their sides."""

from __future__ import annotations

from domain.conversation.facts import InquiryOpened
from domain.conversation.state import Conversation, evolve
from domain.recorded import Recorded
from projections.parts import ListEntry, PartKind

OF_A_LISTING = "listing_inquiries"
OF_A_GUEST = "guest_inquiries"

CONVERSATION = PartKind(
    model="conversation", stream="conversation", state=Conversation, evolve=evolve
)


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to the inquiries about a listing, and to those of a guest."""
    match recorded.event:
        case InquiryOpened(inquiry_id=inquiry, listing_id=listing, guest_id=guest):
            return [
                ListEntry(OF_A_LISTING, str(listing), str(inquiry), recorded.position),
                ListEntry(OF_A_GUEST, str(guest), str(inquiry), recorded.position),
            ]
        case _:
            return []
