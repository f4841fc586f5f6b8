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


def test_words_that_are_only_blank_ask_for_everything(host: Person) -> None:
    offer(host)
    everything = host.get("/v1/listings").json()["total"]
    assert host.get("/v1/listings", params={"q": " "}).json()["total"] == everything > 0


@pytest.mark.parametrize("box", ["0,0,1e-320,1", "180,-90,-180,90", "18,59,18,59"])
def test_a_window_without_width_finds_nothing(http: httpx.Client, box: str) -> None:
    answer = http.get("/v1/listings", params={"bbox": box})
    assert (answer.status_code, answer.json()["total"]) == (200, 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("arrive=2027-01-01", "depart"),
        ("depart=2027-01-01", "arrive"),
        ("price_min=5&price_max=4", "price_min"),
        ("limit=1_0", "limit"),
        ("limit=%201", "limit"),
        ("guests=2.0", "guests"),
        ("near=1_0,1", "near"),
        ("near=%D9%A1,1", "near"),
    ],
)
def test_what_is_wrong_with_a_search_is_told_of_its_parameter(
    http: httpx.Client, wrong: str, field: str
) -> None:
    answer = http.get(f"/v1/listings?{wrong}")
    assert problem(answer)[0] == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
