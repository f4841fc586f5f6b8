"""Co-hosts do on the running platform what they were allowed to, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.people import Person, hold, in_days, join, listing_body, offer
from tests.api.stays import Past, confirmed, past_of
from tests.api.workbench import NOBODY, problem
from tests.processes import Processes

pytestmark = pytest.mark.servers

PERMISSIONS = ("listing", "calendar", "bookings", "messages")


@pytest.fixture
def helper(http: httpx.Client) -> Person:
    return join(http, "Hilda")


@pytest.fixture
def past(running: Processes) -> Iterator[Past]:
    with past_of(running) as past:
        yield past


def let(host: Person, listing: str, helper: Person, *permissions: str) -> httpx.Response:
    body = {"email": helper.email.upper(), "permissions": list(permissions)}
    answer = host.post(f"/v1/listings/{listing}/co-hosts", json=body)
    helper.seen = host.seen
    return answer


def attempts(listing: str, booking: str, version: int) -> dict[str, tuple[str, str, Any]]:
    """What a co-host may try, by the permission it takes; none takes the host themselves."""
    changes = {"changes": [{"from": in_days(90), "to": in_days(92), "closed": True}]}
    block = {"from": in_days(100), "to": in_days(102)}
    return {
        "change": ("PATCH", f"/v1/listings/{listing}", {"title": f"Loft {version}"}),
        "set rules": ("PUT", f"/v1/listings/{listing}/rules", {}),
        "close dates": ("PATCH", f"/v1/listings/{listing}/calendar", changes),
        "unpublish": ("POST", f"/v1/listings/{listing}/unpublish", None),
        "publish": ("POST", f"/v1/listings/{listing}/publish", None),
        "block": ("POST", f"/v1/listings/{listing}/blocks", block),
        "see the booking": ("GET", f"/v1/bookings/{booking}", None),
        "see its reviews": ("GET", f"/v1/bookings/{booking}/reviews", None),
        "preview the refund": ("GET", f"/v1/bookings/{booking}/refund-preview", None),
        "write": ("POST", f"/v1/bookings/{booking}/messages", {"text": "Hello"}),
        "read": ("GET", f"/v1/bookings/{booking}/messages", None),
        "archive": ("POST", f"/v1/listings/{listing}/archive", None),
        "copy": ("POST", f"/v1/listings/{listing}/copy", None),
        "add a co-host": (
            "POST", f"/v1/listings/{listing}/co-hosts",
            {"email": "somebody@example.com", "permissions": ["listing"]},
        ),
        "cancel": ("POST", f"/v1/bookings/{booking}/cancel", None),
    }  # fmt: skip


TAKES = {
    "change": "listing", "set rules": "listing", "close dates": "calendar",
    "unpublish": "listing", "publish": "listing", "block": "calendar",
    "see the booking": "bookings", "see its reviews": "bookings",
    "preview the refund": "bookings", "write": "messages", "read": "messages",
    "archive": None, "copy": None, "add a co-host": None, "cancel": "bookings",
}  # fmt: skip


@pytest.mark.parametrize("permission", [*PERMISSIONS, None])
def test_each_permission_opens_its_own_doors(
    host: Person, guest: Person, helper: Person, permission: str | None
) -> None:
    listing = offer(host)
    booking = confirmed(host, guest, listing)
    helper.seen = host.seen
    if permission:
        assert let(host, listing, helper, permission).status_code == 201
    for what, takes in TAKES.items():
        version = helper.get(f"/v1/listings/{listing}").json()["version"]
        method, path, body = attempts(listing, booking, version)[what]
        headers = {"If-Match": f'"{version}"'} if method in {"PATCH", "PUT"} else {}
        answer = helper.ask(method, path, json=body, headers=headers)
        if takes and takes == permission:
            assert answer.is_success, (what, answer.text)
            continue
        # Whoever has neither to do with bookings nor with messages knows of no booking.
        hidden = "/bookings/" in path and permission not in {"bookings", "messages"}
        expected = (404, "not_found") if hidden else (403, "not_yours")
        assert problem(answer) == expected, what


def test_a_co_host_with_its_bookings_does_what_the_host_would(
    host: Person, guest: Person, helper: Person, past: Past
) -> None:
    listing = offer(host, instant=False)
    guest.seen = host.seen
    let(host, listing, helper, "bookings")
    asked = hold(guest, listing).json()
    path = f"/v1/bookings/{asked['id']}"
    helper.seen = guest.seen
    page = helper.get(path).json()
    assert page["actions"] == ["approve", "decline", "cancel"]
    assert host.get(path).json()["actions"] == ["approve", "decline", "cancel", "message"]
    approved = helper.post(f"{path}/approve")
    assert approved.json()["status"] == "held"
    assert approved.json()["actions"] == ["cancel"]
    assert problem(helper.post(f"{path}/confirm")) == (403, "not_yours")
    guest.seen = helper.seen
    assert guest.post(f"{path}/confirm").status_code == 200
    past.completed(asked["id"], host, guest)
    helper.seen = guest.seen
    written = helper.post(f"{path}/reviews", json={"rating": 5, "text": "Tidy."})
    assert (written.status_code, written.json()["by"]) == (201, "host")
    assert written.json()["author_id"] == helper.id
    assert problem(host.post(f"{path}/reviews", json={"rating": 5, "text": "Tidy."})) == (
        409, "already_reviewed",
    )  # fmt: skip


def test_a_co_hosts_cancellation_is_the_hosts_and_refunds_all(
    host: Person, guest: Person, helper: Person
) -> None:
    listing = offer(host, cancellation_policy={"name": "non_refundable"})
    booking = confirmed(host, guest, listing)
    let(host, listing, helper, "bookings")
    preview = helper.get(f"/v1/bookings/{booking}/refund-preview").json()
    cancelled = helper.post(f"/v1/bookings/{booking}/cancel").json()
    assert cancelled["cancelled_by"] == "host"
    assert cancelled["refund"]["total"] == preview["total"] == cancelled["total"]


def test_a_co_host_with_its_messages_is_told_of_them_as_the_host_is(
    host: Person, guest: Person, helper: Person
) -> None:
    listing, other = offer(host), offer(host)
    booking, silent = confirmed(host, guest, listing), confirmed(host, guest, other)
    path = f"/v1/bookings/{booking}"
    let(host, listing, helper, "messages")
    guest.seen = host.seen
    sent = guest.post(f"{path}/messages", json={"text": "May we bring a dog?"}).json()
    host.seen = helper.seen = guest.seen
    [told] = helper.get("/v1/me/conversations").json()["items"]
    assert told == {
        "booking_id": booking, "listing_id": listing, "guest_id": guest.id, "unread": 1,
        "last_message": sent,
    }  # fmt: skip
    first = host.get("/v1/me/conversations", params={"limit": 1}).json()
    assert [(item["booking_id"], item["last_message"]) for item in first["items"]] == [
        (silent, None),
    ]  # fmt: skip
    rest = host.get("/v1/me/conversations", params={"limit": 1, "cursor": first["next"]}).json()
    assert (rest["items"], rest["next"]) == ([told], None)
    assert guest.get("/v1/me/conversations").json()["items"] == []
    assert helper.get("/v1/me/reservations").json()["items"] == []

    host.seen = helper.seen
    let(host, listing, helper, "messages", "bookings")
    [reserved] = helper.get("/v1/me/reservations").json()["items"]
    assert (reserved["unread"], reserved["actions"]) == (1, ["cancel", "message"])
    assert helper.get(path).json()["actions"] == ["cancel", "message"]
    assert helper.post(f"{path}/messages/read", json={"up_to": sent["id"]}).status_code == 204
    [reserved] = helper.get("/v1/me/reservations").json()["items"]
    assert reserved["unread"] == 0
    assert helper.post(f"{path}/cancel").json()["actions"] == ["message"]

    host.seen = helper.seen
    let(host, listing, helper, "bookings")
    [reserved] = helper.get("/v1/me/reservations").json()["items"]
    assert (reserved.get("unread"), reserved["actions"]) == (None, [])
    assert helper.get("/v1/me/conversations").json()["items"] == []
    assert problem(guest.http.get("/v1/me/conversations")) == (401, "unauthenticated")


def test_co_hosts_are_named_to_those_who_host(host: Person, guest: Person, helper: Person) -> None:
    listing = offer(host)
    path = f"/v1/listings/{listing}/co-hosts"
    added = let(host, listing, helper, "messages", "bookings")
    assert added.status_code == 201, added.text
    expected = {
        "account_id": helper.id, "name": "Hilda", "permissions": ["bookings", "messages"],
    }  # fmt: skip
    assert added.json() == expected
    for person in (host, helper):
        assert person.get(path).json() == {"items": [expected]}
    changed = let(host, listing, helper, "calendar").json()
    assert changed["permissions"] == ["calendar"]
    assert host.get(path).json()["items"][0]["permissions"] == ["calendar"]
    guest.seen = host.seen
    assert problem(guest.get(path)) == (403, "not_yours")
    assert problem(guest.http.get(path)) == (401, "unauthenticated")
    assert problem(guest.get(f"/v1/listings/{NOBODY}/co-hosts")) == (404, "not_found")


def test_what_a_person_helps_with_is_listed_among_their_own(
    host: Person, guest: Person, helper: Person
) -> None:
    own, shared, other = offer(helper), offer(host), offer(host)
    booking = confirmed(host, guest, shared)
    confirmed(host, guest, other)
    host.seen = f"{host.seen},{helper.seen}"
    let(host, shared, helper, "bookings")
    let(host, other, helper, "calendar")
    listed = helper.get("/v1/me/listings").json()["items"]
    assert {item["id"]: item.get("permissions") for item in listed} == {
        own: None, shared: ["bookings"], other: ["calendar"],
    }  # fmt: skip
    first = helper.get("/v1/me/listings", params={"limit": 2}).json()
    rest = helper.get("/v1/me/listings", params={"limit": 2, "cursor": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [
        item["id"] for item in listed
    ]
    reserved = helper.get("/v1/me/reservations").json()["items"]
    assert [item["id"] for item in reserved] == [booking]
    assert reserved[0]["actions"] == ["cancel"]
    assert host.get("/v1/me/listings").json()["items"][0].get("permissions") is None

    let(host, shared, helper, "listing")
    assert helper.get("/v1/me/reservations").json()["items"] == []
    removed = host.ask("DELETE", f"/v1/listings/{shared}/co-hosts/{helper.id}")
    assert (removed.status_code, removed.content) == (204, b"")
    helper.seen = host.seen
    listed = helper.get("/v1/me/listings").json()["items"]
    assert {item["id"] for item in listed} == {own, other}


def test_a_draft_is_seen_by_its_co_hosts(host: Person, helper: Person) -> None:
    draft = host.post("/v1/listings", json=listing_body()).json()["id"]
    assert problem(helper.get(f"/v1/listings/{draft}")) == (404, "not_found")
    let(host, draft, helper, "listing")
    assert helper.get(f"/v1/listings/{draft}").status_code == 200
    assert helper.post(f"/v1/listings/{draft}/publish").json()["status"] == "published"


def test_who_is_removed_may_do_nothing_at_once(host: Person, helper: Person) -> None:
    listing = offer(host)
    let(host, listing, helper, "calendar")
    blocks = f"/v1/listings/{listing}/blocks"
    block = {"from": in_days(50), "to": in_days(52)}
    made = helper.post(blocks, json=block)
    assert made.status_code == 201
    path = f"/v1/listings/{listing}/co-hosts/{helper.id}"
    assert problem(helper.ask("DELETE", f"/v1/listings/{listing}/co-hosts/{host.id}")) == (
        403, "not_yours",
    )  # fmt: skip
    assert host.ask("DELETE", path).status_code == 204
    lift = helper.ask("DELETE", f"{blocks}/{made.json()['id']}")
    assert problem(lift) == (403, "not_yours")
    assert problem(host.ask("DELETE", path)) == (404, "not_found")
    assert let(host, listing, helper, "calendar").status_code == 201
    assert helper.ask("DELETE", f"{blocks}/{made.json()['id']}").status_code == 204


def test_a_co_host_may_leave(host: Person, helper: Person) -> None:
    listing = offer(host)
    let(host, listing, helper, "calendar")
    left = helper.ask("DELETE", f"/v1/listings/{listing}/co-hosts/{helper.id}")
    assert left.status_code == 204
    assert helper.get("/v1/me/listings").json()["items"] == []


def test_who_can_not_be_a_co_host_is_refused(host: Person, guest: Person, helper: Person) -> None:
    listing = offer(host)
    path = f"/v1/listings/{listing}/co-hosts"
    refusals: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"email": "nobody@example.com", "permissions": ["listing"]}, (404, "not_found")),
        ({"email": host.email, "permissions": ["listing"]}, (422, "invalid_value")),
        ({"email": helper.email, "permissions": []}, (422, "invalid")),
        ({"email": helper.email, "permissions": ["payouts"]}, (422, "invalid")),
        ({"email": helper.email}, (422, "invalid")),
        ({"email": "nobody", "permissions": ["listing"]}, (422, "invalid")),
    ]
    for body, expected in refusals:
        assert problem(host.post(path, json=body)) == expected, body
        refused = guest.post(path, json=body, headers={"Min-Position": host.seen})
        assert problem(refused) == (403, "not_yours"), body
    assert problem(guest.http.post(path, json={})) == (401, "unauthenticated")
    host.post(f"/v1/listings/{listing}/archive")
    assert problem(let(host, listing, helper, "listing")) == (409, "listing_archived")
