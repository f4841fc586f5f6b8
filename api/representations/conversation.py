"""Messages and inquiries as their two sides read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from api.representations.values import Input, not_blank
from domain.booking.facts import Side
from domain.booking.state import Booking
from domain.conversation.decisions import LONGEST_MESSAGE
from domain.conversation.state import Conversation


class MessageBody(Input):
    """What to write."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE), AfterValidator(not_blank)]


class ReadBody(Input):
    """The last message that was read."""

    up_to: UUID


class Message(BaseModel):
    """What one side wrote."""

    id: UUID
    by: Side
    sender_id: UUID
    text: str
    at: datetime
    read: bool = Field(description="The other side has read it.")

    @classmethod
    def of(cls, conversation: Conversation, index: int) -> Self:
        """The message at ``index``."""
        message = conversation.messages[index]
        return cls.model_construct(
            id=message.id,
            by=message.side,
            sender_id=message.sender,
            text=message.text,
            at=message.at,
            read=conversation.is_read(index),
        )


class Messages(BaseModel):
    """A page of a conversation, the oldest message first."""

    items: list[Message]
    unread: int = Field(description="How many of all messages to your side it has not read.")
    next: str | None


class OfBooking(BaseModel):
    """The conversation about a booking, as its host's side sees it in a list."""

    booking_id: UUID
    listing_id: UUID
    guest_id: UUID
    unread: int = Field(description="How many messages to your side it has not read.")
    last_message: Message | None

    @classmethod
    def of(cls, booking: Booking, conversation: Conversation) -> Self:
        """What was written about ``booking``, if anything was."""
        last = len(conversation.messages) - 1
        return cls.model_construct(
            booking_id=booking.id,
            listing_id=booking.listing_id,
            guest_id=booking.guest_id,
            unread=conversation.unread("host"),
            last_message=Message.of(conversation, last) if conversation.messages else None,
        )


class OfBookings(BaseModel):
    """A page of conversations about bookings, of the latest booking first."""

    items: list[OfBooking]
    next: str | None


class Inquiry(BaseModel):
    """A conversation about a listing, before any booking."""

    id: UUID
    listing_id: UUID
    guest_id: UUID
    at: datetime
    unread: int = Field(description="How many messages to your side it has not read.")
    last_message: Message

    @classmethod
    def of(cls, conversation: Conversation, side: Side) -> Self:
        """As ``side`` sees it; the conversation is that of an inquiry."""
        inquiry = conversation.inquiry
        assert inquiry is not None, "the conversation of a booking is no inquiry"
        return cls.model_construct(
            id=inquiry.id,
            listing_id=inquiry.listing_id,
            guest_id=inquiry.guest_id,
            at=inquiry.at,
            unread=conversation.unread(side),
            last_message=Message.of(conversation, len(conversation.messages) - 1),
        )


class Inquiries(BaseModel):
    """A page of inquiries, the latest first."""

    items: list[Inquiry]
    next: str | None
