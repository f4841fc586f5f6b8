"""The command app sees things as the log has them: always fresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from anyio import to_thread

from api.positions import Positions
from domain.account.facts import Role
from domain.account.state import Account
from domain.account.state import evolve as evolve_account
from domain.booking.state import Booking
from domain.booking.state import evolve as evolve_booking
from domain.conversation.state import Conversation
from domain.conversation.state import evolve as evolve_conversation
from domain.listing.state import Listing
from domain.listing.state import evolve as evolve_listing
from domain.promotion.state import Promotion
from domain.promotion.state import evolve as evolve_promotion
from domain.quote.state import evolve as evolve_quote
from domain.streams import (
    account_stream,
    booking_stream,
    conversation_stream,
    listing_stream,
    promotion_stream,
    quote_stream,
    webhook_stream,
)
from domain.webhook.state import Endpoint
from domain.webhook.state import evolve as evolve_webhook
from eventlog.application import EventLog

S = TypeVar("S")


class LogSight:
    """See :class:`api.conventions.sight.Sight`."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def reach(self, positions: Positions) -> None:
        """Nothing to wait for: the log is never behind."""

    async def account(self, account_id: UUID) -> tuple[Account, int] | None:
        """The account."""
        stream = account_stream(account_id)
        found = await self._load(stream, evolve_account)
        if found is None:
            return None
        sealing = self._log.sealing
        return await to_thread.run_sync(sealing.readable, found[0], stream), found[1]

    async def roles(self, account_id: UUID) -> frozenset[Role]:
        """What the account may do."""
        found = await self._load(account_stream(account_id), evolve_account)
        return found[0].roles if found else frozenset()

    async def listing(self, listing_id: UUID) -> tuple[Listing, int] | None:
        """The listing, drafts included."""
        return await self._load(listing_stream(listing_id), evolve_listing)

    async def booking(self, booking_id: UUID) -> tuple[Booking, int] | None:
        """The booking, whoever asks."""
        return await self._load(booking_stream(booking_id), evolve_booking)

    async def promotion(self, promotion_id: UUID) -> tuple[Promotion, int] | None:
        """The promotion, whoever asks."""
        return await self._load(promotion_stream(promotion_id), evolve_promotion)

    async def webhook(self, endpoint_id: UUID) -> tuple[Endpoint, int] | None:
        """The webhook endpoint, whoever asks, removed or not."""
        return await self._load(webhook_stream(endpoint_id), evolve_webhook)

    async def conversation(self, about: UUID) -> tuple[Conversation, int] | None:
        """What was written about a booking or an inquiry, whoever asks."""
        return await self._load(conversation_stream(about), evolve_conversation)

    async def quote_guest(self, quote_id: UUID) -> UUID | None:
        """Whose quote it is."""
        found = await self._load(quote_stream(quote_id), evolve_quote)
        return found[0].guest_id if found else None

    async def _load(
        self, stream: str, evolve: Callable[[S | None, Any], S]
    ) -> tuple[S, int] | None:
        def load() -> tuple[S, int] | None:
            # The library loads ten times before it admits that Postgres is gone; this asks once.
            self._log.now()
            loaded = self._log.load(stream, evolve)
            return (loaded.state, loaded.version) if loaded else None

        return await to_thread.run_sync(load, abandon_on_cancel=True)
