"""What an app sees of the things a request is about, so that 404 and 403 come before 422."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from api.positions import Positions
from domain.account.facts import Role
from domain.account.state import Account
from domain.booking.state import Booking
from domain.conversation.state import Conversation
from domain.listing.state import Listing
from domain.promotion.state import Promotion
from domain.webhook.state import Endpoint


class Sight(Protocol):
    """The state and version of things, None where there is none."""

    async def reach(self, positions: Positions) -> None:
        """Waits until all that follows shows ``positions``; raises a Problem when it takes long."""
        ...

    async def account(self, account_id: UUID) -> tuple[Account, int] | None:
        """The account."""
        ...

    async def roles(self, account_id: UUID) -> frozenset[Role]:
        """What the account may do at this moment: never from a page that may be behind."""
        ...

    async def listing(self, listing_id: UUID) -> tuple[Listing, int] | None:
        """The listing, drafts included."""
        ...

    async def booking(self, booking_id: UUID) -> tuple[Booking, int] | None:
        """The booking, whoever asks."""
        ...

    async def promotion(self, promotion_id: UUID) -> tuple[Promotion, int] | None:
        """The promotion, whoever asks."""
        ...

    async def webhook(self, endpoint_id: UUID) -> tuple[Endpoint, int] | None:
        """The webhook endpoint, whoever asks, removed or not."""
        ...

    async def conversation(self, about: UUID) -> tuple[Conversation, int] | None:
        """What was written about a booking or an inquiry, whoever asks."""
        ...

    async def quote_guest(self, quote_id: UUID) -> UUID | None:
        """Whose quote it is."""
        ...
