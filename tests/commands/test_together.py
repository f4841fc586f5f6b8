"""Commands that follow each other are stored together, and each counts as if it came alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from commands.block_dates import BlockDates, block_dates
from commands.cancel_booking import CancelBooking, cancel_booking
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Asked, Commands, Outcome
from commands.import_booking import ImportBooking, import_booking
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.together import Together
from domain.booking.policy import FLEXIBLE
from domain.calendar.state import evolve
from domain.money import Money
from domain.refusals import NightsTaken
from domain.stay import Stay
from domain.streams import booking_stream, calendar_stream
from eventlog.application import EventLog
from eventlog.reader import LogReader
from tests.domain.facts import offer
from tests.eventlog.conftest import Database
from tests.keyring import sealing
from tests.sojourn.test_hotel_rows import parsed

pytestmark = pytest.mark.servers

THEN = datetime(2015, 7, 1, 12, tzinfo=UTC)


def answer(_result: Any) -> StoredResponse:
    return StoredResponse(status=201, body=b"{}", headers={})


class Hotel:
    """A listing, and commands on it as of one day in 2015."""

    def __init__(self, log: EventLog, units: int) -> None:
        self.commands = Commands(log)
        self.together = Together(log, self.commands)
        self.host, self.id = uuid7(), uuid7()
        by = Context(actor=self.host, correlation_id="test")
        account = RegisterAccount(account_id=self.host, name="Hotel")
        self.commands.execute(register_account, account, by)
        made = CreateListing(listing_id=self.id, host_id=self.host, offer=offer(units=units))
        self.commands.execute(create_listing, made, by)
        self.commands.execute(publish_listing, PublishListing(listing_id=self.id), by)

    def book(self, number: int, first: int, last: int) -> Asked[Any, Any]:
        message = ImportBooking(
            booking_id=UUID(int=number),
            listing_id=self.id,
            guest_id=UUID(int=100 + number),
            guest_name=f"Guest {number}",
            quote_id=UUID(int=200 + number),
            payment_id=UUID(int=300 + number),
            stay=Stay(THEN.date() + timedelta(days=first), THEN.date() + timedelta(days=last)),
            guests=1,
            paid=Money(100, "EUR"),
            policy=FLEXIBLE,
            imported=parsed().imported,
        )
        return self.asked(f"book:{number}", import_booking, message)

    def cancel(self, number: int) -> Asked[Any, Any]:
        message = CancelBooking(booking_id=UUID(int=number), refund_id=UUID(int=400 + number))
        return self.asked(f"cancel:{number}", cancel_booking, message, UUID(int=100 + number))

    def asked(
        self, key: str, handle: Any, message: object, actor: UUID | None = None
    ) -> Asked[Any, Any]:
        receipt = ReceiptRequest(account_id=self.host, key=key, fingerprint=key.encode())
        context = Context(actor=actor, correlation_id="test", receipt=receipt, at=THEN)
        return Asked(handle, message, context, answer)

    def all(self, *asked: Asked[Any, Any]) -> list[Outcome[Any]]:
        """Ask until each was carried out."""
        done: list[Outcome[Any]] = []
        while len(done) < len(asked):
            done += self.together.execute(asked[len(done) :])
        return done


def units(log: EventLog, hotel: Hotel) -> dict[int, tuple[int, ...]]:
    calendar = log.load(calendar_stream(hotel.id), evolve)
    assert calendar is not None
    return {claim.id.int: claim.units for claim in calendar.state.claims.values()}


def claims(database: Database, hotel: Hotel) -> dict[int, tuple[int, ...]]:
    with psycopg.connect(database.commands_url) as connection:
        rows = connection.execute(
            "SELECT claim_id, unit FROM claims WHERE listing_id = %s", [hotel.id]
        ).fetchall()
    return {claim_id.int: (unit,) for claim_id, unit in rows}


def test_they_are_stored_in_one_transaction_in_their_order(
    log: EventLog, database: Database
) -> None:
    hotel = Hotel(log, 2)
    asked = [hotel.book(1, 5, 7), hotel.cancel(1), hotel.book(2, 5, 7), hotel.book(3, 5, 7)]
    assert len(hotel.together.execute(asked)) == 4
    with LogReader(database.commands_url) as reader:
        recorded = {
            reader.read_stream(booking_stream(UUID(int=number)))[0].recorded_at
            for number in (1, 2, 3)
        }
    assert len(recorded) == 1
    assert units(log, hotel) == claims(database, hotel) == {2: (0,), 3: (1,)}


def test_what_one_of_them_took_another_may_move_before_it_is_stored(
    log: EventLog, database: Database
) -> None:
    hotel = Hotel(log, 2)
    asked = [hotel.book(1, 1, 3), hotel.book(2, 1, 8), hotel.cancel(2), hotel.book(3, 5, 8)]
    moved = [hotel.book(4, 5, 7), hotel.cancel(3), hotel.book(5, 1, 8)]
    assert len(hotel.together.execute([*asked, *moved])) == 7
    assert units(log, hotel) == claims(database, hotel) == {1: (0,), 4: (0,), 5: (1,)}


def test_what_was_decided_then_is_recorded_now(log: EventLog, database: Database) -> None:
    hotel = Hotel(log, 1)
    before = log.now()
    hotel.all(hotel.book(1, 5, 7))
    with LogReader(database.commands_url) as reader:
        events = list(reader.read_stream(booking_stream(UUID(int=1))))
    assert len(events) == 6
    for event in events:
        assert event.occurred_at == THEN
        assert event.recorded_at >= before


def test_asking_again_changes_nothing(log: EventLog) -> None:
    hotel = Hotel(log, 1)
    asked = [hotel.book(1, 5, 7), hotel.cancel(1), hotel.book(2, 5, 7)]
    assert [outcome.replayed for outcome in hotel.all(*asked)] == [False] * 3
    version = log.load(calendar_stream(hotel.id), evolve)
    assert [outcome.replayed for outcome in hotel.all(*asked)] == [True] * 3
    assert log.load(calendar_stream(hotel.id), evolve) == version


def test_a_refusal_stops_those_behind_it_and_is_told_when_it_comes_first(log: EventLog) -> None:
    hotel = Hotel(log, 1)
    asked = [hotel.book(1, 5, 7), hotel.book(2, 6, 8), hotel.book(3, 7, 9)]
    assert len(hotel.together.execute(asked)) == 1
    with pytest.raises(NightsTaken):
        hotel.together.execute(asked[1:])
    assert len(hotel.together.execute(asked[2:])) == 1


def test_what_another_process_did_meanwhile_is_decided_again(
    log: EventLog, database: Database
) -> None:
    hotel = Hotel(log, 2)
    hotel.all(hotel.book(1, 5, 7))
    with EventLog(database.commands_url, sealing=sealing()) as elsewhere:
        message = BlockDates(
            listing_id=hotel.id,
            block_id=UUID(int=9),
            stay=Stay(THEN.date() + timedelta(days=5), THEN.date() + timedelta(days=7)),
            units=1,
        )
        by = Context(actor=hotel.host, correlation_id="test", at=THEN)
        Commands(elsewhere).execute(block_dates, message, by)
    with pytest.raises(NightsTaken):
        hotel.all(hotel.book(2, 5, 7))
    hotel.all(hotel.book(3, 7, 9), hotel.book(4, 7, 9))
    assert units(log, hotel) == claims(database, hotel)
