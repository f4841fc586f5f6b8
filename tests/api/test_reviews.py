"""Reviews on the running platform: neither side reads the other's first, everybody reads both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from commands.publish_reviews import PublishReviews, publish_reviews
from commands.work import Work
from domain.booking.facts import BookingMarkedNoShow
from domain.review.decisions import Written, review
from tests.api.people import Person, join, offer
from tests.api.stays import Past, confirmed, past_of
from tests.api.workbench import NOBODY, problem
from tests.processes import Processes

pytestmark = pytest.mark.servers

GOOD = {"rating": 5, "text": "Light and quiet.", "private_note": "The tap drips."}
FINE = {"rating": 4, "text": "Left it tidy."}


@pytest.fixture
def past(running: Processes) -> Iterator[Past]:
    with past_of(running) as past:
        yield past


@pytest.fixture
def stay(host: Person, guest: Person, past: Past) -> str:
    """The id of a booking that has just been completed."""
    booking = confirmed(host, guest)
    past.completed(booking, host, guest)
    return booking


def reviews(person: Person, booking: str) -> dict[str, Any]:
    answer = person.get(f"/v1/bookings/{booking}/reviews")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] in {"private, no-store", "no-store"}
    return answer.json()


def sides(person: Person, booking: str) -> list[str]:
    return [item["by"] for item in reviews(person, booking)["items"]]


def write(person: Person, booking: str, body: Any = None) -> httpx.Response:
    return person.post(f"/v1/bookings/{booking}/reviews", json=body or GOOD)


def listing_of(person: Person, booking: str) -> str:
    return person.get(f"/v1/bookings/{booking}").json()["listing_id"]


def test_neither_side_reads_the_others_first(host: Person, guest: Person, stay: str) -> None:
    listing = listing_of(guest, stay)
    assert reviews(guest, stay)["items"] == []
    closes = datetime.fromisoformat(reviews(guest, stay)["closes_at"])
    assert timedelta(days=13, hours=23) < closes - datetime.now(UTC) <= timedelta(days=14)

    first = write(guest, stay)
    assert first.status_code == 201, first.text
    assert first.headers["location"] == f"/v1/bookings/{stay}/reviews"
    assert (first.json()["by"], first.json()["published"]) == ("guest", False)
    host.seen = guest.seen
    assert sides(guest, stay) == ["guest"]
    assert sides(host, stay) == []
    assert guest.get(f"/v1/bookings/{stay}").json()["actions"] == ["message"]
    assert host.get(f"/v1/bookings/{stay}").json()["actions"] == ["review", "message"]
    said = host.get(f"/v1/listings/{listing}/reviews").json()
    assert (said["items"], said["rating"]["count"]) == ([], 0)
    assert "rating" not in host.get(f"/v1/listings/{listing}").json()

    second = write(host, stay, FINE)
    assert (second.status_code, second.json()["published"]) == (201, True)
    guest.seen = host.seen
    for person in (guest, host):
        assert sides(person, stay) == ["guest", "host"]
    [of_guest, of_host] = reviews(host, stay)["items"]
    assert of_guest["private_note"] == "The tap drips."
    assert "private_note" not in of_host

    said = guest.http.get(
        f"/v1/listings/{listing}/reviews", headers={"Min-Position": host.seen}
    ).json()
    [public] = said["items"]
    assert set(public) == {"id", "rating", "text", "at"}
    assert (public["rating"], public["text"]) == (5, "Light and quiet.")
    assert said["rating"] == {
        "average": 5.0, "count": 1, "distribution": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1},
    }  # fmt: skip
    assert guest.get(f"/v1/listings/{listing}").json()["rating"] == {"average": 5.0, "count": 1}
    [mine] = host.get("/v1/me/listings").json()["items"]
    assert mine["rating"] == {"average": 5.0, "count": 1}


def test_a_side_writes_once_and_only_of_a_completed_stay(
    host: Person, guest: Person, past: Past
) -> None:
    booking = confirmed(host, guest)
    for person in (guest, host):
        assert problem(write(person, booking)) == (409, "policy_forbids")
    assert reviews(guest, booking) == {"items": [], "closes_at": None}
    past.completed(booking, host, guest)
    assert write(guest, booking).status_code == 201
    assert problem(write(guest, booking)) == (409, "already_reviewed")


def test_doing_again_what_was_done_offers_no_second_review(
    host: Person, guest: Person, past: Past
) -> None:
    booking = confirmed(host, guest)
    past.completed(booking, host, guest)
    path = f"/v1/bookings/{booking}"
    assert host.post(f"{path}/complete").json()["actions"] == ["review", "message"]
    assert write(host, booking).status_code == 201
    assert host.post(f"{path}/complete").json()["actions"] == ["message"]
    guest.seen = host.seen
    assert guest.get(path).json()["actions"] == ["review", "message"]
    assert write(guest, booking).status_code == 201
    refused = guest.post(f"{path}/cancel")
    assert problem(refused) == (409, "policy_forbids")
    assert refused.json()["values"]["possible"] == []
    assert "review" in refused.json()["detail"]


@pytest.mark.parametrize("ending", ["cancel", "no-show"])
def test_what_did_not_take_place_is_not_reviewed(
    host: Person, guest: Person, past: Past, ending: str
) -> None:
    booking = confirmed(host, guest)
    if ending == "cancel":
        assert guest.post(f"/v1/bookings/{booking}/cancel").status_code == 200
    else:
        past.done(never_came, UUID(booking), host, guest)
    assert problem(write(guest, booking)) == (409, "policy_forbids")


def never_came(booking_id: UUID, work: Work) -> None:
    work.record(work.booking(booking_id), [BookingMarkedNoShow(at=work.now, reason=None)])


def test_after_14_days_what_was_written_is_read_whoever_tidies_up(
    host: Person, guest: Person, past: Past
) -> None:
    booking = confirmed(host, guest)
    listing = listing_of(guest, booking)
    past.completed(booking, host, guest, days_ago=20)
    past.done(reviewed_in_time, UUID(booking), guest, host)
    assert sides(host, booking) == ["guest"]
    [item] = reviews(host, booking)["items"]
    assert item["published"] is True
    page = host.get(f"/v1/listings/{listing}/reviews").json()
    assert [each["rating"] for each in page["items"]] == [2]
    assert (page["rating"]["average"], page["rating"]["count"]) == (2.0, 1)
    assert host.get(f"/v1/listings/{listing}").json()["rating"] == {"average": 2.0, "count": 1}
    assert problem(write(host, booking, FINE)) == (409, "reviews_closed")
    assert problem(write(guest, booking)) == (409, "already_reviewed")

    before = reviews(guest, booking)
    for _ in range(2):
        past.done(publish_reviews, PublishReviews(booking_id=UUID(booking)), host, guest)
        assert reviews(guest, booking) == before
        assert host.get(f"/v1/listings/{listing}/reviews").json() == page
    path = f"/v1/bookings/{booking}/reviews/{item['id']}/reply"
    assert host.post(path, json={"text": "Sorry!"}).json()["reply"]["text"] == "Sorry!"


def reviewed_in_time(booking_id: UUID, work: Work) -> None:
    """The guest wrote a day after completion, and nobody has tidied up since."""
    booking = work.booking(booking_id).state
    assert booking.completed_at is not None
    pair = work.review_pair(booking)
    events = review(
        pair.state, booking, "guest", Written(rating=2, text="Loud."), review_id=uuid7(),
        author_id=booking.guest_id, now=booking.completed_at + timedelta(days=1),
    )  # fmt: skip
    work.record(pair, events)


def test_a_timer_that_comes_early_publishes_nothing(
    host: Person, guest: Person, past: Past, stay: str
) -> None:
    publishing = PublishReviews(booking_id=UUID(stay))
    past.done(publish_reviews, publishing, host, guest)
    assert write(guest, stay).status_code == 201
    past.done(publish_reviews, publishing, host, guest)
    assert sides(host, stay) == []


def test_the_reviewed_side_answers_once(host: Person, guest: Person, stay: str) -> None:
    written = write(guest, stay).json()
    path = f"/v1/bookings/{stay}/reviews/{written['id']}/reply"
    host.seen = guest.seen
    assert problem(host.post(path, json={"text": "Thanks!"})) == (404, "not_found")
    assert problem(guest.post(path, json={"text": "Me again"})) == (403, "not_yours")
    write(host, stay, FINE)
    replied = host.post(path, json={"text": "Thanks!"})
    assert replied.status_code == 200, replied.text
    assert replied.json()["reply"]["text"] == "Thanks!"
    assert problem(host.post(path, json={"text": "And more"})) == (409, "already_replied")
    assert problem(guest.post(path, json={"text": "Me again"})) == (403, "not_yours")
    nothing = f"/v1/bookings/{stay}/reviews/{NOBODY}/reply"
    assert problem(host.post(nothing, json={"text": "?"})) == (404, "not_found")
    page = host.get(f"/v1/listings/{listing_of(host, stay)}/reviews").json()
    assert page["items"][0]["reply"]["text"] == "Thanks!"


@pytest.mark.parametrize(
    "change",
    [
        {"rating": 0}, {"rating": 6}, {"rating": "5"}, {"rating": 4.5}, {"rating": None},
        {"text": ""}, {"text": "  \n"}, {"text": "x" * 5_001}, {"text": None},
        {"private_note": ""}, {"private_note": "x" * 5_001}, {"stars": 5},
    ],
)  # fmt: skip
def test_a_review_that_makes_no_sense_is_refused(
    host: Person, guest: Person, stay: str, change: dict[str, Any]
) -> None:
    assert problem(write(guest, stay, {**GOOD, **change})) == (422, "invalid")
    stranger = join(guest.http, "Olof")
    assert problem(write(stranger, stay, {**GOOD, **change})) == (404, "not_found")


def test_a_stay_is_its_two_sides_own_matter(guest: Person, stay: str) -> None:
    stranger = join(guest.http, "Olof")
    stranger.seen = guest.seen
    path = f"/v1/bookings/{stay}/reviews"
    assert problem(write(stranger, stay)) == (404, "not_found")
    assert problem(stranger.get(path)) == (404, "not_found")
    assert problem(guest.http.get(path)) == (401, "unauthenticated")
    assert problem(guest.http.post(path, json=GOOD)) == (401, "unauthenticated")
    assert problem(guest.get(f"/v1/bookings/{NOBODY}/reviews")) == (404, "not_found")
    assert problem(guest.get(f"/v1/listings/{NOBODY}/reviews")) == (404, "not_found")


def test_a_repeat_with_its_key_is_the_same_review(guest: Person, stay: str) -> None:
    key = {"Idempotency-Key": "my-review"}
    first = guest.post(f"/v1/bookings/{stay}/reviews", json=GOOD, headers=key)
    again = guest.post(f"/v1/bookings/{stay}/reviews", json=GOOD, headers=key)
    assert first.status_code == 201, first.text
    assert (again.status_code, again.content) == (201, first.content)


def test_a_listing_shows_its_latest_reviews_first_and_search_its_rating(
    host: Person, guest: Person, past: Past
) -> None:
    word = f"lighthouse{uuid7().hex[-10:]}"
    rated, plain = offer(host, title=f"Rated {word}"), offer(host, title=f"Plain {word}")
    for number, stars in enumerate((3, 5, 4, 5)):
        booking = confirmed(host, guest, rated, first=30 + 5 * number)
        past.completed(booking, host, guest)
        assert write(guest, booking, {**GOOD, "rating": stars}).status_code == 201
        host.seen = guest.seen
        assert write(host, booking, FINE).status_code == 201
        guest.seen = host.seen
    path = f"/v1/listings/{rated}/reviews"
    page = guest.get(path, params={"limit": 3}).json()
    assert [item["rating"] for item in page["items"]] == [5, 4, 5]
    rest = guest.get(path, params={"limit": 3, "cursor": page["next"]}).json()
    assert ([item["rating"] for item in rest["items"]], rest["next"]) == ([3], None)
    assert page["rating"] == rest["rating"]
    assert page["rating"] == {
        "average": 4.25, "count": 4, "distribution": {"1": 0, "2": 0, "3": 1, "4": 1, "5": 2},
    }  # fmt: skip
    assert problem(guest.get(path, params={"cursor": "x"})) == (422, "invalid")
    for order in ("rating", "relevance"):
        found = guest.get("/v1/listings", params={"q": word, "sort": order}).json()["items"]
        shown = {item["id"]: item.get("rating") for item in found}
        assert shown == {rated: {"average": 4.25, "count": 4}, plain: None}
    by_rating = guest.get("/v1/listings", params={"q": word, "sort": "rating", "limit": 1}).json()
    assert [item["id"] for item in by_rating["items"]] == [rated]
    following = {"q": word, "sort": "rating", "limit": 1, "cursor": by_rating["next"]}
    assert [i["id"] for i in guest.get("/v1/listings", params=following).json()["items"]] == [plain]
