"""Guests wait in line on the running platform, and what comes free is held for the first."""

from __future__ import annotations

import time
from datetime import datetime
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.people import Person, day_in, hold, in_days, join, offer, stay
from tests.api.test_slots import at, book, studio
from tests.api.workbench import NOBODY, problem

pytestmark = pytest.mark.servers

PATIENCE = 10.0


def wish(first: int = 30, nights: int = 3, **more: Any) -> dict[str, Any]:
    """What a guest waits for."""
    return {"arrive": in_days(first), "depart": in_days(first + nights), "guests": 2, **more}


def block(host: Person, listing: str, first: int = 30, nights: int = 3) -> str:
    """The path of a block of all units."""
    path = f"/v1/listings/{listing}/blocks"
    made = host.post(path, json={"from": in_days(first), "to": in_days(first + nights)})
    assert made.status_code == 201, made.text
    return f"{path}/{made.json()['id']}"


def wait(guest: Person, listing: str, **more: Any) -> dict[str, Any]:
    """The entry of somebody who gets in line."""
    made = guest.post(f"/v1/listings/{listing}/waitlist", json=wish(**more))
    assert made.status_code == 201, made.text
    return made.json()


def mine(guest: Person) -> dict[str, dict[str, Any]]:
    """The guest's entries, by id."""
    page = guest.get("/v1/me/waitlist")
    assert page.status_code == 200, page.text
    return {entry["id"]: entry for entry in page.json()["items"]}


def until_offered(guest: Person, entry: str) -> dict[str, Any]:
    """The entry once the nights are held for the guest."""
    give_up = time.monotonic() + PATIENCE
    while (found := mine(guest)[entry])["status"] != "offered":
        assert time.monotonic() < give_up, found
        time.sleep(0.02)
    return found


def test_a_guest_gets_in_line_sees_their_place_and_leaves(host: Person, guest: Person) -> None:
    listing = offer(host)
    block(host, listing)
    other = join(guest.http, "Olof")
    entry = wait(guest, listing)
    assert entry | {"id": "", "joined_at": ""} == {
        **wish(),
        "id": "",
        "listing_id": listing,
        "units": 1,
        "status": "waiting",
        "place": 1,
        "offer_expires_at": None,
        "booking_id": None,
        "joined_at": "",
    }
    assert wait(other, listing, first=32)["place"] == 2
    assert wait(guest, listing) == entry, "joining twice is the same entry"
    assert mine(guest) == {entry["id"]: entry}
    path = f"/v1/listings/{listing}/waitlist"
    host.seen = other.seen
    assert host.get(path).json() == {"listing_id": listing, "waiting": 2}
    assert problem(guest.get(path)) == (403, "not_yours")
    assert problem(other.ask("DELETE", f"{path}/{entry['id']}")) == (404, "not_found")
    for _ in range(2):
        assert guest.ask("DELETE", f"{path}/{entry['id']}").status_code == 204
    assert mine(guest)[entry["id"]]["status"] == "left"
    other.seen = guest.seen
    assert [each["place"] for each in mine(other).values()] == [1]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"arrive": in_days(60), "depart": in_days(62)}, (409, "dates_free")),
        ({"guests": 3}, (422, "too_many_guests")),
        ({"units": 2}, (422, "too_many_units")),
        ({"depart": in_days(70)}, (422, "above_maximum_stay")),
        ({"arrive": "2020-01-01", "depart": "2020-01-02"}, (422, "dates_past")),
        ({"depart": in_days(30)}, (422, "dates_reversed")),
        ({"guests": 0}, (422, "invalid")),
        ({"arrive": None}, (422, "invalid")),
        ({"colour": "red"}, (422, "invalid")),
    ],
)
def test_nobody_waits_in_vain(
    host: Person, guest: Person, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    listing = offer(host)
    block(host, listing)
    answer = guest.post(f"/v1/listings/{listing}/waitlist", json={**wish(), **change})
    assert problem(answer) == expected


def test_what_is_not_there_or_not_yours_is_not_found_before_all_else(
    host: Person, guest: Person
) -> None:
    for answer in (
        guest.post(f"/v1/listings/{NOBODY}/waitlist", json={"guests": 0}),
        guest.ask("DELETE", f"/v1/listings/{NOBODY}/waitlist/{NOBODY}"),
        guest.post(f"/v1/listings/{offer(host)}/waitlist/{NOBODY}/accept"),
    ):
        assert problem(answer) == (404, "not_found")
    nobody = guest.http.post(f"/v1/listings/{NOBODY}/waitlist", json=wish())
    assert problem(nobody) == (401, "unauthenticated")
    assert problem(guest.http.get("/v1/me/waitlist")) == (401, "unauthenticated")


def test_what_comes_free_is_held_for_the_first_who_accepts_and_books(
    host: Person, guest: Person
) -> None:
    listing = offer(host)
    blocked = block(host, listing)
    other = join(guest.http, "Olof")
    first, second = wait(guest, listing), wait(other, listing)
    path = f"/v1/listings/{listing}/waitlist/{first['id']}"
    assert problem(guest.post(f"{path}/accept")) == (409, "policy_forbids")
    assert host.ask("DELETE", blocked).status_code == 204

    offered = until_offered(guest, first["id"])
    assert (offered["place"], offered["offer_expires_at"] > offered["joined_at"]) == (None, True)
    other.seen = guest.seen
    assert mine(other)[second["id"]]["place"] == 1
    assert problem(hold(other, listing)) == (409, "nights_taken")
    assert problem(other.post(f"{path}/accept")) == (404, "not_found")

    accepted = guest.post(f"{path}/accept", json={})
    assert accepted.status_code == 201, accepted.text
    quoted = accepted.json()
    assert quoted["available"] is True
    assert quoted["total"] == {"amount": 360_000, "currency": "SEK"}
    made = guest.post("/v1/bookings", json={"quote_id": quoted["id"]})
    assert made.status_code == 201, made.text
    taken = mine(guest)[first["id"]]
    assert (taken["status"], taken["booking_id"]) == ("booked", made.json()["id"])
    assert problem(guest.post(f"{path}/accept")) == (409, "policy_forbids")

    assert guest.post(f"/v1/bookings/{made.json()['id']}/cancel").status_code == 200
    until_offered(other, second["id"])


def test_an_ordinary_quote_for_the_same_nights_takes_the_offer_too(
    host: Person, guest: Person
) -> None:
    listing = offer(host)
    blocked = block(host, listing)
    entry = wait(guest, listing)
    host.ask("DELETE", blocked)
    until_offered(guest, entry["id"])
    quoted = guest.post("/v1/quotes", json=stay(listing)).json()
    assert quoted["available"] is True
    made = guest.post("/v1/bookings", json={"quote_id": quoted["id"]})
    assert made.status_code == 201, made.text
    assert mine(guest)[entry["id"]]["status"] == "booked"


def test_an_offer_that_is_given_back_goes_to_the_next(host: Person, guest: Person) -> None:
    listing = offer(host)
    blocked = block(host, listing)
    other = join(guest.http, "Olof")
    first, second = wait(guest, listing), wait(other, listing)
    host.ask("DELETE", blocked)
    until_offered(guest, first["id"])
    left = guest.ask("DELETE", f"/v1/listings/{listing}/waitlist/{first['id']}")
    assert left.status_code == 204
    until_offered(other, second["id"])


def test_more_units_are_offered_to_who_waits(host: Person, guest: Person) -> None:
    listing = offer(host)
    hold(host, listing)
    entry = wait(guest, listing)
    etag = host.get(f"/v1/listings/{listing}").headers["etag"]
    grown = host.ask(
        "PATCH", f"/v1/listings/{listing}", json={"units": 2}, headers={"If-Match": etag}
    )
    assert grown.status_code == 200, grown.text
    until_offered(guest, entry["id"])


def test_a_slot_is_waited_for_as_a_slot(host: Person, guest: Person) -> None:
    listing = studio(host)
    other, third = join(guest.http, "Olof"), join(guest.http, "Tuva")
    held = book(third, listing, at("10:00"), at("12:00"))
    assert held.status_code == 201, held.text
    path = f"/v1/listings/{listing}/waitlist"

    def wished(starts: str, ends: str) -> dict[str, Any]:
        return {"starts_at": at(starts), "ends_at": at(ends), "guests": 1}

    free = guest.post(path, json=wished("12:00", "14:00"))
    assert problem(free) == (409, "dates_free")
    noon = datetime.combine(day_in(30), clock(12), ZoneInfo("America/New_York"))
    assert datetime.fromisoformat(free.json()["values"]["starts_at"]) == noon
    assert problem(guest.post(path, json=wished("10:10", "11:10"))) == (422, "not_a_slot")
    assert problem(guest.post(path, json=wish())) == (422, "wrong_dates")
    assert problem(guest.post(path, json={**wish(), **wished("10:00", "12:00")})) == (
        422,
        "invalid",
    )

    made = guest.post(path, json=wished("11:00", "13:00"))
    assert made.status_code == 201, made.text
    first = made.json()
    assert (first["place"], first["arrive"]) == (1, in_days(30))
    assert guest.post(path, json=wished("11:00", "13:00")).json() == first
    # Both want the hour from eleven; who wants the one before alone has nobody ahead.
    second = other.post(path, json=wished("10:00", "12:00")).json()
    assert second["place"] == 2
    third_wish = host.post(path, json=wished("10:00", "11:00")).json()
    assert third_wish["place"] == 2

    assert third.post(f"/v1/bookings/{held.json()['id']}/cancel").status_code == 200
    offered = until_offered(guest, first["id"])
    assert offered["starts_at"] == first["starts_at"]
    host.seen = guest.seen
    until_offered(host, third_wish["id"])
    other.seen = host.seen
    assert mine(other)[second["id"]]["status"] == "waiting", "eleven is held for the first"
    accepted = guest.post(f"{path}/{first['id']}/accept")
    assert accepted.status_code == 201, accepted.text
    assert accepted.json()["available"] is True
    booked = guest.post("/v1/bookings", json={"quote_id": accepted.json()["id"]})
    assert booked.status_code == 201, booked.text
    assert mine(guest)[first["id"]]["status"] == "booked"


def test_an_account_waits_for_twenty_stays_and_pages_through_them(
    host: Person, guest: Person
) -> None:
    listings = [offer(host), offer(host)]
    for listing in listings:
        block(host, listing, nights=30)
    ids = [wait(guest, listings[n % 2], first=30 + n)["id"] for n in range(20)]
    path = f"/v1/listings/{listings[0]}/waitlist"
    assert problem(guest.post(path, json=wish(55))) == (409, "too_many_wishes")
    assert wait(guest, listings[0])["id"] == ids[0]
    assert guest.ask("DELETE", f"{path}/{ids[0]}").status_code == 204
    assert guest.post(path, json=wish(55)).status_code == 201
    found: list[str] = []
    following: str | None = ""
    while following is not None:
        more = {"cursor": following} if following else {}
        page = guest.get("/v1/me/waitlist", params={"limit": 8, **more}).json()
        found += [entry["id"] for entry in page["items"]]
        following = page["next"]
    assert found[1:] == ids[::-1]
