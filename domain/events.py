"""Every fact of the platform: the closed union that codecs, projectors and readers match on."""

from __future__ import annotations

from domain.account.facts import AccountEvent
from domain.booking.facts import BookingEvent
from domain.calendar.facts import CalendarEvent
from domain.listing.facts import ListingEvent
from domain.promotion.facts import PromotionEvent
from domain.quote.facts import QuoteEvent

Event = ListingEvent | CalendarEvent | QuoteEvent | BookingEvent | AccountEvent | PromotionEvent
