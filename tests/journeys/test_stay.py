"""What happens after a booking is confirmed: policies, arrival, departure, and nobody coming."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.people import Person, in_days, listing_body, offer

pytestmark = pytest.mark.servers


def evening_zone() -> tuple[str, str]:
    """A zone where it is between 16:00 and 23:00 now, and its date there."""
    now = datetime.now(UTC)
    ahead = (19 - now.hour + 12) % 24 - 12
    there = now + timedelta(hours=ahead)
    # POSIX signs: Etc/GMT-3 is three hours ahead.
    return f"Etc/GMT{-ahead:+d}", there.date().isoformat()


def confirmed(
    host: Person, guest: Person, arrive: str, nights: int = 3, **changes: Any
) -> dict[str, Any]:
    listing = offer(host, **changes)
    guest.seen = host.seen
    depart = (datetime.fromisoformat(arrive) + timedelta(days=nights)).date().isoformat()
    asked = {"listing_id": listing, "arrive": arrive, "depart": depart, "guests": 1}
    quote = guest.post("/v1/quotes", json=asked).json()
    held = guest.post("/v1/bookings", json={"quote_id": quote["id"]}).json()
    answer = guest.post(f"/v1/bookings/{held['id']}/confirm")
    assert answer.status_code == 200, answer.text
    host.seen = guest.seen
    return answer.json()


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code") or answer.json()["status"]


def free(person: Person, booking: dict[str, Any]) -> set[bool]:
    path = f"/v1/listings/{booking['listing_id']}/calendar"
    params = {"from": booking["arrive"], "to": booking["depart"]}
    nights = person.get(path, params=params).json()["nights"]
    return {night["available"] for night in nights}


def test_the_policy_that_was_booked_decides_the_refund(host: Person, guest: Person) -> None:
    booking = confirmed(host, guest, in_days(20), cancellation_policy={"name": "non_refundable"})
    changed = host.get(f"/v1/listings/{booking['listing_id']}")
    generous = host.ask(
        "PATCH",
        f"/v1/listings/{booking['listing_id']}",
        json={"cancellation_policy": {"name": "flexible"}},
        headers={"If-Match": changed.headers["etag"]},
    )
    assert generous.json()["cancellation_policy"]["name"] == "flexible"
    preview = guest.get(f"/v1/bookings/{booking['id']}/refund-preview").json()
    assert (preview["policy"], preview["total"]["amount"]) == ("non_refundable", 0)
    cancelled = guest.post(f"/v1/bookings/{booking['id']}/cancel").json()
    assert cancelled["refund"]["total"]["amount"] == 0


@pytest.mark.parametrize(
    "policy",
    [
        {"name": "generous"},
        {"name": "strict", "tiers": [{"hours_before": 1, "share": 10_000}]},
        {"name": "own", "tiers": [{"hours_before": 1, "share": 10_001}]},
        {
            "name": "own",
            "tiers": [{"hours_before": 1, "share": 5}, {"hours_before": 9, "share": 5}],
        },
        {"tiers": []},
        "strict",
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(host: Person, policy: object) -> None:
    answer = host.post("/v1/listings", json=listing_body(cancellation_policy=policy))
    assert answer.status_code == 422, answer.text


def test_a_guest_arrives_and_leaves_early(host: Person, guest: Person) -> None:
    zone, today = evening_zone()
    booking = confirmed(host, guest, today, time_zone=zone)
    path = f"/v1/bookings/{booking['id']}"
    assert "check-in" in host.get(path).json()["actions"]
    assert said(guest.post(f"{path}/check-in")) == (403, "not_yours")
    assert said(host.post(f"{path}/complete")) == (409, "policy_forbids")
    assert said(host.post(f"{path}/check-in")) == (200, "checked_in")
    assert said(host.post(f"{path}/no-show")) == (409, "policy_forbids")
    assert free(host, booking) == {False}
    assert said(host.post(f"{path}/complete")) == (200, "completed")
    assert free(host, booking) == {True}
    assert host.get(path).json()["actions"] == ["review", "message"]


def test_who_does_not_come_is_a_no_show_and_the_nights_are_free(
    host: Person, guest: Person
) -> None:
    zone, today = evening_zone()
    booking = confirmed(host, guest, today, time_zone=zone)
    path = f"/v1/bookings/{booking['id']}"
    assert said(host.post(f"{path}/no-show", json={"reason": "Never came"})) == (200, "no_show")
    assert said(host.post(f"{path}/no-show")) == (200, "no_show")
    assert free(host, booking) == {True}


def test_nobody_arrives_before_the_day(host: Person, guest: Person) -> None:
    booking = confirmed(host, guest, in_days(20))
    for action in ("check-in", "no-show"):
        answer = host.post(f"/v1/bookings/{booking['id']}/{action}")
        assert said(answer) == (409, "too_early")


def test_a_copy_is_a_draft_of_its_own(host: Person, guest: Person) -> None:
    listing = offer(host, title="Cabin", cancellation_policy={"name": "strict"})
    copied = host.post(f"/v1/listings/{listing}/copy")
    assert copied.status_code == 201, copied.text
    original, copy = host.get(f"/v1/listings/{listing}").json(), copied.json()
    assert copied.headers["location"] == f"/v1/listings/{copy['id']}"
    own = {"id", "version", "status"}
    assert {name: copy[name] for name in copy if name not in own} == {
        name: original[name] for name in original if name not in own
    }
    assert (copy["status"], original["status"]) == ("draft", "published")
    assert guest.post(f"/v1/listings/{listing}/copy").status_code == 403
