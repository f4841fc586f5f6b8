"""A host's calendars elsewhere and here keep each other's bookings."""

from __future__ import annotations

import httpx
import pytest

from api.icalendar.reading import read_events
from tests.api.people import Person, day_in, hold, in_days, join, offer
from tests.api.workbench import problem

pytestmark = pytest.mark.servers


def events(*ranges: tuple[int, int], uid: str = "range") -> str:
    """So many days from today on, up to so many."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number, (first, last) in enumerate(ranges):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}-{number}@elsewhere.example",
            f"DTSTART;VALUE=DATE:{day_in(first):%Y%m%d}",
            f"DTEND;VALUE=DATE:{day_in(last):%Y%m%d}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def put(
    person: Person, listing: str, text: str | bytes, name: str = "elsewhere", **headers: str
) -> httpx.Response:
    return person.ask(
        "PUT",
        f"/v1/listings/{listing}/external-calendars/{name}",
        content=text,
        headers={"Content-Type": "text/calendar", **headers},
    )


def free(person: Person, listing: str, first: int, last: int) -> list[bool]:
    days = {"from": in_days(first), "to": in_days(last)}
    page = person.get(f"/v1/listings/{listing}/calendar", params=days).json()
    return [night["available"] for night in page["nights"]]


def test_what_is_taken_elsewhere_is_taken_here(host: Person, guest: Person) -> None:
    listing = offer(host)
    made = put(host, listing, events((30, 32), (34, 35)))
    assert made.status_code == 200, made.text
    assert [each["from"] for each in made.json()["claimed"]] == [in_days(30), in_days(34)]
    assert free(host, listing, 30, 36) == [False, False, True, True, False, True]
    assert problem(hold(guest, listing, 30, 1)) == (409, "nights_taken")

    again = put(host, listing, events((31, 33)))
    assert again.json()["ranges"] == 1
    assert free(host, listing, 30, 36) == [True, False, False, True, True, True]
    shown = host.get(f"/v1/listings/{listing}/external-calendars").json()
    assert shown["items"] == [again.json()]


def test_a_booking_of_ours_is_a_conflict_while_it_stands(host: Person, guest: Person) -> None:
    listing = offer(host)
    booking = hold(guest, listing, 30, 2).json()["id"]
    made = put(host, listing, events((29, 33))).json()
    assert [(each["from"], each["to"]) for each in made["claimed"]] == [
        (in_days(29), in_days(30)),
        (in_days(32), in_days(33)),
    ]
    [conflict] = made["conflicts"]
    assert conflict["booking_ids"] == [booking]
    assert guest.post(f"/v1/bookings/{booking}/cancel", json={}).status_code == 200
    host.seen = guest.seen
    [shown] = host.get(f"/v1/listings/{listing}/external-calendars").json()["items"]
    assert shown["conflicts"] == []


def test_an_echo_of_our_own_calendar_is_nothing(host: Person, guest: Person) -> None:
    listing = offer(host)
    hold(guest, listing, 30, 2)
    host.seen = guest.seen
    path = host.get(f"/v1/listings/{listing}/external-calendars").json()["export_path"]
    exported = host.http.get(path, headers={"Min-Position": guest.seen})
    assert exported.status_code == 200, exported.text
    assert exported.headers["content-type"].startswith("text/calendar")
    [ours] = read_events(exported.text)
    assert (ours.starts, ours.ends) == (day_in(30), day_in(32))
    echoed = put(host, listing, exported.content).json()
    assert (echoed["ranges"], echoed["claimed"], echoed["conflicts"]) == (0, [], [])
    other = offer(host, title="The room next door")
    assert len(put(host, other, exported.content).json()["claimed"]) == 1


def test_a_calendar_is_its_hosts_and_its_export_for_who_has_the_path(
    host: Person, guest: Person
) -> None:
    listing = offer(host)
    other = join(guest.http, "Olof")
    other.seen = host.seen
    path = f"/v1/listings/{listing}/external-calendars"
    assert problem(put(other, listing, "nothing")) == (403, "not_yours")
    assert problem(other.get(path)) == (403, "not_yours")
    assert problem(other.http.get(path)) == (401, "unauthenticated")
    wrong = other.http.get(f"/v1/listings/{listing}/calendar.ics", params={"token": "guess"})
    assert problem(wrong) == (404, "not_found")
    theirs = host.get(f"/v1/listings/{offer(host)}/external-calendars").json()["export_path"]
    token = theirs.partition("token=")[2]
    crossed = other.http.get(f"/v1/listings/{listing}/calendar.ics", params={"token": token})
    assert problem(crossed) == (404, "not_found")


@pytest.mark.parametrize(
    ("text", "name", "media_type", "expected"),
    [
        (events((30, 32)), "elsewhere", "application/json", (415, "unsupported_media_type")),
        ("hello", "elsewhere", "text/calendar", (422, "invalid")),
        (b"\xff\xfe", "elsewhere", "text/calendar", (422, "invalid")),
        (events((30, 32)), "a%20b", "text/calendar", (422, "invalid")),
    ],
)
def test_only_a_calendar_is_imported(
    host: Person, text: str | bytes, name: str, media_type: str, expected: tuple[int, str]
) -> None:
    answer = put(host, offer(host), text, name, **{"Content-Type": media_type})
    assert problem(answer) == expected
