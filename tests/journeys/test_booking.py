"""One booking's whole way over HTTP, each read seeing its own write."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.people import Person, in_days, listing_body

pytestmark = pytest.mark.servers


def dates_of(first: int, nights: int) -> dict[str, str]:
    return {"arrive": in_days(first), "depart": in_days(first + nights)}


def found(person: Person, **criteria: Any) -> list[str]:
    answer = person.get("/v1/listings", params={"limit": 100, **criteria})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def free_nights(person: Person, listing: str, dates: dict[str, str]) -> list[bool]:
    answer = person.get(
        f"/v1/listings/{listing}/calendar", params={"from": dates["arrive"], "to": dates["depart"]}
    )
    assert answer.status_code == 200, answer.text
    return [night["available"] for night in answer.json()["nights"]]


def test_a_guest_finds_holds_confirms_and_cancels(host: Person, guest: Person) -> None:
    made = host.post("/v1/listings", json=listing_body(title="Lighthouse on the skerry"))
    listing = made.json()["id"]
    dates = dates_of(10, 3)
    assert host.post(f"/v1/listings/{listing}/publish").status_code == 200
    guest.seen = host.seen
    around = {"q": "lighthouse", "near": "59.33,18.06", "radius_km": 5, **dates, "guests": 2}
    assert found(guest, **around) == [listing]
    assert free_nights(guest, listing, dates) == [True, True, True]

    asked = {"listing_id": listing, **dates, "guests": 2}
    quote = guest.post("/v1/quotes", json=asked)
    assert quote.status_code == 201, quote.text
    priced = quote.json()
    assert priced["available"] is True
    assert sum(line["amount"]["amount"] for line in priced["lines"]) == priced["total"]["amount"]

    held = guest.post("/v1/bookings", json={"quote_id": priced["id"]})
    assert (held.status_code, held.json()["status"]) == (201, "held")
    booking = held.json()["id"]
    assert free_nights(guest, listing, dates) == [False, False, False]
    assert found(guest, **around) == []

    confirmed = guest.post(f"/v1/bookings/{booking}/confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    page = guest.get(f"/v1/bookings/{booking}").json()
    assert (page["status"], page["payment_status"]) == ("confirmed", "captured")
    assert page["total"] == priced["total"]
    assert [trip["id"] for trip in guest.get("/v1/me/trips").json()["items"]] == [booking]
    host.seen = guest.seen
    reservations = host.get("/v1/me/reservations").json()["items"]
    assert [each["id"] for each in reservations] == [booking]

    promised = guest.get(f"/v1/bookings/{booking}/refund-preview").json()
    cancelled = guest.post(f"/v1/bookings/{booking}/cancel", json={"reason": "Illness"})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["refund"]["total"] == promised["total"] == priced["total"]
    assert guest.get(f"/v1/bookings/{booking}").json()["status"] == "cancelled"
    assert free_nights(guest, listing, dates) == [True, True, True]
    assert found(guest, **around) == [listing]


def test_a_host_blocks_nights_and_frees_them_again(host: Person, guest: Person) -> None:
    listing = host.post("/v1/listings", json=listing_body(title="Boathouse")).json()["id"]
    host.post(f"/v1/listings/{listing}/publish")
    dates = dates_of(20, 2)
    block = {"from": dates["arrive"], "to": dates["depart"], "reason": "Painting"}
    blocked = host.post(f"/v1/listings/{listing}/blocks", json=block)
    assert blocked.status_code == 201, blocked.text
    assert host.post(f"/v1/listings/{listing}/blocks", json=block).status_code == 409
    guest.seen = host.seen
    assert free_nights(guest, listing, dates) == [False, False]
    assert listing not in found(guest, q="boathouse", **dates)
    asked = {"listing_id": listing, **dates, "guests": 2}
    quote = guest.post("/v1/quotes", json=asked).json()
    assert quote["available"] is False
    refused = guest.post("/v1/bookings", json={"quote_id": quote["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "nights_taken")

    lifted = host.ask("DELETE", f"/v1/listings/{listing}/blocks/{blocked.json()['id']}")
    assert lifted.status_code == 204
    guest.seen = host.seen
    assert free_nights(guest, listing, dates) == [True, True]
    assert listing in found(guest, q="boathouse", **dates)


def test_a_host_decides_before_the_guest_confirms(host: Person, guest: Person) -> None:
    body = listing_body(title="Summer house", instant=False)
    listing = host.post("/v1/listings", json=body).json()["id"]
    host.post(f"/v1/listings/{listing}/publish")
    guest.seen = host.seen
    dates = dates_of(30, 2)
    quote = guest.post("/v1/quotes", json={"listing_id": listing, **dates, "guests": 1}).json()
    asked = guest.post("/v1/bookings", json={"quote_id": quote["id"]}).json()
    assert asked["status"] == "awaiting_approval"
    early = guest.post(f"/v1/bookings/{asked['id']}/confirm")
    assert (early.status_code, early.json()["code"]) == (409, "policy_forbids")
    host.seen = guest.seen
    approved = host.post(f"/v1/bookings/{asked['id']}/approve")
    assert (approved.status_code, approved.json()["status"]) == (200, "held")
    guest.seen = host.seen
    assert guest.post(f"/v1/bookings/{asked['id']}/confirm").json()["status"] == "confirmed"
