"""A booking goes all its ways on the running platform, behind its gateway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.people import Person, hold, in_days, join, offer, stay
from tests.api.workbench import NOBODY, problem

pytestmark = pytest.mark.servers


def test_a_quote_adds_up_and_says_whether_the_nights_are_free(host: Person, guest: Person) -> None:
    listing = offer(host)
    quoted = guest.post("/v1/quotes", json=stay(listing))
    assert quoted.status_code == 201, quoted.text
    page = quoted.json()
    assert page["available"] is True
    assert len(page["lines"]) == 3
    assert sum(line["amount"]["amount"] for line in page["lines"]) == page["total"]["amount"]
    assert page["total"] == {"amount": 360_000, "currency": "SEK"}
    guest.seen = quoted.headers["Sojourn-Position"]
    asked = {"arrive": page["arrive"], "depart": page["depart"], "guests": 2}
    price = guest.get(f"/v1/listings/{listing}/price", params=asked).json()
    assert {name: price[name] for name in ("lines", "total", "available")} == {
        name: page[name] for name in ("lines", "total", "available")
    }
    assert "id" not in price
    hold(guest, listing)
    assert guest.post("/v1/quotes", json=stay(listing)).json()["available"] is False
    assert guest.get(f"/v1/listings/{listing}/price", params=asked).json()["available"] is False


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"listing_id": str(NOBODY)}, (404, "not_found")),
        ({"listing_id": str(NOBODY), "guests": 0}, (404, "not_found")),
        ({"listing_id": "x"}, (422, "invalid")),
        ({"guests": 0}, (422, "invalid")),
        ({"guests": 3}, (422, "too_many_guests")),
        ({"guests": "2"}, (422, "invalid")),
        ({"arrive": None}, (422, "invalid")),
        ({"arrive": "2026-02-30"}, (422, "invalid")),
        ({"arrive": 1_700_000_000}, (422, "invalid")),
        ({"arrive": in_days(33)}, (422, "dates_reversed")),
        ({"arrive": in_days(40)}, (422, "dates_reversed")),
        ({"arrive": "2020-01-01"}, (422, "dates_past")),
        ({"depart": in_days(900)}, (422, "beyond_horizon")),
        ({"depart": in_days(70)}, (422, "above_maximum_stay")),
        ({"units": 2}, (422, "too_many_units")),
        ({"starts_at": "2026-11-01T01:30"}, (422, "invalid")),
        ({"coupon": "FREE"}, (422, "unknown_coupon")),
        ({"colour": "red"}, (422, "invalid")),
    ],
)
def test_a_quote_breaks_no_rule(
    host: Person, guest: Person, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    listing = offer(host)
    answer = guest.post("/v1/quotes", json={**stay(listing), **change})
    assert problem(answer) == expected


def test_a_booking_goes_all_the_way(host: Person, guest: Person) -> None:
    listing = offer(host)
    made = hold(guest, listing)
    assert made.status_code == 201, made.text
    page = made.json()
    assert page["status"] == "held"
    assert page["payment_status"] == "none"
    assert page["actions"] == ["confirm", "pay", "change", "cancel", "message"]
    assert page["hold_expires_at"]
    assert made.headers["location"] == f"/v1/bookings/{page['id']}"
    assert guest.get(made.headers["location"]).json() == page

    confirmed = guest.post(f"/v1/bookings/{page['id']}/confirm", json={})
    assert confirmed.status_code == 200
    assert confirmed.json()["status"] == "confirmed"
    assert confirmed.json()["payment_status"] == "captured"
    assert confirmed.json()["hold_expires_at"] is None
    assert "refund" not in confirmed.json()
    read = guest.get(f"/v1/bookings/{page['id']}")
    assert read.json() == confirmed.json()
    assert read.headers["etag"] == confirmed.headers["etag"]

    trips = guest.get("/v1/me/trips").json()
    assert [booking["id"] for booking in trips["items"]] == [page["id"]]
    host.seen = guest.seen
    reservations = host.get("/v1/me/reservations").json()
    assert reservations["items"][0]["actions"] == ["cancel", "message"]

    nights = guest.get(
        f"/v1/listings/{listing}/calendar", params={"from": in_days(29), "to": in_days(34)}
    ).json()["nights"]
    assert [night["date"] for night in nights] == [in_days(day) for day in range(29, 34)]
    assert [night["available"] for night in nights] == [True, False, False, False, True]
    assert [night["units_free"] for night in nights] == [1, 0, 0, 0, 1]

    preview = guest.get(f"/v1/bookings/{page['id']}/refund-preview").json()
    assert preview["policy"] == "flexible"
    cancelled = guest.post(f"/v1/bookings/{page['id']}/cancel", json={"reason": "ill"})
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "cancelled"
    assert cancelled.json()["cancelled_by"] == "guest"
    assert cancelled.json()["refund"] == {name: preview[name] for name in ("lines", "total")}
    assert cancelled.json()["actions"] == ["message"]
    again = guest.get(f"/v1/bookings/{page['id']}/refund-preview")
    assert problem(again) == (409, "policy_forbids")


def test_taken_nights_are_taken_for_their_guest_too(host: Person, guest: Person) -> None:
    listing = offer(host)
    other = join(guest.http, "Olof")
    assert hold(guest, listing).status_code == 201
    assert problem(hold(guest, listing)) == (409, "nights_taken")
    assert problem(hold(other, listing)) == (409, "nights_taken")


def test_others_bookings_and_quotes_are_not_there(host: Person, guest: Person) -> None:
    listing = offer(host)
    booking = hold(guest, listing).json()["id"]
    quote = guest.post("/v1/quotes", json=stay(listing, 60)).json()["id"]
    other = join(guest.http, "Olof")
    other.seen = guest.seen
    assert problem(other.get(f"/v1/bookings/{booking}")) == (404, "not_found")
    for action in ("confirm", "cancel", "approve", "decline"):
        answer = other.post(f"/v1/bookings/{booking}/{action}", json={"wrong": 1})
        assert problem(answer) == (404, "not_found")
    assert problem(other.post("/v1/bookings", json={"quote_id": quote})) == (404, "not_found")
    assert problem(host.post(f"/v1/bookings/{booking}/confirm")) == (403, "not_yours")


def test_a_request_is_approved_and_then_held(host: Person, guest: Person) -> None:
    listing = offer(host, instant=False)
    made = hold(guest, listing).json()
    assert made["status"] == "awaiting_approval"
    path = f"/v1/bookings/{made['id']}"
    assert problem(guest.post(f"{path}/confirm")) == (409, "policy_forbids")
    assert problem(guest.post(f"{path}/approve")) == (403, "not_yours")
    approved = host.post(f"{path}/approve").json()
    assert approved["status"] == "held"
    assert approved["hold_expires_at"] != made["hold_expires_at"]
    assert guest.post(f"{path}/confirm").json()["status"] == "confirmed"
    declined = hold(guest, listing, 90).json()["id"]
    answer = host.post(f"/v1/bookings/{declined}/decline", json={"reason": "away"})
    assert answer.json()["status"] == "declined"


def test_of_holds_asked_for_all_at_once_no_more_than_ten_are_given(
    host: Person, guest: Person
) -> None:
    listings = [offer(host) for _ in range(16)]
    quotes = [guest.post("/v1/quotes", json=stay(listing)).json()["id"] for listing in listings]

    def book(quote: str) -> httpx.Response:
        return guest.post("/v1/bookings", json={"quote_id": quote})

    with ThreadPoolExecutor(len(quotes)) as at_once:
        answers = list(at_once.map(book, quotes))
    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(answers) - len(refused) == 10
    assert {problem(answer) for answer in refused} == {(409, "too_many_holds")}
