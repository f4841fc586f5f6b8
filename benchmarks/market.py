"""Guests who hold nights as fast as they can, in one process, through the real use case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from benchmarks.timing import in_a_loop
from commands.book import Book, book
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Commands
from commands.make_quote import MakeQuote, make_quote
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.versioned import Versioned
from domain.booking.state import Booking
from domain.listing.facts import Location
from domain.listing.offer import Offer
from domain.money import Money
from domain.stay import Stay
from eventlog.application import EventLog

GUESTS_SHARE = 9
"""How many holds a guest takes before the next guest comes: one less than an account may keep."""

AT_ONCE = 32


@dataclass(frozen=True)
class Wanted:
    """Nights that a guest wants, and the id that their quote has or will have."""

    quote_id: UUID
    guest_id: UUID
    listing_id: UUID
    stay: Stay


class Market:
    """Published listings, and quotes made in advance so that only the holds are timed."""

    def __init__(self, log: EventLog) -> None:
        self._commands = Commands(log)
        self.host = self.person()

    def listings(self, number: int) -> list[UUID]:
        """Published listings of one unit each."""
        return [self._listing() for _ in range(number)]

    def wishes(self, listings: list[UUID], number: int) -> list[Wanted]:
        """``number`` distinct free nights, one listing after the other, each of some guest."""
        tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - any day will do
        wanted: list[Wanted] = []
        guest = self.host
        for index in range(number):
            if index % GUESTS_SHARE == 0:
                guest = self.person()
            arrive = tomorrow + timedelta(days=index // len(listings))
            stay = Stay(arrive, arrive + timedelta(days=1))
            wanted.append(Wanted(uuid7(), guest, listings[index % len(listings)], stay))
        return wanted

    def quoted(self, wanted: list[Wanted]) -> list[Wanted]:
        """The same, once each has its quote."""
        in_a_loop(self._quote, wanted, AT_ONCE)
        return wanted

    async def hold(self, wanted: Wanted) -> None:
        """The command that is timed: two events, a receipt and a claim."""
        booking_id = uuid7()
        receipt = ReceiptRequest(account_id=wanted.guest_id, key=str(booking_id), fingerprint=b"f")
        context = Context(actor=wanted.guest_id, correlation_id="bench", receipt=receipt)
        await self._carry_out(
            book, Book(booking_id=booking_id, quote_id=wanted.quote_id), context, _answer
        )

    def person(self) -> UUID:
        """A new account."""
        account_id = uuid7()
        message = RegisterAccount(account_id=account_id, name="Somebody")
        self._commands.execute(register_account, message, _as(account_id))
        return account_id

    def _listing(self) -> UUID:
        offer = Offer(
            kind="stay",
            time_zone="Europe/Stockholm",
            title="A place",
            location=Location(latitude=59.3, longitude=18.1),
            price=Money(100_000, "SEK"),
            max_guests=2,
        )
        listing_id, context = uuid7(), _as(self.host)
        made = CreateListing(listing_id=listing_id, host_id=self.host, offer=offer)
        self._commands.execute(create_listing, made, context)
        self._commands.execute(publish_listing, PublishListing(listing_id=listing_id), context)
        return listing_id

    async def _quote(self, wanted: Wanted) -> None:
        message = MakeQuote(
            quote_id=wanted.quote_id,
            listing_id=wanted.listing_id,
            guest_id=wanted.guest_id,
            stay=wanted.stay,
            guests=1,
        )
        await self._carry_out(make_quote, message, _as(wanted.guest_id), None)

    async def _carry_out(
        self,
        handle: Callable[..., Any],
        message: object,
        context: Context,
        respond: Callable[[Any], StoredResponse] | None,
    ) -> None:
        """As the command app does: at once, or in a thread if something must be read."""
        execution = (handle, message, context, respond)
        if await self._commands.at_once(*execution) is None:
            await asyncio.to_thread(self._commands.execute, *execution)


def _as(account_id: UUID) -> Context:
    return Context(actor=account_id, correlation_id="bench")


def _answer(booking: Versioned[Booking]) -> StoredResponse:
    """About as long as the app's."""
    return StoredResponse(status=201, body=str(booking.state.id).encode() * 20, headers={})
