"""Payments on the running platform: each manner of the sandbox ends as it should."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.secrets import webhook_key
from commands.payments.webhooks import Webhook, signed
from tests.api.people import Person, hold, join, offer
from tests.api.workbench import problem
from tests.journeys.test_stay import confirmed, evening_zone
from tests.processes import Processes

pytestmark = pytest.mark.servers

REPEATED = ("etag", "sojourn-position")


def confirm(guest: Person, booking: str, method: str, **more: Any) -> httpx.Response:
    return guest.post(f"/v1/bookings/{booking}/confirm", json={"payment_method": method}, **more)


def payments(guest: Person, booking: str) -> list[dict[str, Any]]:
    answer = guest.get(f"/v1/bookings/{booking}/payments")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def until_paid(running: Processes, guest: Person, booking: str, status: str) -> dict[str, Any]:
    """The booking's page once its payment status is ``status``."""

    def page() -> dict[str, Any]:
        return guest.get(f"/v1/bookings/{booking}").json()

    running.until(lambda: page()["payment_status"] == status, f"it never was {status}: {page()}")
    return page()


def test_confirm_answers_when_the_money_is_here(host: Person, guest: Person) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    key = {"Idempotency-Key": uuid4().hex}
    guest.seen = ""
    first = guest.post(f"/v1/bookings/{booking}/confirm", headers=key)
    assert (first.status_code, first.json()["status"]) == (200, "confirmed")
    assert first.json()["payment_status"] == "captured"
    guest.seen = ""
    again = guest.post(f"/v1/bookings/{booking}/confirm", headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert {n: again.headers[n] for n in REPEATED} == {n: first.headers[n] for n in REPEATED}
    guest.seen = first.headers["sojourn-position"]
    assert guest.get(f"/v1/bookings/{booking}").json()["status"] == "confirmed"
    [payment] = payments(guest, booking)
    assert (payment["status"], payment["purpose"]) == ("captured", "booking")


def test_ten_confirms_at_once_with_one_key_pay_once(host: Person, guest: Person) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    key = {"Idempotency-Key": uuid4().hex}

    def once(_: int) -> httpx.Response:
        return confirm(guest, booking, "sandbox", headers=key)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(once, range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(payments(guest, booking)) == 1


def test_a_decline_is_a_refusal_and_the_hold_stands(
    host: Person, guest: Person, running: Processes
) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    key = {"Idempotency-Key": uuid4().hex}
    declined = confirm(guest, booking, "sandbox:decline", headers=key)
    again = confirm(guest, booking, "sandbox:decline", headers=key)
    assert problem(declined) == problem(again) == (409, "payment_declined")
    assert declined.json()["values"]["reason"] == "card_declined"
    # A refusal names no position to wait for.
    assert until_paid(running, guest, booking, "failed")["status"] == "held"
    [payment] = payments(guest, booking)
    assert payment["failure"]["code"] == "card_declined"
    assert confirm(guest, booking, "sandbox").json()["status"] == "confirmed"
    assert [each["status"] for each in payments(guest, booking)] == ["failed", "captured"]


@pytest.mark.parametrize("method", ["cash", "sandbox:", "sandbox:delay", "sandbox:delay:1000", ""])
def test_an_unknown_method_is_refused(host: Person, guest: Person, method: str) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    assert problem(confirm(guest, booking, method)) == (422, "invalid")
    answer = guest.post(f"/v1/bookings/{booking}/payments", json={"method": method})
    assert problem(answer) == (422, "invalid")


@pytest.mark.parametrize("manner", ["delay:2", "repeat", "reorder", "recover", "silent:1"])
def test_a_payment_that_takes_its_time_is_waited_for(
    host: Person, guest: Person, running: Processes, manner: str
) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    answer = confirm(guest, booking, f"sandbox:{manner}")
    if manner == "recover" and answer.status_code == 409:
        assert problem(answer) == (409, "payment_declined")
    else:
        assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    page = until_paid(running, guest, booking, "captured")
    assert (page["status"], len(payments(guest, booking))) == ("confirmed", 1)


def test_what_takes_longer_than_a_client_waits_is_202(
    host: Person, guest: Person, running: Processes
) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    key = {"Idempotency-Key": uuid4().hex}
    began = time.monotonic()
    waiting = confirm(guest, booking, "sandbox:delay:12", headers=key)
    assert 9 < time.monotonic() - began < 12
    assert (waiting.status_code, waiting.json()["payment_status"]) == (202, "pending")
    assert until_paid(running, guest, booking, "captured")["status"] == "confirmed"
    again = confirm(guest, booking, "sandbox:delay:12", headers=key)
    assert (again.status_code, again.content) == (202, waiting.content)
    assert len(payments(guest, booking)) == 1


def test_a_challenge_is_passed_by_the_guest_alone(host: Person, guest: Person) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    made = guest.post(f"/v1/bookings/{booking}/payments", json={"method": "sandbox:challenge"})
    assert made.status_code == 201, made.text
    assert made.json()["status"] == "challenged"
    url = made.json()["next_action"]["url"]
    asked = confirm(guest, booking, "sandbox:challenge")
    assert (asked.status_code, asked.json()["payment_status"]) == (202, "pending")
    assert problem(host.post(url)) == (403, "not_yours")
    assert problem(join(guest.http, "Olof").post(url)) == (404, "not_found")
    assert guest.post(url).status_code == 204
    assert guest.post(url).status_code == 204
    assert guest.get(f"/v1/bookings/{booking}").json()["status"] == "confirmed"
    paid = guest.post(f"/v1/bookings/{booking}/payments", json={"method": "sandbox"})
    assert problem(paid) == (409, "policy_forbids")


def test_captured_twice_the_second_goes_back(
    host: Person, guest: Person, running: Processes
) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    confirm(guest, booking, "sandbox:twice")
    reader = audit_of(running, booking)
    running.until(lambda: reader().count("booking.payment_refunded.v1") == 1, "nothing went back")
    assert reader().count("booking.payment_captured_again.v1") == 1
    assert guest.get(f"/v1/bookings/{booking}").json()["payment_status"] == "captured"


def test_a_cancelled_booking_s_money_goes_back(
    host: Person, guest: Person, running: Processes
) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    assert confirm(guest, booking, "sandbox").status_code == 200
    cancelled = guest.post(f"/v1/bookings/{booking}/cancel")
    assert cancelled.json()["refund"]["total"] == cancelled.json()["total"]
    assert until_paid(running, guest, booking, "refunded")["status"] == "cancelled"


def test_money_for_a_cancelled_booking_goes_back_when_it_comes(
    host: Person, guest: Person, running: Processes
) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    paying = {"method": "sandbox:challenge"}
    made = guest.post(f"/v1/bookings/{booking}/payments", json=paying).json()
    assert guest.post(f"/v1/bookings/{booking}/cancel").status_code == 200
    assert guest.post(made["next_action"]["url"]).status_code == 204
    assert until_paid(running, guest, booking, "refunded")["status"] == "cancelled"


def test_a_dispute_shows_and_ends(host: Person, guest: Person, running: Processes) -> None:
    booking = hold(guest, offer(host)).json()["id"]
    confirm(guest, booking, "sandbox:dispute")
    until_paid(running, guest, booking, "disputed")
    lost = hold(guest, offer(host)).json()["id"]
    confirm(guest, lost, "sandbox:dispute-lost")
    until_paid(running, guest, lost, "refunded")


def test_a_host_sees_what_they_are_to_be_paid(host: Person, guest: Person) -> None:
    zone, today = evening_zone()
    assert host.get("/v1/me/payouts").json() == {"items": [], "next": None}
    booking = confirmed(host, guest, today, time_zone=zone)
    assert host.post(f"/v1/bookings/{booking['id']}/check-in").status_code == 200
    [payout] = host.get("/v1/me/payouts").json()["items"]
    assert (payout["booking_id"], payout["status"]) == (booking["id"], "scheduled")
    assert payout["amount"] == booking["total"]
    assert guest.get("/v1/me/payouts").json()["items"] == []


def audit_of(running: Processes, booking: str) -> Any:
    """Asks for the types of a booking's events."""
    from eventlog.reader import LogReader  # noqa: PLC0415 - only these tests look at the log

    def types() -> list[str]:
        with LogReader(running.platform.settings.need("postgres_queries_url")) as reader:
            return [record.type for record in reader.read_stream(f"booking-{booking}")]

    return types


class Provider:
    """The sandbox as seen from outside: it signs, or somebody else tries to."""

    def __init__(self, http: httpx.Client, running: Processes) -> None:
        self._http = http
        secret = running.platform.settings.key("secret_key_file")
        self._key = webhook_key(secret, "sandbox")

    def tell(
        self,
        body: bytes,
        *,
        identity: str | None = None,
        key: bytes | None = None,
        sent: datetime | None = None,
        provider: str = "sandbox",
        without: str = "",
    ) -> httpx.Response:
        webhook = Webhook(id=identity or uuid4().hex, body=body)
        headers = signed(webhook, key or self._key, sent or datetime.now(UTC))
        path = f"/v1/webhooks/payments/{provider}"
        kept = {name: value for name, value in headers.items() if name != without}
        return self._http.post(path, content=body, headers=kept)


def notice(booking: str, payment: dict[str, Any], reference: str) -> bytes:
    data = {"payment_id": payment["id"], "reference": reference, "amount": payment["amount"]}
    told = {"type": "payment.captured", "booking_id": booking, "data": data}
    return json.dumps(told).encode()


def test_webhooks_are_believed_when_signed_and_done_once(
    http: httpx.Client, running: Processes, host: Person, guest: Person
) -> None:
    provider = Provider(http, running)
    booking = hold(guest, offer(host)).json()["id"]
    paying = {"method": "sandbox:challenge"}
    payment = guest.post(f"/v1/bookings/{booking}/payments", json=paying).json()
    body = notice(booking, payment, "r1")
    forged = provider.tell(body, key=b"x" * 32)
    assert problem(forged) == (401, "untrusted_webhook")
    assert forged.headers["www-authenticate"]
    for off in (timedelta(minutes=-6), timedelta(minutes=6)):
        late = provider.tell(body, sent=datetime.now(UTC) + off)
        assert problem(late) == (401, "untrusted_webhook")
    for header in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert problem(provider.tell(body, without=header)) == (400, "bad_webhook")
    for broken in (b"", b"{}", b"\xff", body.replace(b"captured", b"imagined")):
        assert problem(provider.tell(broken)) == (400, "bad_webhook")
    assert problem(provider.tell(body, provider="nobody")) == (404, "not_found")
    strange = body.replace(booking.encode(), str(uuid4()).encode())
    assert problem(provider.tell(strange)) == (404, "not_found")
    assert audit_of(running, booking)().count("booking.payment_captured.v1") == 0
    first = provider.tell(body, identity="once")
    again = provider.tell(body, identity="once")
    assert (first.status_code, again.status_code) == (204, 204)
    assert again.headers["idempotency-replayed"] == "true"
    assert provider.tell(body).status_code == 204
    assert audit_of(running, booking)().count("booking.payment_captured.v1") == 1
    guest.seen = first.headers["sojourn-position"]
    assert guest.get(f"/v1/bookings/{booking}").json()["status"] == "confirmed"
