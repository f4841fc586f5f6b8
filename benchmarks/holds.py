"""Guests who hold nights as fast as they can, in one process, through the real use case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from uuid import UUID

from uuid_utils.compat import uuid7

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


@dataclass(frozen=True)
class Held:
    """A quote that is ready to be booked, and who may."""

    quote_id: UUID
    guest_id: UUID


class Market:
    """Published listings, and quotes made in advance so that only the holds are timed."""

    def __init__(self, log: EventLog) -> None:
        self._commands = Commands(log)
        self._nights = count(1)
        self._host = self._person()

    def listing(self) -> UUID:
        """A published listing with many units, so that every hold fits."""
        offer = Offer(
            kind="stay",
            time_zone="Europe/Stockholm",
            title="A place",
            location=Location(latitude=59.3, longitude=18.1),
            price=Money(100_000, "SEK"),
            max_guests=2,
        )
        listing_id, context = uuid7(), self._as(self._host)
        self._commands.execute(
            create_listing,
            CreateListing(listing_id=listing_id, host_id=self._host, offer=offer),
            context,
        )
        self._commands.execute(publish_listing, PublishListing(listing_id=listing_id), context)
        return listing_id

    def quotes(self, listing_id: UUID, number: int) -> list[Held]:
        """Quotes for distinct free nights of the listing."""
        made: list[Held] = []
        today = date.today()  # noqa: DTZ011 - any day will do
        guest = self._person()
        for night in range(number):
            if night % GUESTS_SHARE == 0:
                guest = self._person()
            arrive = today + timedelta(days=1 + night)
            message = MakeQuote(
                quote_id=uuid7(),
                listing_id=listing_id,
                guest_id=guest,
                stay=Stay(arrive, arrive + timedelta(days=1)),
                guests=1,
            )
            self._commands.execute(make_quote, message, self._as(guest))
            made.append(Held(message.quote_id, guest))
        return made

    def hold(self, held: Held) -> None:
        """The command that is timed: two events, a receipt and a claim."""
        booking_id = uuid7()
        receipt = ReceiptRequest(account_id=held.guest_id, key=str(booking_id), fingerprint=b"f")
        context = Context(actor=held.guest_id, correlation_id="bench", receipt=receipt)
        message = Book(booking_id=booking_id, quote_id=held.quote_id)
        self._commands.execute(book, message, context, _answer)

    def _person(self) -> UUID:
        account_id = uuid7()
        message = RegisterAccount(account_id=account_id, name="Somebody")
        self._commands.execute(register_account, message, self._as(account_id))
        return account_id

    def _as(self, account_id: UUID) -> Context:
        return Context(actor=account_id, correlation_id="bench")


def _answer(booking: Versioned[Booking]) -> StoredResponse:
    return StoredResponse(status=201, body=str(booking.state.id).encode() * 20, headers={})
