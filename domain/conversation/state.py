"""A conversation as its facts left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.booking.facts import Side
from domain.conversation.facts import (
    ConversationEvent,
    InquiryOpened,
    MessageSent,
    MessagesRead,
)


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Who asks about what, before any booking."""

    id: UUID
    listing_id: UUID
    guest_id: UUID
    host_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one side wrote."""

    id: UUID
    sender: UUID
    side: Side
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Messages, oldest first, and how many of them each side has read.

    An inquiry says whose conversation it is; without one it is that of a booking.
    """

    inquiry: Inquiry | None = None
    messages: tuple[Message, ...] = ()
    guest_read: int = 0
    host_read: int = 0

    def read_by(self, side: Side) -> int:
        """How many messages, from the first on, ``side`` has read."""
        return self.guest_read if side == "guest" else self.host_read

    def is_read(self, index: int) -> bool:
        """Whether the side that did not write the message at ``index`` has read it."""
        other: Side = "host" if self.messages[index].side == "guest" else "guest"
        return index < self.read_by(other)

    def unread(self, side: Side) -> int:
        """How many messages of the other side ``side`` has not read."""
        return sum(each.side != side for each in self.messages[self.read_by(side) :])


EMPTY = Conversation()


def evolve(conversation: Conversation | None, event: ConversationEvent) -> Conversation:
    """``conversation`` after ``event``."""
    before = conversation or EMPTY
    match event:
        case InquiryOpened():
            inquiry = Inquiry(
                id=event.inquiry_id,
                listing_id=event.listing_id,
                guest_id=event.guest_id,
                host_id=event.host_id,
                at=event.at,
            )
            return replace(before, inquiry=inquiry)
        case MessageSent():
            message = Message(
                id=event.message_id,
                sender=event.sender,
                side=event.side,
                text=event.text,
                at=event.at,
            )
            return replace(before, messages=(*before.messages, message))
        case MessagesRead():
            return _read(before, event)
        case _:
            assert_never(event)


def _read(before: Conversation, event: MessagesRead) -> Conversation:
    places = (n for n, each in enumerate(before.messages, 1) if each.id == event.up_to)
    count = max(next(places, 0), before.read_by(event.side))
    if event.side == "guest":
        return replace(before, guest_read=count)
    return replace(before, host_read=count)
