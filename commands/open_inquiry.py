"""Somebody asks about a listing before booking it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.conversation.decisions import inquire, send
from domain.conversation.state import Conversation, evolve
from domain.streams import conversation_stream


@dataclass(frozen=True, kw_only=True)
class OpenInquiry:
    """Begin a conversation about the listing with ``text``."""

    listing_id: UUID
    inquiry_id: UUID
    message_id: UUID
    text: str


def open_inquiry(message: OpenInquiry, work: Work) -> Versioned[Conversation]:
    """Raises NoSuch, NotYours for the listing's own people, and ListingNotPublished."""
    listing = work.listing(message.listing_id).state
    actor = work.context.actor
    assert actor is not None, "only people who are signed in ask"
    begun = inquire(listing, message.inquiry_id, actor, work.now)
    asked = send(
        "guest", message_id=message.message_id, sender=actor, text=message.text, now=work.now
    )
    stream, key = conversation_stream(message.inquiry_id), str(message.listing_id)
    return work.readable(work.begin(stream, key, evolve, [*begun, *asked]), stream)
