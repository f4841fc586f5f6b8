"""What every payment provider must do, whoever it is: the contract, and the sandbox's manners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from commands.payments.notices import NotANotice, decode, encode
from commands.payments.provider import (
    Charge,
    Done,
    Pending,
    Refused,
    Return,
    Transfer,
    provider_of,
)
from commands.payments.sandbox import Sandbox
from commands.payments.webhooks import Unreadable, Untrusted, Webhook, signed, verified
from domain.booking.notices import Captured
from domain.money import Money

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
BOOKING, PAYMENT, OTHER = (UUID(int=n) for n in (1, 2, 3))
KEY = b"k" * 32
CAPTURED = Captured(payment_id=PAYMENT, reference="r", amount=Money(5, "SEK"))


@dataclass
class Bench:
    """A provider with a clock that stands still, and what it announced."""

    now: datetime = NOW
    told: list[tuple[float, Sequence[Webhook]]] = field(
        default_factory=list[tuple[float, Sequence[Webhook]]]
    )

    @property
    def sandbox(self) -> Sandbox:
        """A new one each time, as after a restart."""
        return Sandbox(lambda after, told: self.told.append((after, told)), lambda: self.now)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def charge(method: str, payment_id: UUID = PAYMENT) -> Charge:
    return Charge(
        booking_id=BOOKING,
        payment_id=payment_id,
        method=method,
        amount=Money(1000, "SEK"),
        asked_at=NOW,
    )


def back(method: str) -> Return:
    return Return(
        booking_id=BOOKING,
        refund_id=UUID(int=4),
        payment_id=PAYMENT,
        method=method,
        reference="r",
        amount=Money(1000, "SEK"),
    )


def transfer(method: str) -> Transfer:
    return Transfer(
        booking_id=BOOKING,
        payout_id=UUID(int=5),
        host_id=UUID(int=6),
        method=method,
        amount=Money(1000, "SEK"),
    )


PROVIDERS = {
    "sandbox": {"good": "sandbox", "bad": "sandbox:decline", "slow": "sandbox:delay:2"},
}
"""The methods of each provider that approves, declines and takes its time."""


@pytest.mark.parametrize("methods", PROVIDERS.values(), ids=PROVIDERS)
class TestContract:
    """The same for all."""

    async def test_money_is_set_aside_taken_given_back_and_paid_out(
        self, bench: Bench, methods: dict[str, str]
    ) -> None:
        good = methods["good"]
        set_aside = await bench.sandbox.authorise("1:authorise", charge(good))
        assert isinstance(set_aside, Done)
        taken = await bench.sandbox.capture("1:capture", charge(good), set_aside.reference)
        assert isinstance(taken, Done)
        assert isinstance(await bench.sandbox.refund("2:refund", back(good)), Done)
        assert isinstance(await bench.sandbox.pay_out("3:payout", transfer(good)), Done)

    async def test_a_decline_has_a_code_and_a_sentence(
        self, bench: Bench, methods: dict[str, str]
    ) -> None:
        declined = await bench.sandbox.authorise("1", charge(methods["bad"]))
        assert isinstance(declined, Refused)
        assert declined.code.isidentifier()
        assert declined.why.endswith(".")

    @pytest.mark.parametrize("kind", ["good", "bad", "slow"])
    async def test_the_same_key_gets_the_same_outcome(
        self, bench: Bench, methods: dict[str, str], kind: str
    ) -> None:
        asked = charge(methods[kind])
        first = await bench.sandbox.authorise("1", asked)
        assert await bench.sandbox.authorise("1", asked) == first

    async def test_what_is_pending_can_be_asked_for_later(
        self, bench: Bench, methods: dict[str, str]
    ) -> None:
        asked = charge(methods["slow"])
        assert isinstance(await bench.sandbox.authorise("1", asked), Pending)
        bench.now += timedelta(hours=1)
        assert isinstance(await bench.sandbox.authorise("1", asked), Done)

    async def test_other_payments_have_other_references(
        self, bench: Bench, methods: dict[str, str]
    ) -> None:
        both = [
            await bench.sandbox.authorise(str(each), charge(methods["good"], each))
            for each in (PAYMENT, OTHER)
        ]
        assert len({outcome.reference for outcome in both if isinstance(outcome, Done)}) == 2

    def test_foreign_methods_are_not_taken(self, bench: Bench, methods: dict[str, str]) -> None:
        assert all(provider_of(method, [bench.sandbox]) for method in methods.values())
        assert provider_of("cheque", [bench.sandbox]) is None


@pytest.mark.parametrize(
    ("manner", "after", "told"),
    [
        ("delay:7", 7.0, ["payment.captured"]),
        ("silent:7", None, []),
        ("repeat", 0.0, ["payment.captured", "payment.captured"]),
        ("reorder", 0.0, ["payment.captured", "payment.authorised"]),
        ("twice", 0.0, ["payment.captured", "payment.captured"]),
        ("recover", 0.0, ["payment.declined", "payment.captured"]),
    ],
)
async def test_the_sandbox_tells_what_its_method_says(
    bench: Bench, manner: str, after: float | None, told: list[str]
) -> None:
    assert await bench.sandbox.authorise("1", charge(f"sandbox:{manner}")) == Pending()
    announced = [(seconds, each) for seconds, webhooks in bench.told for each in webhooks]
    assert all(seconds == after for seconds, _ in announced)
    assert [webhook.body.split(b'"')[3].decode() for _, webhook in announced] == told
    ids = [webhook.id for _, webhook in announced]
    assert len(set(ids)) == (1 if manner == "repeat" else len(ids))


async def test_refunds_and_payouts_fail_when_the_method_says_so(bench: Bench) -> None:
    assert isinstance(await bench.sandbox.refund("1", back("sandbox:refund-fails")), Refused)
    assert isinstance(await bench.sandbox.pay_out("1", transfer("sandbox:payout-fails")), Refused)


def test_a_notice_survives_being_sent() -> None:
    assert decode(encode(BOOKING, CAPTURED)) == (BOOKING, CAPTURED)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"type":"payment.imagined","booking_id":"%s","data":{}}' % str(BOOKING).encode(),
        encode(
            BOOKING, Captured(payment_id=PAYMENT, reference="r", amount=Money(5, "SEK"))
        ).replace(b"SEK", b"kronor"),
    ],
    ids=["nothing", "no object", "no text", "an unknown type", "a currency that is none"],
)
def test_what_is_no_notice_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotANotice):
        decode(body)


def test_a_signature_holds_for_its_own_webhook_and_time_alone() -> None:
    webhook = Webhook(id="w1", body=b"{}")
    headers = signed(webhook, KEY, NOW)
    assert verified(headers, b"{}", KEY, NOW) == webhook
    assert verified({**headers, "webhook-signature": f"v1,xx {headers['webhook-signature']}"},
                    b"{}", KEY, NOW) == webhook  # fmt: skip
    edge = NOW + timedelta(minutes=5)
    assert verified(headers, b"{}", KEY, edge) == webhook
    for body, key, now in (
        (b"{ }", KEY, NOW),
        (b"{}", b"other", NOW),
        (b"{}", KEY, edge + timedelta(seconds=1)),
    ):
        with pytest.raises(Untrusted):
            verified(headers, body, key, now)
    with pytest.raises(Untrusted):
        verified({**headers, "webhook-id": "w2"}, b"{}", KEY, NOW)
    for name, value in (
        ("webhook-id", ""),
        ("webhook-timestamp", "soon"),
        ("webhook-timestamp", "9" * 30),
        ("webhook-signature", ""),
    ):
        with pytest.raises(Unreadable):
            verified({**headers, name: value}, b"{}", KEY, NOW)


def test_the_signature_is_that_of_the_published_example() -> None:
    """The scheme's own test vector: id, timestamp and body joined by dots, HMAC-SHA256, base64."""
    import base64  # noqa: PLC0415 - only here

    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    sent = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(Webhook(id="msg_p5jXN8AQM9LWM0D4loKWxJek", body=body), key, sent)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
