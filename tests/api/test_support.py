"""Support acts for the platform on any booking: with a reason, and on no other side's behalf."""

from __future__ import annotations

import pytest

from eventlog.personal.sealing import MARK
from tests.api.people import Person, hold, in_days, join, listing_body, offer
from tests.api.workbench import problem
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers


@pytest.fixture
def support(running: Processes, host: Person) -> Person:
    person = join(host.http, "Sigrid")
    granted = sojourn(running.platform, "accounts", "grant", person.email, "support")
    assert granted.returncode == 0, granted.stderr
    return person


@pytest.fixture
def booking(host: Person, guest: Person, support: Person) -> str:
    """A confirmed booking, whose listing gives nothing back to guests who cancel."""
    listing = offer(host, cancellation_policy={"name": "non_refundable"})
    guest.seen = host.seen
    made = hold(guest, listing).json()["id"]
    assert guest.post(f"/v1/bookings/{made}/confirm").status_code == 200
    support.seen = host.seen = guest.seen
    return f"/v1/bookings/{made}"


def test_support_sees_a_booking_and_what_it_may_do(booking: str, support: Person) -> None:
    page = support.get(booking).json()
    assert page["actions"] == ["cancel", "no-show"]
    preview = support.get(f"{booking}/refund-preview").json()
    assert preview["total"] == page["total"]


def test_support_cancels_with_a_reason_and_all_goes_back(
    booking: str, support: Person, guest: Person
) -> None:
    assert problem(support.post(f"{booking}/cancel")) == (422, "reason_required")
    blank = support.post(f"{booking}/cancel", json={"reason": "  "})
    assert problem(blank) == (422, "reason_required")
    assert blank.json()["errors"][0]["field"] == "reason"
    cancelled = support.post(f"{booking}/cancel", json={"reason": "Flooded"})
    assert cancelled.status_code == 200, cancelled.text
    page = cancelled.json()
    assert (page["status"], page["cancelled_by"]) == ("cancelled", "platform")
    assert page["refund"]["total"] == page["total"]
    assert page["actions"] == []
    assert support.get(booking).json() == page
    guest.seen = support.seen
    assert guest.get(booking).json()["cancelled_by"] == "platform"


def test_support_may_give_back_a_share(booking: str, support: Person) -> None:
    for share in (-1, 10_001, 0.5, "all"):
        wrong = support.post(f"{booking}/cancel", json={"reason": "x", "refund_share": share})
        assert problem(wrong) == (422, "invalid")
    asked = {"reason": "Half a stay", "refund_share": 2_500}
    page = support.post(f"{booking}/cancel", json=asked).json()
    assert page["refund"]["total"]["amount"] * 4 == page["total"]["amount"]


def test_nobody_else_may_choose_the_share(booking: str, host: Person, guest: Person) -> None:
    for person in (host, guest):
        answer = person.post(f"{booking}/cancel", json={"refund_share": 10_000})
        assert problem(answer) == (403, "not_yours")


def test_support_reports_a_no_show_before_arrival_with_a_reason(
    booking: str, support: Person, host: Person
) -> None:
    assert problem(host.post(f"{booking}/no-show")) == (409, "too_early")
    assert problem(support.post(f"{booking}/no-show")) == (422, "reason_required")
    missed = support.post(f"{booking}/no-show", json={"reason": "Called to say so"})
    assert missed.json()["status"] == "no_show"
    assert missed.json()["actions"] == []


@pytest.mark.parametrize("action", ["approve", "decline", "check-in", "complete", "confirm"])
def test_support_does_not_act_for_a_guest_or_a_host(
    booking: str, support: Person, action: str
) -> None:
    assert problem(support.post(f"{booking}/{action}")) == (403, "not_yours")


def test_what_support_may_ends_with_the_role(
    booking: str, support: Person, running: Processes
) -> None:
    sojourn(running.platform, "accounts", "withdraw", support.email, "support")
    assert problem(support.get(booking)) == (404, "not_found")
    answer = support.post(f"{booking}/cancel", json={"reason": "Flooded", "wrong": 1})
    assert problem(answer) == (404, "not_found")


def test_the_log_says_who_did_it_and_why(booking: str, support: Person, admin: Person) -> None:
    support.post(f"{booking}/cancel", json={"reason": "Flooded"})
    stream = f"booking-{booking.rpartition('/')[2]}"
    asked = {"stream": stream, "type": "booking.cancelled.v2"}
    [event] = admin.get("/v1/audit/events", params=asked).json()["items"]
    assert event["actor"] == support.id
    assert event["data"]["by"] == "platform"
    assert event["data"]["reason"].startswith(MARK), "what a person typed is theirs to be erased"


def test_support_sees_drafts_and_leaves_them_to_their_host(host: Person, support: Person) -> None:
    made = host.post("/v1/listings", json=listing_body())
    path, support.seen = f"/v1/listings/{made.json()['id']}", host.seen
    assert support.get(path).json()["status"] == "draft"
    backwards = {"from": in_days(9), "to": in_days(7)}
    assert support.get(f"{path}/calendar", params=backwards).status_code == 422
    assert problem(support.post(f"{path}/publish")) == (403, "not_yours")
    stranger = join(host.http, "Olof")
    stranger.seen = host.seen
    assert problem(stranger.get(path)) == (404, "not_found")
