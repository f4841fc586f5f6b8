"""A published listing, and guests who book its nights through the use cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.book import Book, book
from commands.cancel_booking import CancelBooking, cancel_booking
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Commands, Outcome
from commands.make_quote import MakeQuote, make_quote
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.versioned import Versioned
from domain.booking.state import Booking
from domain.stay import Stay
from eventlog.application import EventLog
from tests.domain.facts import offer


class Market:
    """One listing of one unit; each process is an EventLog with Commands of its own."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.commands = Commands(log)
        self.today = log.now().date()
        self.host, self.listing_id = self.person(), uuid7()
        made = CreateListing(listing_id=self.listing_id, host_id=self.host, offer=offer())
        self.commands.execute(create_listing, made, self.by(self.host))
        message = PublishListing(listing_id=self.listing_id)
        self.commands.execute(publish_listing, message, self.by(self.host))

    def person(self) -> UUID:
        account_id = uuid7()
        message = RegisterAccount(account_id=account_id, name="Somebody")
        self.commands.execute(register_account, message, self.by(account_id))
        return account_id

    def by(self, account_id: UUID, key: str | None = None) -> Context:
        receipt = None
        if key:
            receipt = ReceiptRequest(account_id=account_id, key=key, fingerprint=b"same")
        return Context(actor=account_id, correlation_id="test", receipt=receipt)

    def quote(self, guest: UUID, days_ahead: int) -> UUID:
        arrive = self.today + timedelta(days=days_ahead)
        message = MakeQuote(
            quote_id=uuid7(),
            listing_id=self.listing_id,
            guest_id=guest,
            stay=Stay(arrive, arrive + timedelta(days=1)),
            guests=1,
        )
        self.commands.execute(make_quote, message, self.by(guest))
        return message.quote_id

    def book(
        self, guest: UUID, quote_id: UUID, *, key: str | None = None, on: Commands | None = None
    ) -> Outcome[Versioned[Booking]]:
        message = Book(booking_id=uuid7(), quote_id=quote_id)
        respond: Callable[[Versioned[Booking]], StoredResponse] = _answer
        return (on or self.commands).execute(book, message, self.by(guest, key), respond)

    async def book_at_once(
        self, guest: UUID, quote_id: UUID, *, key: str | None = None, on: Commands | None = None
    ) -> Outcome[Versioned[Booking]] | None:
        message = Book(booking_id=uuid7(), quote_id=quote_id)
        respond: Callable[[Versioned[Booking]], StoredResponse] = _answer
        return await (on or self.commands).at_once(book, message, self.by(guest, key), respond)

    def cancel(self, guest: UUID, booking_id: UUID, *, on: Commands | None = None) -> None:
        message = CancelBooking(booking_id=booking_id, refund_id=uuid7())
        (on or self.commands).execute(cancel_booking, message, self.by(guest))


def _answer(booking: Versioned[Booking]) -> StoredResponse:
    return StoredResponse(status=201, body=str(booking.state.id).encode(), headers={})
