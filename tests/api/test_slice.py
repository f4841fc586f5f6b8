"""The endpoints of a booking's whole way, on the running platform behind its gateway."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.people import Person, hold, in_days, join, listing_body, offer, stay
from tests.api.workbench import NOBODY, problem

pytestmark = pytest.mark.servers


def test_who_joins_may_book_and_host_at_once(guest: Person) -> None:
    me = guest.get("/v1/me").json()
    assert me["id"] == guest.id
    assert me["email"] == guest.email
    assert me["roles"] == ["guest"]


def test_an_e_mail_address_joins_once_however_it_is_written(
    http: httpx.Client, guest: Person
) -> None:
    body = {"email": guest.email.upper(), "password": "long enough", "name": "Again"}
    assert problem(http.post("/v1/accounts", json=body)) == (409, "email_taken")


def test_a_listing_reads_back_as_it_was_written(host: Person) -> None:
    made = host.post("/v1/listings", json=listing_body())
    assert made.status_code == 201
    page = made.json()
    assert {**listing_body(), "id": page["id"], "version": page["version"]} == {
        name: page[name] for name in page if name not in {"status", "host_id"}
    }
    assert (page["status"], page["host_id"]) == ("draft", host.id)
    assert made.headers["location"] == f"/v1/listings/{page['id']}"
    read = host.get(made.headers["location"])
    assert read.json() == page
    assert read.headers["etag"] == made.headers["etag"]
    assert read.headers["cache-control"] == "no-store"


def test_a_draft_is_nobody_elses_to_know_of(host: Person, guest: Person) -> None:
    made = host.post("/v1/listings", json=listing_body())
    path = made.headers["location"]
    guest.seen = host.seen
    assert problem(guest.get(path)) == (404, "not_found")
    assert problem(guest.post(f"{path}/publish")) == (404, "not_found")
    anonymous = guest.http.get(path, headers={"Min-Position": host.seen})
    assert problem(anonymous) == (404, "not_found")


def test_a_page_that_the_client_has_is_not_sent_again(host: Person) -> None:
    path = f"/v1/listings/{offer(host)}"
    etag = host.get(path).headers["etag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = host.get(path, headers={"If-None-Match": header})
        assert answer.status_code == 304, header
        assert answer.headers["etag"] == etag
        assert not answer.content
    version = etag.strip('"').partition(".")[0]
    assert host.get(path, headers={"If-None-Match": f'"{version}"'}).status_code == 200


def test_a_change_names_the_version_it_changes(host: Person, guest: Person) -> None:
    path = f"/v1/listings/{offer(host)}"
    page = host.get(path)
    version = page.json()["version"]
    patch = {"title": "Attic", "location": {"neighbourhood": None}, "room_type": None}
    assert problem(host.ask("PATCH", path, json=patch)) == (428, "version_required")
    match = {"If-Match": f'W/"{version}.zz"'}
    assert problem(guest.ask("PATCH", path, json=patch, headers=match)) == (403, "not_yours")
    changed = host.ask("PATCH", path, json=patch, headers=match)
    assert changed.status_code == 200, changed.text
    assert changed.json()["title"] == "Attic"
    assert changed.json()["room_type"] is None
    assert changed.json()["location"]["neighbourhood"] is None
    assert changed.json()["location"]["city"] == "Stockholm"
    assert problem(host.ask("PATCH", path, json=patch, headers=match)) == (412, "stale_version")
    assert host.get(path).json() == changed.json()


@pytest.mark.parametrize(
    ("patch", "field", "code"),
    [
        ({"title": None}, "title", "required"),
        ({"title": ""}, "title", "too_short"),
        ({"title": "x" * 201}, "title", "too_long"),
        ({"units": 0}, "units", "too_small"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"price": {"amount": 1}}, None, None),
        ({"price": {"amount": 2**63, "currency": "SEK"}}, "price.amount", "too_large"),
        ({"price": {"amount": -1, "currency": "SEK"}}, "price", "invalid_value"),
        ({"price": {"amount": 1.5, "currency": "SEK"}}, "price.amount", "int_type"),
        ({"location": {"latitude": 91}}, "location.latitude", "too_large"),
        ({"minimum_nights": 40}, "maximum_nights", "invalid_value"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "invalid_value"),
        ({"kind": "castle"}, "kind", "literal_error"),
        ({"room_type": ""}, "room_type", "too_short"),
        ({"instant": "yes"}, "instant", "bool_type"),
    ],
)
def test_a_changed_listing_is_checked_as_a_whole(
    host: Person, patch: dict[str, Any], field: str | None, code: str | None
) -> None:
    made = host.post("/v1/listings", json=listing_body())
    path, match = made.headers["location"], {"If-Match": made.headers["etag"]}
    answer = host.ask("PATCH", path, json=patch, headers=match)
    if field is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422, answer.text
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_what_only_answers_say_may_be_sent_back(host: Person) -> None:
    made = host.post("/v1/listings", json=listing_body())
    page = {**made.json(), "title": "Renamed", "status": "published", "version": 99}
    copy = host.post("/v1/listings", json=page)
    assert copy.status_code == 201, copy.text
    assert copy.json()["status"] == "draft"
    match = {"If-Match": made.headers["etag"]}
    patched = host.ask("PATCH", made.headers["location"], json=page, headers=match)
    assert patched.json()["title"] == "Renamed"
    assert patched.json()["status"] == "draft"


def test_a_listing_without_a_price_is_not_published(host: Person) -> None:
    made = host.post("/v1/listings", json=listing_body(price=None))
    answer = host.post(f"{made.headers['location']}/publish")
    assert problem(answer) == (422, "listing_incomplete")
    assert [error["field"] for error in answer.json()["errors"]] == ["price"]


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
        ({"coupon": "FREE"}, (422, "invalid")),
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
    assert page["actions"] == ["confirm", "cancel"]
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
    assert reservations["items"][0]["actions"] == ["cancel"]

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
    assert cancelled.json()["actions"] == []
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


def test_a_host_blocks_nights_and_lifts_the_block(host: Person, guest: Person) -> None:
    listing = offer(host)
    body = {"from": in_days(30), "to": in_days(32), "reason": "painting"}
    made = host.post(f"/v1/listings/{listing}/blocks", json=body)
    assert made.status_code == 201, made.text
    assert {**body, "units": 1, "listing_id": listing, "id": made.json()["id"]} == made.json()
    assert problem(hold(guest, listing)) == (409, "nights_taken")
    assert problem(host.post(f"/v1/listings/{listing}/blocks", json=body)) == (409, "nights_taken")
    lift = f"/v1/listings/{listing}/blocks/{made.json()['id']}"
    assert problem(guest.ask("DELETE", lift)) == (403, "not_yours")
    lifted = host.ask("DELETE", lift)
    assert (lifted.status_code, lifted.content) == (204, b"")
    assert lifted.headers["Sojourn-Position"]
    assert problem(host.ask("DELETE", lift)) == (404, "not_found")
    assert hold(guest, listing).status_code == 201


def test_my_listings_are_mine_by_status_and_in_pages(host: Person) -> None:
    published = offer(host)
    drafts = [host.post("/v1/listings", json=listing_body()).json()["id"] for _ in range(2)]
    everything = host.get("/v1/me/listings").json()
    assert [item["id"] for item in everything["items"]] == [drafts[1], drafts[0], published]
    assert everything["next"] is None
    some = host.get("/v1/me/listings?status=draft").json()
    assert [item["id"] for item in some["items"]] == [drafts[1], drafts[0]]
    first = host.get("/v1/me/listings?limit=2")
    assert first.headers["link"].startswith("</v1/me/listings?limit=2&cursor=")
    rest = host.get(first.headers["link"][1:].partition(">")[0])
    assert [item["id"] for item in rest.json()["items"]] == [published]
    assert "link" not in rest.headers
    for wrong in ("limit=0", "limit=101", "limit=x", "cursor=abc", "status=lost", "cursor=%00"):
        assert problem(host.get(f"/v1/me/listings?{wrong}")) == (422, "invalid")
    foreign = first.json()["next"]
    assert problem(host.get(f"/v1/me/trips?cursor={foreign}")) == (422, "invalid")


def test_search_finds_what_is_published_and_free(host: Person, guest: Person) -> None:
    word = f"w{host.id[-8:]}"
    listing = offer(host, title=f"Loft {word}")
    guest.seen = host.seen
    asked = {"q": word, "arrive": in_days(30), "depart": in_days(33), "guests": 2}
    found = guest.get("/v1/listings", params=asked)
    assert found.status_code == 200, found.text
    assert found.json()["total"] == 1
    [item] = found.json()["items"]
    assert (item["id"], item["total"]["amount"]) == (listing, 360_000)
    assert "clusters" not in found.json()
    near = {"q": word, "near": "59.33,18.06", "radius_km": 1, "bbox": "18,59,19,60"}
    clustered = guest.get("/v1/listings", params=near).json()
    assert clustered["clusters"][0]["count"] == 1
    hold(guest, listing)
    assert guest.get("/v1/listings", params=asked).json()["total"] == 0
    suggested = guest.get("/v1/suggest", params={"q": word}).json()["items"]
    assert suggested[0]["id"] == listing


@pytest.mark.parametrize(
    "wrong",
    [
        "near=1",
        "near=91,0",
        "near=nan,0",
        "near=a,b",
        "bbox=1,2,3",
        "bbox=0,2,1,1",
        "radius_km=5",
        "radius_km=-1&near=1,1",
        "sort=distance",
        "sort=best",
        "guests=0",
        "price_min=-1",
        "price_min=5&price_max=4",
        f"price_max={2**63}",
        "currency=kr",
        "arrive=2027-01-01",
        "arrive=2027-01-02&depart=2027-01-01",
        "arrive=x&depart=y",
        "limit=101",
        "cursor=x",
        "q=%00",
        "instant=perhaps",
    ],
)
def test_a_search_that_makes_no_sense_is_422(http: httpx.Client, wrong: str) -> None:
    answer = http.get(f"/v1/listings?{wrong}")
    assert problem(answer)[0] == 422
    assert answer.json()["errors"]
