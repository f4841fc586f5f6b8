"""A booking is changed on the running platform: nights, price and the difference."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.people import Person, hold, in_days, join, offer, stay
from tests.api.test_payments import confirm, payments, until_paid
from tests.api.workbench import NOBODY, problem
from tests.journeys.test_booking import free_nights
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers


def quote_change(
    guest: Person, booking: str, first: int, count: int, **more: Any
) -> httpx.Response:
    asked = {"arrive": in_days(first), "depart": in_days(first + count), "guests": 2, **more}
    return guest.post("/v1/quotes", json={"booking_id": booking, **asked})


def change(guest: Person, booking: str, quote: str, **more: Any) -> httpx.Response:
    return guest.post(f"/v1/bookings/{booking}/change", json={"quote_id": quote}, **more)


def booked(guest: Person, listing: str, method: str = "sandbox") -> str:
    booking = hold(guest, listing).json()["id"]
    assert confirm(guest, booking, method).status_code == 200
    return booking


def free(guest: Person, listing: str, first: int, count: int) -> list[bool]:
    dates = {"arrive": in_days(first), "depart": in_days(first + count)}
    return free_nights(guest, listing, dates)


def test_a_longer_stay_costs_the_difference(
    host: Person, guest: Person, running: Processes
) -> None:
    listing = offer(host)
    booking = booked(guest, listing)
    quoted = quote_change(guest, booking, 31, 4)
    assert quoted.status_code == 201, quoted.text
    page = quoted.json()
    assert (page["booking_id"], page["available"]) == (booking, True)
    assert page["old_total"]["amount"] + page["difference"]["amount"] == page["total"]["amount"]
    assert page["difference"]["amount"] == 120_000
    assert "change" in guest.get(f"/v1/bookings/{booking}").json()["actions"]
    key = {"Idempotency-Key": uuid4().hex}
    changed = change(guest, booking, page["id"], headers=key)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["arrive"], changed.json()["total"]) == (in_days(31), page["total"])
    assert change(guest, booking, page["id"], headers=key).content == changed.content
    assert change(guest, booking, page["id"]).json()["version"] >= changed.json()["version"]
    assert free(guest, listing, 30, 6) == [True, False, False, False, False, True]
    assert until_paid(running, guest, booking, "captured")["status"] == "confirmed"
    assert [each["purpose"] for each in payments(guest, booking)] == ["booking", "change"]
    assert guest.post(f"/v1/bookings/{booking}/cancel").json()["refund"]["total"] == page["total"]
    until_paid(running, guest, booking, "refunded")


def test_a_shorter_stay_gives_the_difference_back(
    host: Person, guest: Person, running: Processes
) -> None:
    listing = offer(host)
    booking = booked(guest, listing)
    page = quote_change(guest, booking, 30, 1).json()
    assert page["difference"]["amount"] == -240_000
    assert change(guest, booking, page["id"]).json()["payment_status"] == "captured"
    assert free(guest, listing, 30, 3) == [False, True, True]
    preview = guest.get(f"/v1/bookings/{booking}/refund-preview").json()
    assert preview["total"]["amount"] == 120_000


def test_a_difference_that_is_declined_is_due_until_it_is_paid(
    host: Person, guest: Person, running: Processes
) -> None:
    listing = offer(host)
    booking = hold(guest, listing).json()["id"]
    assert confirm(guest, booking, "sandbox:challenge").status_code == 202
    [first] = payments(guest, booking)
    assert guest.post(first["next_action"]["url"]).status_code == 204
    change(guest, booking, quote_change(guest, booking, 30, 4).json()["id"])
    assert guest.get(f"/v1/bookings/{booking}").json()["payment_status"] == "pending"
    failed = guest.post(f"/v1/bookings/{booking}/payments", json={"method": "sandbox:decline"})
    assert (failed.status_code, failed.json()["status"]) == (201, "failed")
    paid = guest.post(f"/v1/bookings/{booking}/payments", json={"method": "sandbox"})
    assert (paid.status_code, paid.json()["status"]) == (201, "captured"), paid.text
    assert paid.json()["amount"] == {"amount": 120_000, "currency": "SEK"}
    until_paid(running, guest, booking, "captured")


def test_nights_of_others_are_refused_and_nothing_changes(host: Person, guest: Person) -> None:
    listing = offer(host)
    booking = booked(guest, listing)
    other = join(guest.http, "Olof")
    assert hold(other, listing, 34, 2).status_code == 201
    guest.seen = other.seen
    quoted = quote_change(guest, booking, 32, 3)
    assert quoted.json()["available"] is False
    before = guest.get(f"/v1/bookings/{booking}").json()
    assert problem(change(guest, booking, quoted.json()["id"])) == (409, "nights_taken")
    assert guest.get(f"/v1/bookings/{booking}").json() == before


def test_who_may_change_what(host: Person, guest: Person) -> None:
    listing = offer(host)
    booking = booked(guest, listing)
    other = join(guest.http, "Olof")
    assert problem(quote_change(other, booking, 31, 3)) == (404, "not_found")
    assert problem(quote_change(guest, str(NOBODY), 31, 3, guests=0)) == (404, "not_found")
    assert problem(quote_change(host, booking, 31, 3)) == (403, "not_yours")
    assert problem(quote_change(guest, booking, 31, 3, listing_id=listing)) == (422, "invalid")
    assert problem(guest.post("/v1/quotes", json={"guests": 1})) == (422, "invalid")
    assert problem(quote_change(guest, booking, 31, 3, guests=9)) == (422, "too_many_guests")
    quote = quote_change(guest, booking, 31, 3).json()["id"]
    assert problem(other.post("/v1/bookings", json={"quote_id": quote})) == (404, "not_found")
    assert problem(guest.post("/v1/bookings", json={"quote_id": quote})) == (404, "not_found")
    plain = guest.post("/v1/quotes", json=stay(listing, 60)).json()["id"]
    assert problem(change(guest, booking, plain)) == (404, "not_found")
    assert problem(change(guest, booking, str(NOBODY))) == (404, "not_found")
    assert problem(change(other, booking, quote)) == (404, "not_found")
    keyless = guest.ask("POST", f"/v1/bookings/{booking}/change", json={"quote_id": quote})
    assert problem(keyless) == (400, "idempotency_key_required")
    guest.post(f"/v1/bookings/{booking}/cancel")
    assert problem(change(guest, booking, quote)) == (409, "policy_forbids")


def test_a_hold_is_changed_before_it_is_paid(
    host: Person, guest: Person, running: Processes
) -> None:
    listing = offer(host)
    held = hold(guest, listing).json()
    quote = quote_change(guest, held["id"], 40, 2).json()
    changed = change(guest, held["id"], quote["id"]).json()
    assert (changed["status"], changed["hold_expires_at"]) == ("held", held["hold_expires_at"])
    assert confirm(guest, held["id"], "sandbox").json()["total"] == quote["total"]
    assert free(guest, listing, 30, 3) == [True, True, True]
    verdict = sojourn(running.platform, "verify", "--wait", "30")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
