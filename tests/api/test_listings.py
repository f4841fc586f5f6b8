"""Hosts write, change and publish listings and block their nights, on the running platform."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.people import Person, hold, in_days, listing_body, offer, stay
from tests.api.workbench import problem

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
        name: page[name]
        for name in page
        if name not in {"status", "host_id", "cancellation_policy", "amenities", "photos"}
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
        ({"price": {"amount": 1, "currency": "ZZZ"}}, "price.currency", "unknown_currency"),
        ({"amenities": ["sauna", "Sauna"]}, "amenities", "invalid_value"),
        ({"amenities": [""]}, "amenities.0", "too_short"),
        ({"photos": [{"url": "ftp://example.com/1"}]}, "photos.0.url", "string_pattern_mismatch"),
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


def test_amenities_and_photos_are_shown_in_the_host_s_order_and_change_as_a_whole(
    host: Person,
) -> None:
    photos = [{"url": f"https://example.com/{n}.jpg", "alt": f"View {n}"} for n in (2, 1)]
    told = {"amenities": ["Sauna", "Wi-Fi"], "photos": photos}
    made = host.post("/v1/listings", json={**listing_body(), **told})
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    page = host.get(path).json()
    assert {name: page[name] for name in told} == told
    turned = {"photos": [photos[1], {"url": photos[0]["url"]}], "amenities": []}
    changed = host.ask("PATCH", path, json=turned, headers={"If-Match": made.headers["etag"]})
    assert changed.status_code == 200, changed.text
    assert changed.json()["photos"] == [photos[1], {"url": photos[0]["url"], "alt": ""}]
    assert changed.json()["amenities"] == []


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


@pytest.mark.parametrize(
    ("first", "end", "code"),
    [
        ("2027-01-02", "2027-01-02", "dates_reversed"),
        ("2027-01-02", "2027-01-01", "dates_reversed"),
        ("0001-01-01", "9999-12-31", "invalid"),
    ],
)
def test_a_range_that_makes_no_sense_is_told_by_its_own_names(
    host: Person, first: str, end: str, code: str
) -> None:
    listing = offer(host)
    dates = {"from": first, "to": end}
    for answer in (
        host.post(f"/v1/listings/{listing}/blocks", json=dates),
        host.get(f"/v1/listings/{listing}/calendar", params=dates),
    ):
        assert problem(answer) == (422, code)
        assert [error["field"] for error in answer.json()["errors"]] == ["to"]


def test_a_price_that_does_not_add_up_in_64_bits_is_refused(host: Person, guest: Person) -> None:
    listing = offer(host, price={"amount": 2**63 - 1, "currency": "SEK"})
    guest.seen = host.seen
    assert guest.post("/v1/quotes", json=stay(listing, nights=1)).status_code == 201
    asked = stay(listing, nights=2)
    assert problem(guest.post("/v1/quotes", json=asked)) == (422, "amount_too_large")
    del asked["listing_id"]
    priced = guest.get(f"/v1/listings/{listing}/price", params=asked)
    assert problem(priced) == (422, "amount_too_large")
