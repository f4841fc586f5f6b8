"""A keyed command is done once, whoever repeats it however often, and its answer is repeated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.api.people import PASSWORD, Person, listing_body, offer, stay
from tests.api.workbench import problem

pytestmark = pytest.mark.servers

REPEATED = ("location", "etag", "sojourn-position")


def test_a_repeat_gets_the_first_answer(host: Person, guest: Person) -> None:
    quote = guest.post("/v1/quotes", json=stay(offer(host))).json()["id"]
    key = {"Idempotency-Key": f'"{uuid4()}"'}
    guest.seen = ""
    first = guest.post("/v1/bookings", json={"quote_id": quote}, headers=key)
    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    guest.seen = ""
    bare = {"Idempotency-Key": key["Idempotency-Key"].strip('"')}
    again = guest.post("/v1/bookings", json={"quote_id": quote}, headers=bare)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert {n: again.headers[n] for n in REPEATED} == {n: first.headers[n] for n in REPEATED}


def test_a_key_belongs_to_one_request_of_one_account(host: Person, guest: Person) -> None:
    key = {"Idempotency-Key": "same"}
    assert host.post("/v1/listings", json=listing_body(), headers=key).status_code == 201
    other = host.post("/v1/listings", json=listing_body(title="Other"), headers=key)
    assert problem(other) == (422, "idempotency_key_reused")
    assert guest.post("/v1/listings", json=listing_body(), headers=key).status_code == 201


def test_a_refusal_is_not_kept(host: Person) -> None:
    made = host.post("/v1/listings", json=listing_body(price=None))
    path, key = made.headers["location"], {"Idempotency-Key": "publish"}
    assert problem(host.post(f"{path}/publish", headers=key)) == (422, "listing_incomplete")
    priced = {"price": {"amount": 1, "currency": "SEK"}}
    host.ask("PATCH", path, json=priced, headers={"If-Match": made.headers["etag"]})
    assert host.post(f"{path}/publish", headers=key).json()["status"] == "published"


def test_strangers_with_the_same_key_join_both(http: httpx.Client) -> None:
    key = {"Idempotency-Key": "1"}
    bodies = [
        {"email": f"{uuid4().hex}@example.com", "password": PASSWORD, "name": "N"} for _ in range(2)
    ]
    first, second = (http.post("/v1/accounts", json=body, headers=key) for body in bodies)
    assert first.status_code == second.status_code == 201
    again = http.post("/v1/accounts", json=bodies[0], headers=key)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_concurrent_repeats_have_one_effect(host: Person, guest: Person) -> None:
    quote = guest.post("/v1/quotes", json=stay(offer(host))).json()["id"]
    key = {"Idempotency-Key": uuid4().hex}

    def book(_: int) -> httpx.Response:
        return guest.post("/v1/bookings", json={"quote_id": quote}, headers=key)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(book, range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1


def test_one_of_fifty_gets_the_nights(http: httpx.Client, host: Person, guest: Person) -> None:
    listing = offer(host)
    quotes = [guest.post("/v1/quotes", json=stay(listing)).json()["id"] for _ in range(50)]

    def book(quote: str) -> httpx.Response:
        return guest.post("/v1/bookings", json={"quote_id": quote})

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(book, quotes))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert {problem(a)[1] for a in answers if a.status_code == 409} == {"nights_taken"}
