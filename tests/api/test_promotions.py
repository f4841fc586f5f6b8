"""Coupons on the running platform: made, shown, used, given back and withdrawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.promotion.codes import promotion_id
from tests.api.people import Person, in_days, join, offer, stay
from tests.api.workbench import NOBODY, problem
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

RACERS = 8


def fresh() -> str:
    """A code that nobody has used."""
    return f"C-{uuid4().hex[:12]}".upper()


def made(maker: Person, **terms: Any) -> dict[str, Any]:
    """A coupon, a tenth off unless said otherwise."""
    plain = {} if "amount" in terms else {"share": 1_000}
    answer = maker.post("/v1/promotions", json={"code": fresh(), **plain, **terms})
    assert answer.status_code == 201, answer.text
    return answer.json()


def quoted(guest: Person, listing: str, coupon: str, first: int = 30) -> httpx.Response:
    return guest.post("/v1/quotes", json=stay(listing, first, coupon=coupon))


def booked(guest: Person, listing: str, coupon: str, first: int = 30) -> httpx.Response:
    quote = quoted(guest, listing, coupon, first)
    assert quote.status_code == 201, quote.text
    return guest.post("/v1/bookings", json={"quote_id": quote.json()["id"]})


def redeemed(maker: Person, guest: Person, promotion: dict[str, Any]) -> int:
    """How many redemptions the maker's list shows, after what the guest did."""
    maker.seen = ",".join(seen for seen in (maker.seen, guest.seen) if seen)
    [shown] = [
        item
        for item in maker.get("/v1/promotions?limit=100").json()["items"]
        if item["id"] == promotion["id"]
    ]
    return shown["redeemed"]


@pytest.fixture
def support(http: httpx.Client, admin: Person) -> Person:
    person = join(http, "Sune")
    granted = admin.post(f"/v1/accounts/{person.id}/roles", json={"role": "support"})
    assert granted.status_code == 200
    return person


def test_a_coupon_is_one_line_of_a_quote_and_of_a_price(host: Person, guest: Person) -> None:
    listing = offer(host)
    coupon = made(host, code=f" {fresh().lower()} ", redemptions=5)
    assert coupon["id"] == str(promotion_id(UUID(host.id), coupon["code"]))
    assert (coupon["scope"], coupon["status"], coupon["redeemed"]) == ("host", "active", 0)
    quote = quoted(guest, listing, coupon["code"].lower())
    assert quote.status_code == 201, quote.text
    lines = quote.json()["lines"]
    assert [line["kind"] for line in lines] == ["night", "night", "night", "coupon"]
    assert lines[-1]["description"] == coupon["code"]
    assert lines[-1]["amount"] == {"amount": -36_000, "currency": "SEK"}
    assert quote.json()["total"] == {"amount": 324_000, "currency": "SEK"}
    asked = {"arrive": in_days(30), "depart": in_days(33), "guests": 2, "coupon": coupon["code"]}
    guest.seen = host.seen
    priced = guest.get(f"/v1/listings/{listing}/price", params=asked).json()
    assert (priced["lines"], priced["total"]) == (lines, quote.json()["total"])
    anonymous = guest.http.get(
        f"/v1/listings/{listing}/price", params=asked, headers={"Min-Position": host.seen}
    )
    assert anonymous.json()["total"] == priced["total"]


def test_booking_uses_a_coupon_up_and_an_ending_before_it_stands_gives_it_back(
    host: Person, guest: Person
) -> None:
    listing = offer(host, instant=False)
    coupon = made(host, redemptions=1)
    declined = booked(guest, listing, coupon["code"]).json()
    assert declined["total"] == {"amount": 324_000, "currency": "SEK"}
    assert redeemed(host, guest, coupon) == 1
    assert problem(quoted(guest, listing, coupon["code"], 60)) == (409, "coupon_used_up")
    assert host.post(f"/v1/bookings/{declined['id']}/decline").status_code == 200
    assert redeemed(host, guest, coupon) == 0
    cancelled = booked(guest, listing, coupon["code"]).json()
    for _ in range(2):
        assert guest.post(f"/v1/bookings/{cancelled['id']}/cancel").status_code == 200
        assert redeemed(host, guest, coupon) == 0
    kept = booked(guest, listing, coupon["code"]).json()
    assert host.post(f"/v1/bookings/{kept['id']}/approve").status_code == 200
    confirmed = guest.post(f"/v1/bookings/{kept['id']}/confirm").json()
    assert (confirmed["status"], confirmed["payment_status"]) == ("confirmed", "captured")
    refunded = guest.post(f"/v1/bookings/{kept['id']}/cancel").json()["refund"]
    assert refunded["total"] == confirmed["total"]
    assert redeemed(host, guest, coupon) == 1


def test_guests_never_share_the_last_redemption(host: Person, http: httpx.Client) -> None:
    listing = offer(host, units=RACERS)
    coupon = made(host, redemptions=3)
    guests = [join(http, f"Racer{number}") for number in range(RACERS)]
    quotes = [quoted(guest, listing, coupon["code"]).json()["id"] for guest in guests]
    start = Barrier(RACERS)

    def book(guest: Person, quote_id: str) -> httpx.Response:
        start.wait()
        return guest.post("/v1/bookings", json={"quote_id": quote_id})

    with ThreadPoolExecutor(RACERS) as threads:
        answers = list(threads.map(book, guests, quotes))
    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(answers) - len(refused) == 3
    assert {problem(answer) for answer in refused} == {(409, "coupon_used_up")}
    host.seen = ",".join(filter(None, [host.seen, *(guest.seen for guest in guests)]))
    assert redeemed(host, host, coupon) == 3


def test_a_guest_uses_a_coupon_as_often_as_one_guest_may(
    host: Person, guest: Person, http: httpx.Client
) -> None:
    listing = offer(host)
    coupon = made(host, redemptions_per_guest=1)
    early = quoted(guest, listing, coupon["code"], 60).json()["id"]
    assert booked(guest, listing, coupon["code"]).status_code == 201
    late = guest.post("/v1/bookings", json={"quote_id": early})
    assert problem(late) == (409, "coupon_used_up")
    asked = {"arrive": in_days(60), "depart": in_days(63), "guests": 2, "coupon": coupon["code"]}
    path = f"/v1/listings/{listing}/price"
    assert problem(guest.get(path, params=asked)) == (409, "coupon_used_up")
    other = join(http, "Olof")
    other.seen = guest.seen
    assert other.get(path, params=asked).status_code == 200


def test_a_withdrawn_coupon_is_not_booked_with(host: Person, guest: Person) -> None:
    listing = offer(host)
    coupon = made(host)
    before = quoted(guest, listing, coupon["code"]).json()["id"]
    path = f"/v1/promotions/{coupon['id']}/withdraw"
    for _ in range(2):
        withdrawn = host.post(path, json={})
        assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    assert problem(quoted(guest, listing, coupon["code"])) == (409, "coupon_withdrawn")
    late = guest.post("/v1/bookings", json={"quote_id": before})
    assert problem(late) == (409, "coupon_withdrawn")
    again = host.post("/v1/promotions", json={"code": coupon["code"], "share": 1})
    assert problem(again) == (409, "code_taken")


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"listings": "another"}, (422, "coupon_not_for_this")),
        ({"minimum_nights": 4}, (422, "coupon_not_for_this")),
        ({"amount": {"amount": 100, "currency": "EUR"}}, (422, "coupon_not_for_this")),
        ({"valid_until": "2020-01-01T00:00:00Z"}, (422, "coupon_expired")),
        ({"valid_from": "2100-01-01T00:00:00Z"}, (422, "coupon_not_yet_valid")),
        ({"of": "another host"}, (422, "unknown_coupon")),
    ],
    ids=[
        "for another listing",
        "for longer stays",
        "in another currency",
        "of the past",
        "of the future",
        "of another host",
    ],
)
def test_both_sides_say_alike_why_a_coupon_is_not_taken(
    host: Person, guest: Person, terms: dict[str, Any], expected: tuple[int, str]
) -> None:
    listing = offer(host)
    maker = guest if terms.pop("of", None) else host
    if "listings" in terms:
        terms["listings"] = [offer(host)]
    coupon = made(maker, **terms)
    guest.seen = maker.seen
    refused = quoted(guest, listing, coupon["code"])
    asked = {"arrive": in_days(30), "depart": in_days(33), "guests": 2, "coupon": coupon["code"]}
    priced = guest.get(f"/v1/listings/{listing}/price", params=asked)
    assert problem(refused) == problem(priced) == expected
    assert refused.json()["errors"] == priced.json()["errors"]
    assert [error["field"] for error in refused.json()["errors"]] == ["coupon"]


def test_a_quote_ends_when_its_coupon_does(host: Person, guest: Person) -> None:
    listing = offer(host)
    ends = datetime.now(UTC) + timedelta(minutes=10)
    coupon = made(host, valid_until=ends.isoformat())
    quote = quoted(guest, listing, coupon["code"])
    assert datetime.fromisoformat(quote.json()["expires_at"]) == ends


def test_the_platforms_coupons_are_for_all_listings_and_made_by_its_staff(
    host: Person, guest: Person, support: Person, admin: Person
) -> None:
    listing = offer(host)
    body = {"code": fresh(), "amount": {"amount": 1_000_000, "currency": "SEK"}}
    refused = host.post("/v1/promotions", json={**body, "scope": "platform"})
    assert problem(refused) == (403, "not_yours")
    assert problem(host.get("/v1/promotions?scope=platform")) == (403, "not_yours")
    coupon = made(support, scope="platform", **body)
    assert coupon["id"] == str(promotion_id(None, coupon["code"]))
    quote = quoted(guest, listing, coupon["code"]).json()
    assert quote["total"] == {"amount": 0, "currency": "SEK"}
    free = guest.post("/v1/bookings", json={"quote_id": quote["id"]}).json()
    confirmed = guest.post(f"/v1/bookings/{free['id']}/confirm").json()
    assert (confirmed["status"], confirmed["payment_status"]) == ("confirmed", "none")
    admin.seen = ",".join(filter(None, [support.seen, guest.seen]))
    latest = admin.get("/v1/promotions?scope=platform&limit=1").json()["items"]
    assert [(each["id"], each["redeemed"]) for each in latest] == [(coupon["id"], 1)]
    withdraw = f"/v1/promotions/{coupon['id']}/withdraw"
    assert problem(host.post(withdraw)) == (404, "not_found")
    assert admin.post(withdraw).json()["status"] == "withdrawn"
    own = made(host, code=coupon["code"])
    guest.seen = host.seen
    assert quoted(guest, listing, own["code"]).json()["total"]["amount"] == 324_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "ab"}, "code"),
        ({"code": "h\u0131t"}, "code"),
        ({"code": "nul\0"}, "code"),
        ({"share": 0}, "share"),
        ({"share": 10_001}, "share"),
        ({"share": None}, "share"),
        ({"amount": {"amount": 1, "currency": "SEK"}}, "share"),
        ({"share": None, "amount": {"amount": 0, "currency": "SEK"}}, "amount"),
        ({"redemptions": 0}, "redemptions"),
        ({"redemptions": 10_001}, "redemptions"),
        ({"redemptions": 1, "redemptions_per_guest": 2}, "redemptions_per_guest"),
        ({"valid_from": "2030-01-01", "valid_until": "2030-01-01"}, "valid_until"),
        ({"stay_from": "2030-01-02", "stay_to": "2030-01-01"}, "stay_to"),
        ({"minimum_nights": 0}, "minimum_nights"),
        ({"minimum_total": {"amount": -1, "currency": "SEK"}}, "minimum_total"),
        ({"listings": "all"}, "listings"),
        ({"scope": "world"}, "scope"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_not_made(
    host: Person, change: dict[str, Any], field: str
) -> None:
    answer = host.post("/v1/promotions", json={"code": fresh(), "share": 1_000, **change})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_coupon_is_for_listings_of_ones_own(host: Person, guest: Person) -> None:
    published = offer(host)
    body = {"code": fresh(), "share": 1_000}
    for wrong in ({}, {"share": 0}):
        others = guest.post("/v1/promotions", json={**body, "listings": [published], **wrong})
        assert problem(others) == (403, "not_yours")
        unknown = guest.post("/v1/promotions", json={**body, "listings": [str(NOBODY)], **wrong})
        assert problem(unknown) == (404, "not_found")
    assert problem(guest.http.post("/v1/promotions", json=body)) == (401, "unauthenticated")
    assert problem(guest.http.get("/v1/promotions")) == (401, "unauthenticated")
    assert host.post("/v1/promotions", json={**body, "listings": [published]}).status_code == 201


def test_others_coupons_are_not_there(host: Person, guest: Person) -> None:
    coupon = made(host)
    for identity in (coupon["id"], str(NOBODY)):
        for body in ({}, {"wrong": 1}):
            answer = guest.post(f"/v1/promotions/{identity}/withdraw", json=body)
            assert problem(answer) == (404, "not_found")
    guest.seen = host.seen
    assert guest.get("/v1/promotions").json() == {"items": [], "next": None}


def test_coupons_are_listed_the_latest_first_in_pages(host: Person) -> None:
    codes = [made(host)["code"] for _ in range(5)]
    page = host.get("/v1/promotions?limit=2")
    found = page.json()["items"]
    while page.json()["next"]:
        page = host.get("/v1/promotions", params={"limit": 2, "cursor": page.json()["next"]})
        found += page.json()["items"]
    assert [item["code"] for item in found] == codes[::-1]


def test_a_repeated_request_makes_one_coupon(host: Person) -> None:
    body, headers = {"code": fresh(), "share": 1_000}, {"Idempotency-Key": uuid4().hex}
    first, second = (host.post("/v1/promotions", json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"


def test_the_log_and_the_pages_agree_on_coupons(
    running: Processes, host: Person, guest: Person
) -> None:
    listing = offer(host)
    booked(guest, listing, made(host)["code"])
    verdict = sojourn(running.platform, "verify", "--wait", "30")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
