"""Guests and hosts write to each other, with or without a booking."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, done, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, sees_inquiry, sees_listing, signed_in, takes_part
from api.representations.conversation import Inquiry, Message, MessageBody, ReadBody
from commands.conversing import About
from commands.mark_messages_read import MarkMessagesRead, mark_messages_read
from commands.open_inquiry import OpenInquiry, open_inquiry
from commands.receipts import StoredResponse
from commands.send_message import SendMessage, send_message
from commands.versioned import Versioned
from domain.conversation.state import Conversation

router = ordered_router("messages")


@router.post(
    "/v1/bookings/{booking_id}/messages",
    summary="Write about a booking",
    status_code=201,
    response_model=Message,
)
@guards(signed_in, takes_part("messages"))
async def write(
    request: Request, side: Side, caller: Caller, booking_id: UUID, body: MessageBody
) -> Response:
    """Write to the other side of a booking."""
    about = About(kind="booking", id=booking_id)
    message = SendMessage(about=about, message_id=uuid7(), text=body.text)
    return await side.carry_out(request, send_message, message, _sent)


@router.post(
    "/v1/bookings/{booking_id}/messages/read",
    summary="Mark messages about a booking as read",
    status_code=204,
)
@guards(signed_in, takes_part("messages"))
async def read(
    request: Request, side: Side, caller: Caller, booking_id: UUID, body: ReadBody
) -> Response:
    """Your side has read all messages up to one."""
    about = About(kind="booking", id=booking_id)
    message = MarkMessagesRead(about=about, up_to=body.up_to)
    return await side.carry_out(request, mark_messages_read, message, done)


@router.post(
    "/v1/listings/{listing_id}/inquiries",
    summary="Ask about a listing",
    status_code=201,
    response_model=Inquiry,
)
@guards(signed_in, sees_listing)
async def ask(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: MessageBody
) -> Response:
    """Begin a conversation with the host, before any booking."""
    message = OpenInquiry(
        listing_id=listing_id, inquiry_id=uuid7(), message_id=uuid7(), text=body.text
    )
    return await side.carry_out(request, open_inquiry, message, _asked)


@router.post(
    "/v1/inquiries/{inquiry_id}/messages",
    summary="Write in an inquiry",
    status_code=201,
    response_model=Message,
)
@guards(signed_in, sees_inquiry)
async def write_in_inquiry(
    request: Request, side: Side, caller: Caller, inquiry_id: UUID, body: MessageBody
) -> Response:
    """Write to the other side of an inquiry."""
    about = About(kind="inquiry", id=inquiry_id)
    message = SendMessage(about=about, message_id=uuid7(), text=body.text)
    return await side.carry_out(request, send_message, message, _sent)


@router.post(
    "/v1/inquiries/{inquiry_id}/messages/read",
    summary="Mark messages of an inquiry as read",
    status_code=204,
)
@guards(signed_in, sees_inquiry)
async def read_in_inquiry(
    request: Request, side: Side, caller: Caller, inquiry_id: UUID, body: ReadBody
) -> Response:
    """Your side has read all messages up to one."""
    about = About(kind="inquiry", id=inquiry_id)
    message = MarkMessagesRead(about=about, up_to=body.up_to)
    return await side.carry_out(request, mark_messages_read, message, done)


def _sent(conversation: Versioned[Conversation]) -> StoredResponse:
    last = len(conversation.state.messages) - 1
    return stored(Message.of(conversation.state, last), 201)


def _asked(conversation: Versioned[Conversation]) -> StoredResponse:
    page = Inquiry.of(conversation.state, "guest")
    return stored(page, 201, location=f"/v1/inquiries/{page.id}/messages")
