"""Every fact of the platform: the closed union that codecs, projectors and readers match on."""

from __future__ import annotations

from domain.account.facts import AccountEvent
from domain.booking.facts import BookingEvent
from domain.calendar.facts import CalendarEvent
from domain.conversation.facts import ConversationEvent
from domain.listing.facts import ListingEvent
from domain.promotion.facts import PromotionEvent
from domain.quote.facts import QuoteEvent
from domain.review.facts import ReviewEvent
from domain.waitlist.facts import WaitlistEvent
from domain.webhook.facts import WebhookEvent

Event = (
    ListingEvent
    | CalendarEvent
    | QuoteEvent
    | BookingEvent
    | WaitlistEvent
    | ReviewEvent
    | ConversationEvent
    | AccountEvent
    | PromotionEvent
    | WebhookEvent
)
