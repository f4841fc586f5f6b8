"""Guests and hosts write to each other on the running platform, booked or not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.people import Person, join, listing_body, offer
from tests.api.stays import confirmed
from tests.api.workbench import NOBODY, problem

pytestmark = pytest.mark.servers


def talk(person: Person, about: str, **params: Any) -> dict[str, Any]:
    answer = person.get(f"{about}/messages", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def write(person: Person, about: str, text: str, *others: Person) -> dict[str, Any]:
    answer = person.post(f"{about}/messages", json={"text": text})
    assert answer.status_code == 201, answer.text
    for other in others:
        other.seen = person.seen
    return answer.json()


def test_a_guest_and_a_host_write_about_a_booking(host: Person, guest: Person) -> None:
    about = f"/v1/bookings/{confirmed(host, guest)}"
    assert talk(guest, about) == {"items": [], "unread": 0, "next": None}
    first = write(guest, about, "May we bring a dog?\n — Gunnel", host)
    assert (first["by"], first["sender_id"], first["read"]) == ("guest", guest.id, False)
    assert talk(host, about)["unread"] == 1
    [reserved], [trip] = (
        person.get(f"/v1/me/{of}").json()["items"]
        for person, of in ((host, "reservations"), (guest, "trips"))
    )
    assert (reserved["unread"], trip["unread"]) == (1, 0)
    second = write(host, about, "Of course 🐕", guest)
    assert [item["text"] for item in talk(guest, about)["items"]] == [
        "May we bring a dog?\n — Gunnel", "Of course 🐕",
    ]  # fmt: skip

    read = host.post(f"{about}/messages/read", json={"up_to": first["id"]})
    assert (read.status_code, read.content) == (204, b"")
    guest.seen = host.seen
    page = talk(guest, about)
    assert [item["read"] for item in page["items"]] == [True, False]
    assert (page["unread"], talk(host, about)["unread"]) == (1, 0)
    for _ in range(2):
        again = guest.post(f"{about}/messages/read", json={"up_to": second["id"]})
        assert again.status_code == 204
    assert talk(guest, about)["unread"] == 0
    unknown = guest.post(f"{about}/messages/read", json={"up_to": str(NOBODY)})
    assert problem(unknown) == (404, "not_found")


def test_messages_come_in_pages_the_oldest_first(host: Person, guest: Person) -> None:
    about = f"/v1/bookings/{confirmed(host, guest)}"
    for number in range(5):
        write(guest, about, f"Message {number}", host)
    page = talk(host, about, limit=2)
    assert page["unread"] == 5
    seen = [item["text"] for item in page["items"]]
    while page["next"]:
        page = talk(host, about, limit=2, cursor=page["next"])
        seen += [item["text"] for item in page["items"]]
    assert seen == [f"Message {number}" for number in range(5)]
    wrong = host.get(f"{about}/messages", params={"cursor": "x"})
    assert problem(wrong) == (422, "invalid")


def test_nobody_else_reads_or_writes(host: Person, guest: Person) -> None:
    about = f"/v1/bookings/{confirmed(host, guest)}/messages"
    stranger = join(guest.http, "Olof")
    stranger.seen = guest.seen
    assert problem(stranger.get(about)) == (404, "not_found")
    assert problem(stranger.post(about, json={"text": "Hello"})) == (404, "not_found")
    assert problem(stranger.post(about, json={"text": ""})) == (404, "not_found")
    up_to = {"up_to": str(NOBODY)}
    assert problem(stranger.post(f"{about}/read", json=up_to)) == (404, "not_found")
    for method in ("GET", "POST"):
        assert problem(guest.http.request(method, about)) == (401, "unauthenticated")
    nowhere = f"/v1/bookings/{NOBODY}/messages"
    assert problem(guest.post(nowhere, json={"text": "Hello"})) == (404, "not_found")


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \t"}, {"text": "x" * 5_001},
                                  {"text": "nul\x00"}, {"text": "a", "to": "b"}])  # fmt: skip
def test_a_message_that_makes_no_sense_is_refused(
    host: Person, guest: Person, body: dict[str, Any]
) -> None:
    about = f"/v1/bookings/{confirmed(host, guest)}/messages"
    assert problem(guest.post(about, json=body)) == (422, "invalid")
    asked = guest.post(f"/v1/listings/{offer(host)}/inquiries", json=body)
    assert problem(asked) == (422, "invalid")


def test_a_guest_asks_before_booking(host: Person, guest: Person) -> None:
    listing = offer(host)
    guest.seen = host.seen
    asked = guest.post(f"/v1/listings/{listing}/inquiries", json={"text": "Is it quiet?"})
    assert asked.status_code == 201, asked.text
    inquiry = asked.json()
    assert (inquiry["guest_id"], inquiry["unread"]) == (guest.id, 0)
    assert inquiry["last_message"]["text"] == "Is it quiet?"
    about = f"/v1/inquiries/{inquiry['id']}"
    assert asked.headers["location"] == f"{about}/messages"

    host.seen = guest.seen
    [seen] = host.get(f"/v1/listings/{listing}/inquiries").json()["items"]
    assert (seen["id"], seen["unread"]) == (inquiry["id"], 1)
    answered = write(host, about, "Very.", guest)
    [mine] = guest.get("/v1/me/inquiries").json()["items"]
    assert (mine["last_message"]["text"], mine["unread"]) == ("Very.", 1)
    read = guest.post(f"{about}/messages/read", json={"up_to": answered["id"]})
    assert read.status_code == 204
    assert [item["by"] for item in talk(guest, about)["items"]] == ["guest", "host"]
    assert talk(guest, about)["unread"] == 0

    other = join(guest.http, "Olof")
    other.seen = guest.seen
    assert other.get(f"/v1/listings/{listing}/inquiries").json()["items"] == []
    assert problem(other.get(f"{about}/messages")) == (404, "not_found")
    assert problem(other.post(f"{about}/messages", json={"text": "Hm"})) == (404, "not_found")
    assert problem(other.post(f"{about}/messages", json={"text": ""})) == (404, "not_found")
    up_to = {"up_to": answered["id"]}
    assert problem(other.post(f"{about}/messages/read", json=up_to)) == (404, "not_found")
    unknown = f"/v1/inquiries/{NOBODY}/messages"
    assert problem(guest.get(unknown)) == (404, "not_found")
    assert problem(guest.post(unknown, json={"text": "Hm"})) == (404, "not_found")


def test_a_booking_is_no_inquiry(host: Person, guest: Person) -> None:
    booking = confirmed(host, guest)
    write(guest, f"/v1/bookings/{booking}", "Hello")
    path = f"/v1/inquiries/{booking}/messages"
    assert problem(guest.get(path)) == (404, "not_found")
    assert problem(guest.post(path, json={"text": "Hello"})) == (404, "not_found")


def test_nobody_asks_about_their_own_listing_or_one_that_is_not_offered(
    host: Person, guest: Person
) -> None:
    listing = offer(host)
    guest.seen = host.seen
    asked = {"text": "Is it quiet?"}
    own = host.post(f"/v1/listings/{listing}/inquiries", json=asked)
    assert problem(own) == (403, "not_yours")
    draft = host.post("/v1/listings", json=listing_body()).json()["id"]
    assert problem(guest.post(f"/v1/listings/{draft}/inquiries", json=asked)) == (404, "not_found")
    assert problem(guest.get(f"/v1/listings/{draft}/inquiries")) == (404, "not_found")
    host.post(f"/v1/listings/{listing}/unpublish")
    gone = guest.post(f"/v1/listings/{listing}/inquiries", json=asked)
    assert problem(gone) == (409, "listing_not_published")
    path = f"/v1/listings/{listing}/inquiries"
    assert problem(guest.http.get(path)) == (401, "unauthenticated")
    assert problem(guest.http.post(path, json=asked)) == (401, "unauthenticated")
