"""Guests search by words, place, price and free dates, on the running platform."""

from __future__ import annotations

import httpx
import pytest

from tests.api.people import Person, hold, in_days, offer
from tests.api.workbench import problem

pytestmark = pytest.mark.servers


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
