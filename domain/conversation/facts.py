"""What can happen in a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.booking.facts import Side
from domain.personal import Personal


@dataclass(frozen=True, kw_only=True)
class InquiryOpened:
    """Somebody who has not booked began to ask about a listing."""

    inquiry_id: UUID
    listing_id: UUID
    guest_id: UUID
    host_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MessageSent:
    """One side wrote to the other."""

    message_id: UUID
    sender: UUID
    side: Side
    text: Annotated[str, Personal("sender")]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MessagesRead:
    """Somebody of one side read all messages up to this one."""

    by: UUID
    side: Side
    up_to: UUID
    at: datetime


ConversationEvent = InquiryOpened | MessageSent | MessagesRead
