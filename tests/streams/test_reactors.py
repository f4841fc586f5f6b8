"""A reactor calls outside once an event, whatever is killed, delivered twice or running twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from commands.confirm_booking import ConfirmBooking, confirm_booking
from commands.pay_out import PayOut, pay_out
from commands.payments.notices import decode
from commands.payments.provider import ProviderUnavailable
from commands.settle_payment import SettlePayment, settle_payment
from domain.booking import payouts
from domain.booking.policy import CancellationPolicy
from domain.booking.state import Booking, evolve
from domain.streams import booking_stream
from streams.reactors.following import follow_log
from tests.commands.market import Market
from tests.reacting import Reacting, reacting
from tests.streams.conftest import Pipeline
from tests.streams.working import Working, all_committed, until_async

pytestmark = pytest.mark.servers


@pytest.fixture
def process(pipeline: Pipeline) -> Iterator[Reacting]:
    with reacting(pipeline.platform) as started:
        yield started


@pytest.fixture
def market(pipeline: Pipeline) -> Market:
    return Market(pipeline.writing)


def confirming(market: Market, method: str = "sandbox", days_ahead: int = 9) -> UUID:
    """A booking whose payment is asked for."""
    guest = market.person()
    booked = market.book(guest, market.quote(guest, days_ahead)).result
    assert booked is not None
    message = ConfirmBooking(booking_id=booked.state.id, payment_id=uuid7(), method=method)
    market.commands.execute(confirm_booking, message, market.by(guest))
    return booked.state.id


def booking(pipeline: Pipeline, booking_id: UUID) -> Booking:
    loaded = pipeline.writing.load(booking_stream(booking_id), evolve)
    assert loaded is not None
    return loaded.state


def facts(pipeline: Pipeline, booking_id: UUID) -> Counter[str]:
    records = pipeline.reading.read_stream(booking_stream(booking_id))
    return Counter(record.type.removeprefix("booking.") for record in records)


def forget_receipts(pipeline: Pipeline) -> None:
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        owner.execute("TRUNCATE reactions, reactor_positions")


async def test_a_payment_is_made_and_a_cancelled_one_goes_back(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = confirming(market)
    await process.catch_up()
    assert booking(pipeline, paid).status == "confirmed"
    market.cancel(booking(pipeline, paid).guest_id, paid)
    await process.catch_up()
    assert booking(pipeline, paid).payment_status == "refunded"
    assert [key.rpartition(":")[2] for key in process.provider.keys] == [
        "authorise",
        "capture",
        "refund",
    ]


async def test_what_has_a_receipt_is_not_done_again(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = confirming(market)
    await process.catch_up()
    asked = list(process.provider.keys)
    await process.catch_up()
    assert process.provider.keys == asked
    assert facts(pipeline, paid)["payment_captured.v1"] == 1


async def test_without_receipts_what_is_settled_is_not_asked_for_again(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = confirming(market)
    await process.catch_up()
    before = facts(pipeline, paid)
    forget_receipts(pipeline)
    await process.catch_up()
    assert facts(pipeline, paid) == before
    assert len(process.provider.keys) == 2


def killed(*_: object) -> None:
    raise ConnectionError("killed")


@pytest.mark.parametrize("line", ["authorise", "capture", "settle", "receipt", "position"])
async def test_killed_at_any_line_nothing_is_lost_and_nothing_doubled(
    pipeline: Pipeline,
    market: Market,
    process: Reacting,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paid = confirming(market)
    with monkeypatch.context() as dying:
        if line in ("authorise", "capture"):
            dying.setattr(process.provider, "fails", {line})
        if line == "settle":
            dying.setattr(process.commands, "execute", killed)
        if line == "receipt":
            dying.setattr(process.receipts, "keep", killed)
        if line == "position":
            dying.setattr(process.receipts, "advance", killed)
        with pytest.raises((ConnectionError, ProviderUnavailable)):
            await process.catch_up()
    with reacting(pipeline.platform) as successor:
        await successor.catch_up()
        # Calls about the same event carry the same key, so that the provider does them once.
        assert len(set(process.provider.keys + successor.provider.keys)) == 2
    assert booking(pipeline, paid).status == "confirmed"
    counted = facts(pipeline, paid)
    assert (counted["payment_captured.v1"], counted["confirmed.v1"]) == (1, 1)
    assert counted["refund_requested.v1"] == counted["payment_captured_again.v1"] == 0


async def test_two_reactors_at_once_do_each_thing_once(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = [confirming(market, days_ahead=number) for number in range(3, 9)]
    with reacting(pipeline.platform) as other:
        await asyncio.gather(process.catch_up(), other.catch_up())
        keys = Counter(process.provider.keys + other.provider.keys)
    assert len(keys) == 2 * len(paid)
    for each in paid:
        counted = facts(pipeline, each)
        assert (counted["payment_captured.v1"], counted["confirmed.v1"]) == (1, 1)
        assert counted["payment_captured_again.v1"] == 0


async def test_a_result_that_got_lost_is_asked_for(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = confirming(market, "sandbox:delay:1")
    await process.catch_up()
    assert len(process.told) == 1
    assert booking(pipeline, paid).payment_status == "pending"

    async def arrived() -> bool:
        await process.sink.ask_again(process.reader)
        return booking(pipeline, paid).status == "confirmed"

    await until_async(arrived, "nobody asked again")
    assert await process.sink.ask_again(process.reader) == 0


async def test_a_provider_that_is_down_is_asked_until_it_answers(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = confirming(market)
    process.provider.fails = {"authorise"}
    stop = asyncio.Event()
    following = asyncio.create_task(follow_log(process.sink, process.reader, stop))

    async def asked_often() -> bool:
        return len(process.provider.keys) >= 3

    async def confirmed() -> bool:
        return booking(pipeline, paid).status == "confirmed"

    await until_async(asked_often, "it gave up")
    assert len(set(process.provider.keys)) == 1
    process.provider.fails = set()
    await until_async(confirmed, "it did not come back")
    stop.set()
    await following


@pytest.mark.parametrize("order", [1, -1], ids=["as they came", "the last first, and all twice"])
async def test_webhooks_in_any_order_end_in_one_state(
    pipeline: Pipeline,
    market: Market,
    process: Reacting,
    order: int,
) -> None:
    paid = confirming(market, "sandbox:twice")
    await process.catch_up()
    for webhook in process.told[::order] * (2 if order < 0 else 1):
        booking_id, notice = decode(webhook.body)
        message = SettlePayment(booking_id=booking_id, notice=notice)
        market.commands.execute(settle_payment, message, market.by(market.host))
    await process.catch_up()
    state = booking(pipeline, paid)
    assert (state.status, state.payment_status) == ("confirmed", "captured")
    assert state.account.held == state.total


async def test_the_worker_reacts_to_the_topic_and_reads_it_again_in_vain(
    pipeline: Pipeline, market: Market, process: Reacting
) -> None:
    paid = confirming(market)
    working = Working(pipeline, process.sink)

    async def confirmed() -> bool:
        return booking(pipeline, paid).status == "confirmed"

    with pipeline.relaying():
        async with working.running():
            await until_async(confirmed, "the payment was not made")
            await working.until_done()
        asked = list(process.provider.keys)
        again = Working(pipeline, process.sink)
        again.sink.name = "again"  # type: ignore[misc]
        async with again.running():
            await until_async(
                lambda: asyncio.to_thread(all_committed, again, again.settings.group), "no commit"
            )
    assert process.provider.keys == asked
    assert facts(pipeline, paid)["payment_captured.v1"] == 1


async def test_a_rebuild_never_runs_a_reactor(process: Reacting) -> None:
    with pytest.raises(TypeError):
        await process.sink.build()


async def test_the_host_is_paid_what_a_guest_who_cancels_late_does_not_get_back(
    pipeline: Pipeline, market: Market, process: Reacting, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = confirming(market)
    await process.catch_up()

    def half(*_: object) -> int:
        return 5_000

    monkeypatch.setattr(CancellationPolicy, "share_at", half)
    # As if check-in had been long ago: the delay is what keeps a payout waiting.
    monkeypatch.setattr(payouts, "PAYOUT_DELAY", timedelta(days=-30))
    market.cancel(booking(pipeline, paid).guest_id, paid)
    for _ in range(2):
        market.commands.execute(pay_out, PayOut(booking_id=paid), market.by(market.host))
        await process.catch_up()
    account = booking(pipeline, paid).account
    assert account.refunded.amount == account.paid_out.amount == account.captured.amount // 2
    assert account.held.amount == 0
    counted = facts(pipeline, paid)
    assert (counted["payout_due.v1"], counted["payout_paid.v1"]) == (1, 1)
    assert [key.rpartition(":")[2] for key in process.provider.keys].count("payout") == 1
