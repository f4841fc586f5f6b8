"""What the two sides of a conversation may do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.booking.facts import Side
from domain.conversation.facts import (
    ConversationEvent,
    InquiryOpened,
    MessageSent,
    MessagesRead,
)
from domain.conversation.state import Conversation
from domain.listing.state import Listing
from domain.refusals import ListingNotPublished, NoSuch, NotYours

LONGEST_MESSAGE = 5_000
"""Characters of a message."""


def inquire(
    listing: Listing, inquiry_id: UUID, guest_id: UUID, now: datetime
) -> list[ConversationEvent]:
    """Somebody asks about a listing before booking it.

    Raises NotYours for the listing's own people, ListingNotPublished when it takes no bookings.
    """
    if listing.permissions_of(guest_id):
        raise NotYours(action="ask yourself about your own listing")
    if listing.status != "published":
        raise ListingNotPublished(listing_id=listing.id, status=listing.status)
    return [
        InquiryOpened(
            inquiry_id=inquiry_id,
            listing_id=listing.id,
            guest_id=guest_id,
            host_id=listing.host_id,
            at=now,
        )
    ]


def send(
    side: Side, *, message_id: UUID, sender: UUID, text: str, now: datetime
) -> list[ConversationEvent]:
    """One side writes to the other."""
    return [MessageSent(message_id=message_id, sender=sender, side=side, text=text, at=now)]


def mark_read(
    conversation: Conversation, side: Side, *, by: UUID, up_to: UUID, now: datetime
) -> list[ConversationEvent]:
    """One side has read up to a message; read already, nothing happens.

    Raises NoSuch when the conversation has no such message.
    """
    ids = [message.id for message in conversation.messages]
    if up_to not in ids:
        raise NoSuch(what="message", id=str(up_to))
    if ids.index(up_to) < conversation.read_by(side):
        return []
    return [MessagesRead(by=by, side=side, up_to=up_to, at=now)]
