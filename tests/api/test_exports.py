"""People take along all that there is about them, and nobody else does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from domain.account.decisions import MOST_EXPORTS
from tests.api.people import Person
from tests.api.stays import Past, confirmed, past_of
from tests.api.workbench import problem
from tests.processes import Processes

pytestmark = pytest.mark.servers


@pytest.fixture
def past(running: Processes) -> Iterator[Past]:
    with past_of(running) as past:
        yield past


def export_of(person: Person) -> dict[str, Any]:
    asked = person.post("/v1/me/exports")
    assert asked.status_code == 202, asked.text
    assert asked.json()["status"] == "preparing"
    assert asked.headers["Location"] == f"/v1/me/exports/{asked.json()['id']}"
    deadline = time.monotonic() + 30
    while True:
        answer = person.get(asked.headers["Location"])
        assert answer.status_code == 200, answer.text
        assert "no-store" in answer.headers["cache-control"]
        if answer.json()["status"] == "ready":
            return answer.json()
        assert time.monotonic() < deadline, "it is never ready"
        time.sleep(0.05)


def test_a_guest_is_given_all_about_them(host: Person, guest: Person, past: Past) -> None:
    booking = confirmed(host, guest)
    about = f"/v1/bookings/{booking}"
    assert guest.post(f"{about}/messages", json={"text": "May we bring a dog?"}).is_success
    host.seen = guest.seen
    assert host.post(f"{about}/messages", json={"text": "A small one."}).is_success
    past.completed(booking, host, guest, days_ago=2)
    said = {"rating": 5, "text": "Light and quiet", "private_note": "The tap drips"}
    assert guest.post(f"{about}/reviews", json=said).is_success

    found = export_of(guest)
    data = found["data"]
    assert data["person"] == guest.id
    assert (data["account"]["name"], data["account"]["email"]) == ("Gunnel", guest.email)
    assert [each["id"] for each in data["bookings"]] == [booking]
    assert [each["state"] for each in data["payments"][0]["payments"]] == ["captured"]
    assert [each["message"]["text"] for each in data["messages"]] == ["May we bring a dog?"]
    [review] = [each["review"] for each in data["reviews"]]
    assert (review["text"], review["private_note"]) == ("Light and quiet", "The tap drips")
    assert {"booking.requested.v1", "conversation.message_sent.v2"} <= {
        each["type"] for each in data["events"]
    }
    everything = json.dumps(found)
    assert "sealed:1:" not in everything, "what is theirs is opened, what others wrote left out"
    assert "A small one." not in everything


def test_a_host_is_given_what_they_offer_and_whom_they_had(host: Person, guest: Person) -> None:
    booking = confirmed(host, guest)
    data = export_of(host)["data"]
    assert [each["title"] for each in data["listings"]] == ["Loft by the water"]
    assert [each["id"] for each in data["reservations"]] == [booking]
    assert data["bookings"] == []
    assert guest.email not in json.dumps(data)


def test_an_export_is_its_persons_alone(host: Person, guest: Person) -> None:
    mine = f"/v1/me/exports/{export_of(guest)['id']}"
    assert problem(host.get(mine)) == (404, "not_found")
    assert guest.http.get(mine).status_code == 401
    assert guest.ask("DELETE", "/v1/me").status_code == 204
    gone = guest.get(mine)
    assert gone.status_code in (401, 404)


def test_there_are_a_few_exports_at_a_time(guest: Person) -> None:
    key = {"Idempotency-Key": "once"}
    first, again = (guest.post("/v1/me/exports", headers=key) for _ in range(2))
    assert first.json() == again.json()
    for _ in range(MOST_EXPORTS - 1):
        assert guest.post("/v1/me/exports").status_code == 202
    assert problem(guest.post("/v1/me/exports")) == (409, "too_many_exports")
