"""A studio by the hour and a bicycle by the day, from listing to booking."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.rules.document import WEEKDAYS
from tests.api.people import Person, day_in, in_days, join, offer
from tests.api.workbench import problem

pytestmark = pytest.mark.servers


def schedule(host: Person, listing: str, **changes: Any) -> httpx.Response:
    """Set the listing's schedule and nothing else."""
    version = host.get(f"/v1/listings/{listing}/rules").headers["ETag"]
    return host.ask(
        "PUT",
        f"/v1/listings/{listing}/rules",
        json={"schedule": changes},
        headers={"If-Match": version},
    )


def studio(host: Person, *, units: int = 1, **changes: Any) -> str:
    """A studio in New York, open from nine to five by the hour."""
    listing = offer(host, kind="slot", time_zone="America/New_York", units=units, maximum_nights=4)
    hours = [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in WEEKDAYS]
    opening = {"opening": hours, "slot_minutes": 60, "step_minutes": 30, **changes}
    answer = schedule(host, listing, **opening)
    assert answer.status_code == 200, answer.text
    return listing


def at(time: str, days: int = 30) -> str:
    return f"{in_days(days)}T{time}"


def ask(guest: Person, listing: str, starts: str, ends: str, **more: Any) -> httpx.Response:
    body = {"listing_id": listing, "starts_at": starts, "ends_at": ends, "guests": 1, **more}
    return guest.post("/v1/quotes", json=body)


def book(guest: Person, listing: str, starts: str, ends: str, **more: Any) -> httpx.Response:
    quoted = ask(guest, listing, starts, ends, **more)
    assert quoted.status_code == 201, quoted.text
    return guest.post("/v1/bookings", json={"quote_id": quoted.json()["id"]})


def slots(person: Person, listing: str, first: int = 30, last: int = 31) -> list[dict[str, Any]]:
    asked = {"from": in_days(first), "to": in_days(last)}
    answer = person.get(f"/v1/listings/{listing}/slots", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["slots"]


def test_a_studio_is_booked_by_the_hour(host: Person, guest: Person) -> None:
    listing = studio(host, buffer_after=30)
    guest.seen = host.seen
    shown = slots(guest, listing)
    assert len(shown) == 15
    assert all(slot["available"] and not slot["reasons"] for slot in shown)
    assert shown[0]["local_start"].startswith(at("09:00"))
    assert shown[0]["price"] == {"amount": 120_000, "currency": "SEK"}

    quoted = ask(guest, listing, at("10:00"), at("12:00")).json()
    assert quoted["available"] is True
    assert [line["kind"] for line in quoted["lines"]] == ["slot", "slot"]
    assert quoted["total"] == {"amount": 240_000, "currency": "SEK"}
    assert (quoted["arrive"], quoted["depart"]) == (in_days(30), in_days(31))
    priced = guest.get(
        f"/v1/listings/{listing}/price",
        params={"starts_at": at("10:00"), "ends_at": at("12:00"), "guests": 1},
    ).json()
    assert {name: priced[name] for name in ("lines", "total", "starts_at", "available")} == {
        name: quoted[name] for name in ("lines", "total", "starts_at", "available")
    }

    made = guest.post("/v1/bookings", json={"quote_id": quoted["id"]})
    assert made.status_code == 201, made.text
    page = made.json()
    assert (page["kind"], page["status"]) == ("slot", "held")
    assert (page["starts_at"], page["ends_at"]) == (quoted["starts_at"], quoted["ends_at"])
    assert (page["check_in"], page["check_out"]) == (page["starts_at"], page["ends_at"])
    assert guest.get(f"/v1/bookings/{page['id']}").json() == page

    free = {slot["local_start"][11:16] for slot in slots(guest, listing) if slot["available"]}
    assert free == {"09:00", "12:30", "13:00", "13:30", "14:00", "14:30", "15:00", "15:30",
                    "16:00"} - {"09:00"}  # fmt: skip
    assert problem(book(guest, listing, at("11:00"), at("12:00"))) == (409, "nights_taken")
    assert problem(book(guest, listing, at("12:00"), at("13:00"))) == (409, "nights_taken")
    assert book(guest, listing, at("12:30"), at("13:30")).status_code == 201
    night = guest.get(
        f"/v1/listings/{listing}/calendar", params={"from": in_days(30), "to": in_days(31)}
    ).json()["nights"][0]
    assert (night["available"], night["units_free"]) == (True, 1)

    path = f"/v1/bookings/{page['id']}"
    assert guest.post(f"{path}/confirm", json={}).json()["status"] == "confirmed"
    assert guest.post(f"{path}/cancel", json={}).json()["status"] == "cancelled"
    assert book(guest, listing, at("11:00"), at("12:00")).status_code == 201


@pytest.mark.parametrize(
    ("starts", "ends", "more", "expected"),
    [
        (at("09:15"), at("10:15"), {}, (422, "not_a_slot")),
        (at("09:00"), at("09:30"), {}, (422, "not_a_slot")),
        (at("16:30"), at("17:30"), {}, (422, "outside_opening_hours")),
        (at("10:00"), at("10:00"), {}, (422, "slot_reversed")),
        (at("09:00"), at("14:00"), {}, (422, "above_maximum_stay")),
        ("2020-01-06T09:00", "2020-01-06T10:00", {}, (422, "slot_past")),
        (at("09:00", 900), at("10:00", 900), {}, (422, "beyond_horizon")),
        (at("09:00"), at("10:00"), {"units": 2}, (422, "too_many_units")),
        (at("09:00"), at("10:00"), {"arrive": in_days(30)}, (422, "invalid")),
        (at("09:00"), "tomorrow", {}, (422, "invalid")),
        ("0001-01-01T00:00+14:00", at("10:00"), {}, (422, "invalid")),
        (at("9:00"), at("10:00"), {}, (422, "invalid")),
    ],
)
def test_a_slot_breaks_no_rule(
    host: Person,
    guest: Person,
    starts: str,
    ends: str,
    more: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    assert problem(ask(guest, studio(host), starts, ends, **more)) == expected


def test_the_wrong_pair_for_the_kind_is_told(host: Person, guest: Person) -> None:
    days = {"arrive": in_days(30), "depart": in_days(31), "guests": 1}
    by_hour = guest.post("/v1/quotes", json={"listing_id": studio(host), **days})
    assert problem(by_hour) == (422, "wrong_dates")
    assert by_hour.json()["errors"][0]["field"] == "arrive"
    by_day = ask(guest, offer(host), at("10:00"), at("11:00"))
    assert problem(by_day) == (422, "wrong_dates")
    assert by_day.json()["errors"][0]["field"] == "starts_at"


def test_two_studios_serve_two_guests_at_once_and_no_third(host: Person, guest: Person) -> None:
    listing = studio(host, units=2)
    other = join(guest.http, "Olof")
    assert book(guest, listing, at("10:00"), at("11:00")).status_code == 201
    assert book(other, listing, at("10:30"), at("11:30")).status_code == 201
    third = join(guest.http, "Tove")
    assert problem(book(third, listing, at("10:00"), at("12:00"))) == (409, "nights_taken")
    third.seen = other.seen + "," + guest.seen
    ten = next(slot for slot in slots(third, listing) if slot["local_start"][11:16] == "10:30")
    assert (ten["available"], ten["units_free"], ten["reasons"]) == (False, 0, ["claimed"])


def test_a_blocked_day_has_no_slots(host: Person, guest: Person) -> None:
    listing = studio(host)
    blocked = host.post(
        f"/v1/listings/{listing}/blocks", json={"from": in_days(30), "to": in_days(31)}
    )
    assert blocked.status_code == 201, blocked.text
    guest.seen = host.seen
    shown = slots(guest, listing, 29, 32)
    assert {slot["local_start"][:10] for slot in shown if slot["available"]} == {
        in_days(29),
        in_days(31),
    }
    assert problem(book(guest, listing, at("10:00"), at("11:00"))) == (409, "nights_taken")


def test_a_page_of_slots_has_at_most_a_month_and_a_listing_by_days_none(
    host: Person, guest: Person
) -> None:
    listing, flat = studio(host), offer(host)
    guest.seen = host.seen
    path = f"/v1/listings/{listing}/slots"
    too_long = guest.get(path, params={"from": in_days(1), "to": in_days(33)})
    assert problem(too_long) == (422, "invalid")
    assert slots(guest, flat) == []
    far = guest.get(path, params={"from": "9999-12-01", "to": "9999-12-31"})
    assert far.json()["slots"] == []


def test_a_bicycle_is_rented_by_the_day(host: Person, guest: Person) -> None:
    listing = offer(host, kind="rental", title="A bicycle", units=1)
    assert schedule(host, listing, check_in="09:00", check_out="18:00").status_code == 200
    days = {"listing_id": listing, "guests": 1}
    quoted = guest.post(
        "/v1/quotes", json={**days, "arrive": in_days(30), "depart": in_days(32)}
    ).json()
    assert [line["kind"] for line in quoted["lines"]] == ["day", "day"]
    page = guest.post("/v1/bookings", json={"quote_id": quoted["id"]}).json()
    assert page["kind"] == "rental"
    assert "starts_at" not in page
    spent = datetime.fromisoformat(page["check_out"]) - datetime.fromisoformat(page["check_in"])
    assert timedelta(days=2) < spent < timedelta(days=3)
    same_day = {**days, "arrive": in_days(32), "depart": in_days(33)}
    again = guest.post("/v1/quotes", json=same_day).json()
    assert again["available"] is False
    refused = guest.post("/v1/bookings", json={"quote_id": again["id"]})
    assert problem(refused) == (409, "nights_taken")
    assert refused.json()["values"]["nights"] == [str(day_in(32))]
    later = guest.post(
        "/v1/quotes", json={**days, "arrive": in_days(33), "depart": in_days(34)}
    ).json()
    assert later["available"] is True
