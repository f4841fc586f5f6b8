"""Hosts set rules and dates, guests see what they cost, on the running platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.people import Person, day_in, hold, in_days, listing_body, offer, stay
from tests.api.workbench import problem

pytestmark = pytest.mark.servers


def sek(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "SEK"}


WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def put_rules(host: Person, listing: str, **rules: Any) -> Any:
    """The answer to setting the rules of ``listing``, at its version now."""
    path = f"/v1/listings/{listing}/rules"
    return host.ask("PUT", path, json=rules, headers={"If-Match": host.get(path).headers["etag"]})


def change_dates(host: Person, listing: str, *changes: dict[str, Any]) -> Any:
    """The answer to changing dates of ``listing``, at its version now."""
    match = {"If-Match": host.get(f"/v1/listings/{listing}").headers["etag"]}
    path = f"/v1/listings/{listing}/calendar"
    return host.ask("PATCH", path, json={"changes": list(changes)}, headers=match)


def dates(first: int, end: int, **said: Any) -> dict[str, Any]:
    return {"from": in_days(first), "to": in_days(end), **said}


def test_a_listing_has_the_plainest_rules_until_others_are_set(host: Person, guest: Person) -> None:
    listing = offer(host)
    path = f"/v1/listings/{listing}/rules"
    plain = guest.http.get(path, headers={"Min-Position": host.seen})
    assert plain.status_code == 200, plain.text
    page = plain.json()
    assert page["schedule"]["check_in"] == "15:00"
    assert (page["horizon_days"], page["notice_hours"]) == (730, 0)
    assert (page["arrival_days"], page["weekend_days"]) == (WEEK, ["friday", "saturday"])
    assert (page["fees"], page["taxes"], page["deposit"]) == ([], [], None)
    assert (page["listing_id"], page["version"]) == (
        listing, host.get(f"/v1/listings/{listing}").json()["version"],
    )  # fmt: skip


def test_rules_are_set_as_a_whole_and_read_back(host: Person) -> None:
    listing = offer(host)
    rules = {
        "schedule": {
            "check_in": "16:30",
            "opening": [{"weekday": "monday", "opens": "08:00", "closes": "00:00"}],
        },
        "notice_hours": 24,
        "arrival_days": ["saturday", "friday"],
        "weekend_price": sek(150_000),
        "seasons": [
            {"name": "Summer", "from": in_days(90), "to": in_days(120), "minimum_nights": 3}
        ],
        "extra_guests": {"included": 1, "price": sek(20_000)},
        "length_discounts": [{"nights": 7, "share": 1_000}],
        "early_bird": [{"days": 60, "share": 500}],
        "last_minute": [{"days": 2, "share": 500}],
        "fees": [{"name": "cleaning", "amount": sek(50_000)}],
        "taxes": [{"name": "VAT", "basis": "percent", "share": 1_200, "included": True}],
        "deposit": sek(200_000),
    }
    answer = put_rules(host, listing, **rules)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["arrival_days"] == ["friday", "saturday"]
    assert page["seasons"][0]["from"] == in_days(90)
    assert page["seasons"][0]["price"] is None
    assert page["schedule"]["opening"] == rules["schedule"]["opening"]  # type: ignore[index]
    read = host.get(f"/v1/listings/{listing}/rules")
    assert (read.json(), read.headers["etag"]) == (page, answer.headers["etag"])
    again = put_rules(host, listing, **page)
    assert (again.status_code, again.json()) == (200, page)
    assert put_rules(host, listing).json()["fees"] == []
    copied = put_rules(host, listing, **rules)
    assert copied.status_code == 200
    copy = host.post(f"/v1/listings/{listing}/copy").json()["id"]
    of_copy = host.get(f"/v1/listings/{copy}/rules").json()
    assert {**of_copy, "listing_id": listing, "version": 0} == {**page, "version": 0}


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"arrival_days": ["Monday"]}, "arrival_days.0", "literal_error"),
        ({"arrival_days": []}, "arrival_days", "invalid_value"),
        ({"schedule": {"check_in": "25:00"}}, "schedule.check_in", "bad_time_of_day"),
        ({"horizon_days": 0}, "horizon_days", "invalid_value"),
        ({"seasons": [{"name": "S", "from": "2027-06-01"}]}, "seasons.0.to", "required"),
        (
            {"seasons": [{"name": "S", "from": "2027-06-01", "to": "2027-06-01"}]},
            "seasons.0.to",
            "invalid_value",
        ),
        ({"taxes": [{"name": "t", "basis": "night"}]}, "taxes.0.amount", "invalid_value"),
        (
            {"deposit": {"amount": 1, "currency": "EUR"}},
            "currency",
            "currency_mismatch",
        ),
    ],
)
def test_rules_that_make_no_sense_are_told_by_their_field(
    host: Person, wrong: dict[str, Any], field: str, code: str
) -> None:
    answer = put_rules(host, offer(host), **wrong)
    assert answer.status_code == 422, answer.text
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_rules_are_the_hosts_to_set_and_name_their_version(host: Person, guest: Person) -> None:
    listing = offer(host)
    guest.seen = host.seen
    path = f"/v1/listings/{listing}/rules"
    etag = host.get(path).headers["etag"]
    assert problem(host.ask("PUT", path, json={})) == (428, "version_required")
    match = {"If-Match": etag}
    assert problem(guest.ask("PUT", path, json={}, headers=match)) == (403, "not_yours")
    assert put_rules(host, listing, notice_hours=5).status_code == 200
    stale = host.ask("PUT", path, json={"notice_hours": 6}, headers=match)
    assert problem(stale) == (412, "stale_version")
    calendar = f"/v1/listings/{listing}/calendar"
    change = {"changes": [dates(30, 31, closed=True)]}
    assert problem(host.ask("PATCH", calendar, json=change)) == (428, "version_required")
    assert problem(guest.ask("PATCH", calendar, json=change, headers=match)) == (403, "not_yours")
    assert problem(host.ask("PATCH", calendar, json=change, headers=match)) == (
        412, "stale_version",
    )  # fmt: skip
    draft = host.post("/v1/listings", json=listing_body()).headers["location"]
    guest.seen = host.seen
    assert problem(guest.get(f"{draft}/rules")) == (404, "not_found")


def test_co_hosts_set_what_they_may(host: Person, guest: Person) -> None:
    listing = offer(host)
    invited = {"email": guest.email, "permissions": ["calendar"]}
    made = host.post(f"/v1/listings/{listing}/co-hosts", json=invited)
    assert made.status_code == 201, made.text
    guest.seen = host.seen
    assert change_dates(guest, listing, dates(30, 31, closed=True)).status_code == 200
    assert problem(put_rules(guest, listing)) == (403, "not_yours")


def test_default_rules_are_those_of_listings_begun_later(host: Person) -> None:
    before = offer(host)
    path = "/v1/me/default-rules"
    read = host.get(path)
    assert (read.status_code, read.json()["notice_hours"]) == (200, 0)
    assert problem(host.ask("PUT", path, json={})) == (428, "version_required")
    match = {"If-Match": read.headers["etag"]}
    rules = {"notice_hours": 48, "fees": [{"name": "cleaning", "amount": sek(5_000)}]}
    wrong = host.ask("PUT", path, json={"notice_hours": -1}, headers=match)
    assert problem(wrong) == (422, "invalid_value")
    made = host.ask("PUT", path, json=rules, headers=match)
    assert made.status_code == 200, made.text
    assert host.get(path).json() == made.json()
    assert problem(host.ask("PUT", path, json={}, headers=match)) == (412, "stale_version")
    after = host.post("/v1/listings", json=listing_body()).json()["id"]
    assert host.get(f"/v1/listings/{after}/rules").json()["notice_hours"] == 48
    assert host.get(f"/v1/listings/{before}/rules").json()["notice_hours"] == 0
    euros = host.post("/v1/listings", json=listing_body(price={"amount": 1, "currency": "EUR"}))
    page = host.get(f"/v1/listings/{euros.json()['id']}/rules").json()
    assert (page["notice_hours"], page["fees"]) == (48, [])


def test_many_dates_are_changed_at_once_or_not_at_all(host: Person, guest: Person) -> None:
    listing = offer(host)
    changed = change_dates(
        host,
        listing,
        dates(30, 40, price=sek(200_000)),
        dates(32, 34, price=sek(300_000), minimum_nights=2),
        dates(35, 36, closed=True),
        dates(38, 39, price=None),
    )
    assert changed.status_code == 200, changed.text
    path = f"/v1/listings/{listing}/calendar"
    nights = host.get(path, params={"from": in_days(29), "to": in_days(41)}).json()["nights"]
    assert [night["price"]["amount"] // 1_000 for night in nights] == [
        120, 200, 200, 300, 300, 200, 200, 200, 200, 120, 200, 120,
    ]  # fmt: skip
    assert [night["minimum_nights"] for night in nights] == [1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1]
    assert [night["date"] for night in nights if night["reasons"] == ["closed"]] == [in_days(35)]
    wrong = change_dates(host, listing, dates(30, 31, price=None), dates(33, 33, closed=True))
    assert problem(wrong) == (422, "invalid_value")
    assert [error["field"] for error in wrong.json()["errors"]] == ["changes.1.to"]
    version = changed.json()["version"]
    assert host.get(f"/v1/listings/{listing}").json()["version"] == version
    guest.seen = host.seen
    assert problem(guest.post("/v1/quotes", json=stay(listing, 34, 2))) == (409, "date_closed")
    short = guest.post("/v1/quotes", json=stay(listing, 33, 1))
    assert problem(short) == (422, "below_minimum_stay")
    opened = change_dates(host, listing, dates(35, 36, closed=None))
    assert opened.status_code == 200
    guest.seen = host.seen
    assert guest.post("/v1/quotes", json=stay(listing, 34, 2)).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"changes": []}, "changes"),
        ({"changes": [{"from": "2020-01-01", "to": "2020-01-02"}]}, "changes.0.from"),
        ({"changes": [{"from": "2020-01-01"}]}, "changes.0.to"),
        ({"changes": [dates(1, 3_000), dates(1, 3_000)]}, "changes"),
        ({"changes": [dates(1, 2, color=1)]}, "changes.0.color"),
        ({"changes": [dates(1, 2, closed="yes")]}, "changes.0.closed"),
    ],
    ids=["nothing", "the past", "no end", "too many nights", "an unknown field", "no boolean"],
)
def test_dates_that_make_no_sense_are_told_by_their_field(
    host: Person, body: dict[str, Any], field: str
) -> None:
    path = f"/v1/listings/{offer(host)}"
    match = {"If-Match": host.get(path).headers["etag"]}
    answer = host.ask("PATCH", f"{path}/calendar", json=body, headers=match)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_calendar_says_why_a_date_can_not_be_booked(host: Person) -> None:
    listing = offer(host)
    weekday = WEEK[(day_in(30)).weekday()]
    others = [day for day in WEEK if day != weekday]
    rules = {"notice_hours": 24 * 10, "horizon_days": 60, "arrival_days": others}
    assert put_rules(host, listing, **rules, departure_days=others).status_code == 200
    assert change_dates(host, listing, dates(31, 32, closed=True)).status_code == 200
    blocked = host.post(f"/v1/listings/{listing}/blocks", json=dates(32, 33))
    assert blocked.status_code == 201
    path = f"/v1/listings/{listing}/calendar"
    page = host.get(path, params={"from": in_days(-1), "to": in_days(80)}).json()["nights"]
    by_date = {night["date"]: night for night in page}
    assert by_date[in_days(31)]["reasons"] == ["closed"]
    assert by_date[in_days(31)]["available"] is True
    assert by_date[in_days(32)]["reasons"] == ["claimed"]
    assert by_date[in_days(30)]["reasons"] == ["arrival_not_allowed", "departure_not_allowed"]
    assert "past" in by_date[in_days(-1)]["reasons"]
    assert "notice_too_short" in by_date[in_days(5)]["reasons"]
    assert "notice_too_short" not in by_date[in_days(12)]["reasons"]
    assert "beyond_horizon" in by_date[in_days(62)]["reasons"]


CHARGES: dict[str, Any] = {
    "extra_guests": {"included": 1, "price": sek(10_000)},
    "length_discounts": [{"nights": 3, "share": 1_000}],
    "fees": [{"name": "cleaning", "amount": sek(50_000)}],
    "service_fee": 300,
    "taxes": [
        {"name": "VAT", "basis": "percent", "share": 1_200, "on": ["night"], "included": True},
        {"name": "city tax", "basis": "guest_night", "amount": sek(2_000), "exempt_under": 12},
    ],
    "deposit": sek(200_000),
}
LINES = [
    ("night", 120_000), ("night", 120_000), ("night", 120_000), ("extra_guests", 30_000),
    ("discount", -36_000), ("fee", 50_000), ("service_fee", 12_120), ("tax", 0), ("tax", 6_000),
]  # fmt: skip


def test_a_quote_has_every_line_and_is_booked_at_its_price(host: Person, guest: Person) -> None:
    listing = offer(host)
    assert put_rules(host, listing, **CHARGES).status_code == 200
    guest.seen = host.seen
    asked = stay(listing, ages=[35, 11])
    quoted = guest.post("/v1/quotes", json=asked)
    assert quoted.status_code == 201, quoted.text
    page = quoted.json()
    assert [(line["kind"], line["amount"]["amount"]) for line in page["lines"]] == LINES
    assert page["total"] == sek(422_120)
    assert page["deposit"] == sek(200_000)
    vat, city = page["lines"][-2:]
    assert (vat["included"], vat["contained"]) == (True, sek(38_571))
    assert (city["included"], "contained" in city, city["rule"]) == (False, False, "taxes")
    params = {name: value for name, value in asked.items() if name != "listing_id"}
    priced = guest.get(f"/v1/listings/{listing}/price", params=params).json()
    assert {**priced, "expires_at": 0} == {
        name: value for name, value in {**page, "expires_at": 0}.items() if name != "id"
    }
    assert put_rules(host, listing, notice_hours=24 * 300, minimum_nights=None).status_code == 422
    assert put_rules(host, listing, notice_hours=24 * 300).status_code == 200
    guest.seen = host.seen
    assert problem(guest.post("/v1/quotes", json=asked)) == (422, "notice_too_short")
    booked = guest.post("/v1/bookings", json={"quote_id": page["id"]})
    assert booked.status_code == 201, booked.text
    assert (booked.json()["total"], booked.json()["deposit"]) == (sek(422_120), sek(200_000))


def test_ages_are_those_of_all_guests(host: Person, guest: Person) -> None:
    listing = offer(host)
    guest.seen = host.seen
    wrong = guest.post("/v1/quotes", json=stay(listing, ages=[35]))
    assert problem(wrong) == (422, "invalid_value")
    assert [error["field"] for error in wrong.json()["errors"]] == ["ages"]


def test_days_of_arrival_and_departure_are_told(host: Person, guest: Person) -> None:
    listing = offer(host)
    arrive, depart = WEEK[day_in(30).weekday()], WEEK[day_in(33).weekday()]
    assert put_rules(host, listing, arrival_days=[depart]).status_code == 200
    guest.seen = host.seen
    refused = guest.post("/v1/quotes", json=stay(listing))
    assert problem(refused) == (422, "arrival_not_allowed")
    assert refused.json()["values"]["days"] == [depart]
    assert put_rules(host, listing, departure_days=[arrive]).status_code == 200
    guest.seen = host.seen
    refused = guest.post("/v1/quotes", json=stay(listing))
    assert problem(refused) == (422, "departure_not_allowed")
    assert [error["field"] for error in refused.json()["errors"]] == ["depart"]


def test_a_date_closed_after_the_quote_is_not_booked(host: Person, guest: Person) -> None:
    listing = offer(host)
    guest.seen = host.seen
    quote = guest.post("/v1/quotes", json=stay(listing)).json()["id"]
    assert change_dates(host, listing, dates(31, 32, closed=True)).status_code == 200
    refused = guest.post("/v1/bookings", json={"quote_id": quote})
    assert problem(refused) == (409, "date_closed")


def test_a_hold_lasts_as_long_as_the_host_gives(host: Person, guest: Person) -> None:
    listing = offer(host)
    assert put_rules(host, listing, hold_minutes=40).status_code == 200
    guest.seen = host.seen
    booked = hold(guest, listing).json()
    page = guest.get(f"/v1/bookings/{booked['id']}").json()
    assert page["hold_expires_at"] == booked["hold_expires_at"]
    assert timedelta(minutes=35) < _from_now(page["hold_expires_at"]) <= timedelta(minutes=40)


def _from_now(moment: str) -> timedelta:
    return datetime.fromisoformat(moment) - datetime.now(UTC)


def test_a_search_with_dates_tells_and_sorts_by_what_a_quote_would(
    host: Person, guest: Person
) -> None:
    word = f"w{host.id[-8:]}"
    cheap = offer(host, title=f"Cheap {word}", price=sek(110_000))
    charging = offer(host, title=f"Charging {word}", price=sek(100_000))
    assert put_rules(host, charging, **CHARGES).status_code == 200
    closed = offer(host, title=f"Closed {word}")
    assert change_dates(host, closed, dates(31, 32, closed=True)).status_code == 200
    guest.seen = host.seen
    asked = {"q": word, "arrive": in_days(30), "depart": in_days(33), "guests": 2, "sort": "price"}
    found = guest.get("/v1/listings", params=asked).json()
    quote = guest.post("/v1/quotes", json=stay(charging)).json()
    assert [(item["id"], item["total"]["amount"]) for item in found["items"]] == [
        (cheap, 330_000), (charging, quote["total"]["amount"]),
    ]  # fmt: skip
    dear = {**asked, "price_min": 330_001, "currency": "SEK"}
    assert [item["id"] for item in guest.get("/v1/listings", params=dear).json()["items"]] == [
        charging
    ]
