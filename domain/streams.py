"""Each stream is named by what it is about: ``listing-<uuid>``, ``calendar-<uuid>`` and so on."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

Category = Literal[
    "listing",
    "calendar",
    "quote",
    "booking",
    "waitlist",
    "review",
    "conversation",
    "account",
    "promotion",
    "webhook",
]


def listing_stream(listing_id: UUID) -> str:
    """The stream of what a listing offers."""
    return f"listing-{listing_id}"


def calendar_stream(listing_id: UUID) -> str:
    """The stream of the claims on a listing's units."""
    return f"calendar-{listing_id}"


def quote_stream(quote_id: UUID) -> str:
    """The stream of one quote."""
    return f"quote-{quote_id}"


def booking_stream(booking_id: UUID) -> str:
    """The stream of one booking."""
    return f"booking-{booking_id}"


def waitlist_stream(listing_id: UUID) -> str:
    """The stream of who waits for a listing's nights."""
    return f"waitlist-{listing_id}"


def review_stream(booking_id: UUID) -> str:
    """The stream of both sides' reviews of one booking."""
    return f"review-{booking_id}"


def conversation_stream(about: UUID) -> str:
    """The stream of what is written about one booking or one inquiry."""
    return f"conversation-{about}"


def account_stream(account_id: UUID) -> str:
    """The stream of one account."""
    return f"account-{account_id}"


def promotion_stream(promotion_id: UUID) -> str:
    """The stream of one promotion."""
    return f"promotion-{promotion_id}"


def webhook_stream(endpoint_id: UUID) -> str:
    """The stream of one webhook endpoint; its events carry the owner's id as their key."""
    return f"webhook-{endpoint_id}"


def category(stream: str) -> str:
    """What kind of stream ``stream`` is: the word before its first hyphen."""
    return stream.partition("-")[0]


def subject(stream: str) -> UUID:
    """The id that ``stream`` is about.

    Raises ValueError when the name has none.
    """
    return UUID(stream.partition("-")[2])
