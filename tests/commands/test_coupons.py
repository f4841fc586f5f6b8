"""Coupons in the log itself: races for the last one, and holds that lapse with it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from commands import coupons
from commands.book import Book, book
from commands.cancel_booking import CancelBooking, cancel_booking
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.create_promotion import CreatePromotion, create_promotion
from commands.execute import Commands
from commands.expire_hold import ExpireHold, expire_hold
from commands.make_quote import MakeQuote, make_quote
from commands.publish_listing import PublishListing, publish_listing
from commands.register_account import RegisterAccount, register_account
from commands.work import Work
from domain.booking import decisions
from domain.promotion.refusals import CouponUsedUp
from domain.promotion.state import evolve
from domain.promotion.terms import PromotionTerms
from domain.stay import Stay
from domain.streams import promotion_stream
from eventlog.append import Append
from eventlog.application import EventLog
from eventlog.recorder import Recorder
from sojourn.wiring import sealing
from tests.domain.facts import offer
from tests.platforms import Platform

pytestmark = pytest.mark.servers

RACERS = 6
CODE = "LAST-ONE"
ARRIVE = datetime.now(UTC).date() + timedelta(days=40)


@dataclass(frozen=True)
class Town:
    """A host with a coupon that is good once, and several listings."""

    log: EventLog
    commands: Commands
    host: UUID
    promotion: UUID
    listings: Sequence[UUID]

    def run(self, handle: Callable[[Any, Work], Any], message: Any, actor: UUID | None) -> Any:
        context = Context(actor=actor, correlation_id="test")
        return self.commands.execute(handle, message, context).result

    def quoted(self, listing: UUID, first: date = ARRIVE) -> tuple[UUID, UUID]:
        """A guest, and their quote with the coupon."""
        guest, quote_id = uuid7(), uuid7()
        message = MakeQuote(
            quote_id=quote_id,
            listing_id=listing,
            guest_id=guest,
            stay=Stay(first, first + timedelta(days=2)),
            guests=1,
            coupon=CODE,
        )
        self.run(make_quote, message, guest)
        return guest, quote_id

    def book(self, guest: UUID, quote_id: UUID) -> UUID:
        return self.run(book, Book(booking_id=uuid7(), quote_id=quote_id), guest).state.id

    @property
    def redemptions(self) -> int:
        loaded = self.log.load(promotion_stream(self.promotion), evolve)
        assert loaded is not None
        return loaded.state.redeemed

    @property
    def version(self) -> int:
        loaded = self.log.load(promotion_stream(self.promotion), evolve)
        assert loaded is not None
        return loaded.version


@pytest.fixture
def town(shared_platform: Platform) -> Iterator[Town]:
    log = EventLog(
        shared_platform.settings.need("postgres_commands_url"),
        sealing=sealing(shared_platform.settings),
    )
    ready = Commands(log)
    host = uuid7()
    town = Town(log, ready, host, UUID(int=0), [uuid7() for _ in range(RACERS)])
    town.run(register_account, RegisterAccount(account_id=host, name="Hedda"), None)
    for listing in town.listings:
        town.run(
            create_listing, CreateListing(listing_id=listing, host_id=host, offer=offer()), host
        )
        town.run(publish_listing, PublishListing(listing_id=listing), host)
    terms = PromotionTerms(share=1_000, redemptions=1)
    made = town.run(create_promotion, CreatePromotion(host_id=host, code=CODE, terms=terms), host)
    yield Town(log, ready, host, made.state.id, town.listings)
    log.close()


def race(town: Town, patch: pytest.MonkeyPatch) -> Counter[str]:
    """Each guest books a listing of their own; all have decided before one of them is stored."""
    asked = [town.quoted(listing) for listing in town.listings]
    decided, first = threading.Barrier(RACERS), threading.local()
    redeem = coupons.redeem

    def redeem_together(*given: Any) -> Any:
        events = redeem(*given)
        if not hasattr(first, "over"):
            first.over = True
            decided.wait(30)
        return events

    def told(guest: UUID, quote_id: UUID) -> str:
        try:
            town.book(guest, quote_id)
        except CouponUsedUp as refusal:
            return refusal.code
        return "booked"

    with patch.context() as together:
        together.setattr(coupons, "redeem", redeem_together)
        with ThreadPoolExecutor(RACERS) as threads:
            return Counter(threads.map(told, *zip(*asked, strict=True)))


def test_one_of_many_guests_gets_the_last_redemption(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race(town, monkeypatch) == {"booked": 1, "coupon_used_up": RACERS - 1}
    assert town.redemptions == 1


def test_without_the_version_check_several_guests_get_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always(_self: Recorder, _append: Append, _heads: dict[str, int]) -> bool:
        return True

    monkeypatch.setattr(Recorder, "as_expected", always)
    assert race(town, monkeypatch)["booked"] > 1
    assert town.redemptions > 1


def lapsed(town: Town, patch: pytest.MonkeyPatch) -> UUID:
    """A booking with the coupon whose hold has lapsed, and nobody has tidied up."""

    def short(_minutes: int) -> timedelta:
        return timedelta(milliseconds=1)

    with patch.context() as shorter:
        shorter.setattr(decisions, "hold_for", short)
        booking = town.book(*town.quoted(town.listings[0]))
    assert town.redemptions == 1
    return booking


def test_a_hold_that_lapses_gives_the_coupon_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = lapsed(town, monkeypatch)
    for _ in range(2):
        town.run(expire_hold, ExpireHold(booking_id=booking), None)
        assert (town.redemptions, town.version) == (0, 3)


def test_the_next_guest_takes_dates_and_coupon_of_a_lapsed_hold_in_one_step(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, quote_id = town.quoted(town.listings[0])
    lapsed(town, monkeypatch)
    town.book(guest, quote_id)
    assert (town.redemptions, town.version) == (1, 4)


def test_a_cancelled_hold_gives_the_coupon_back_once(town: Town) -> None:
    guest, quote_id = town.quoted(town.listings[0])
    booking = town.book(guest, quote_id)
    for _ in range(2):
        town.run(cancel_booking, CancelBooking(booking_id=booking, refund_id=uuid7()), guest)
        assert (town.redemptions, town.version) == (0, 3)
    assert town.book(*town.quoted(town.listings[0]))
