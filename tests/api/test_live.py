"""Who listens to a booking, or to their listings, hears what happens, once and in order."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.live.hub import PER_ACCOUNT
from api.positions import decode_positions, encode_positions
from tests.api.listening import Listening, listening, ticket
from tests.api.people import Person, hold, join, offer
from tests.api.workbench import problem
from tests.processes import Processes

pytestmark = pytest.mark.servers

PAID = ["payment.requested", "payment.authorised", "payment.captured", "booking.confirmed"]


@pytest.fixture(autouse=True)
def begun(running: Processes, http: httpx.Client, guest: Person) -> None:
    """Wait until the worker has begun the feed; until then streams are 503."""
    until_begun(running, http, guest)


def until_begun(running: Processes, http: httpx.Client, guest: Person) -> None:
    bearer = {"Authorization": f"Bearer {guest.token}"}
    running.until(
        lambda: http.head("/v1/me/live", headers=bearer).status_code == 200, "there is no feed"
    )


def held(guest: Person, host: Person, **listing: Any) -> str:
    """The id of a new booking, once its page shows it."""
    made = hold(guest, offer(host, **listing))
    assert made.status_code == 201, made.text
    booking: str = made.json()["id"]
    assert guest.get(f"/v1/bookings/{booking}").status_code == 200
    return booking


@contextmanager
def opened(running: Processes, http: httpx.Client, url: str) -> Generator[Listening]:
    """A stream that may have to wait for what its ticket was given for."""
    with ExitStack() as stack:
        found: list[httpx.Response] = []

        def ready() -> bool:
            answer = stack.enter_context(http.stream("GET", url))
            if answer.status_code == 200:
                found.append(answer)
            else:
                answer.read()
                assert problem(answer) == (503, "not_yet")
            return bool(found)

        running.until(ready, "the stream did not open")
        yield Listening(found[0]).opened()


def heard(stream: Listening, until: str) -> list[str]:
    """The names of the events up to one."""
    names: list[str] = []
    while not names or names[-1] != until:
        names.append(stream.next().event)
    return names


def test_a_guest_hears_their_booking_being_paid_and_confirmed(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    booking = held(guest, host)
    with listening(http, ticket(guest, f"/v1/bookings/{booking}")) as stream:
        assert stream.retry > 0
        assert guest.post(f"/v1/bookings/{booking}/confirm").status_code == 200
        names = heard(stream, "booking.confirmed")
    assert names == PAID


def test_what_is_told_can_be_read_and_says_nothing_personal(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    booking = held(guest, host)
    with listening(http, ticket(guest, f"/v1/bookings/{booking}")) as stream:
        cancelled = guest.post(f"/v1/bookings/{booking}/cancel").json()
        told = stream.next()
    assert told.event == "booking.cancelled"
    assert set(told.data) == {
        "booking_id",
        "listing_id",
        "status",
        "version",
        "position",
        "recorded_at",
    }
    assert (told.data["booking_id"], told.data["status"]) == (booking, "cancelled")
    assert told.data["version"] == cancelled["version"]
    assert told.data["position"] in decode_positions(told.id).values()
    bearer = {"Authorization": f"Bearer {guest.token}"}
    # Without a token and at once: it was shown before it was told.
    page = http.get(f"/v1/bookings/{booking}", headers=bearer).json()
    assert (page["status"], page["version"]) == ("cancelled", cancelled["version"])
    asked = {**bearer, "Min-Position": told.id}
    assert http.get(f"/v1/bookings/{booking}", headers=asked).status_code == 200


def test_who_comes_back_hears_what_they_missed_once(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    booking = held(guest, host)
    of = f"/v1/bookings/{booking}"
    with listening(http, ticket(guest, of)) as stream:
        seen = stream.seen
    assert guest.post(f"{of}/confirm").status_code == 200
    assert guest.post(f"{of}/cancel").status_code == 200
    with listening(http, ticket(guest, of), after=seen) as stream:
        missed = heard(stream, "booking.cancelled")
    assert missed == [*PAID, "booking.cancelled"]
    headers = {"Last-Event-ID": seen, "Authorization": f"Bearer {guest.token}"}
    with listening(http, f"{of}/live", **headers) as stream:
        assert heard(stream, "booking.confirmed") == PAID
        half = stream.seen
    with listening(http, ticket(guest, of), after=half) as stream:
        assert stream.next().event == "booking.cancelled"


def test_a_host_hears_every_booking_of_their_listings(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    others = held(guest, join(http, "Olof"))
    with listening(http, ticket(host, "/v1/me")) as stream:
        bookings = {held(guest, host) for _ in range(4)}
        assert guest.post(f"/v1/bookings/{others}/cancel").status_code == 200
        told = [stream.next() for _ in range(4)]
        assert {each.event for each in told} == {"booking.requested"}
        assert {each.data["booking_id"] for each in told} == bookings
        seen = stream.seen
    first = min(bookings)
    assert guest.post(f"/v1/bookings/{first}/cancel").status_code == 200
    with listening(http, ticket(host, "/v1/me"), after=seen) as stream:
        cancelled = stream.next()
    assert (cancelled.event, cancelled.data["booking_id"]) == ("booking.cancelled", first)


def test_a_co_host_hears_bookings_while_they_may_and_no_longer(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    listing = offer(host)
    helper = join(http, "Hjalmar")
    body = {"email": helper.email, "permissions": ["bookings"]}
    assert host.post(f"/v1/listings/{listing}/co-hosts", json=body).status_code == 201
    helper.seen = host.seen
    assert helper.get("/v1/me/listings").status_code == 200
    booking = hold(guest, listing).json()["id"]
    helper.seen = guest.seen
    assert helper.get(f"/v1/bookings/{booking}").status_code == 200
    with (
        listening(http, ticket(helper, "/v1/me")) as mine,
        listening(http, ticket(helper, f"/v1/bookings/{booking}")) as one,
    ):
        assert guest.post(f"/v1/bookings/{booking}/cancel").status_code == 200
        assert mine.next().event == one.next().event == "booking.cancelled"
        removed = host.ask("DELETE", f"/v1/listings/{listing}/co-hosts/{helper.id}")
        assert removed.status_code == 204
        [last] = one.rest()
        assert (last.event, last.data) == ("ended", {"code": "not_found"})


def test_a_ticket_is_good_once_and_for_one_stream(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    booking = held(guest, host)
    url = ticket(guest, f"/v1/bookings/{booking}")
    given = httpx.URL(url).params["ticket"]
    with listening(http, url):
        assert problem(http.get(url)) == (401, "invalid_ticket")
    assert problem(http.get(url)) == (401, "invalid_ticket")
    fresh = httpx.URL(ticket(guest, "/v1/me")).params["ticket"]
    for wrong in (
        f"/v1/bookings/{booking}/live?ticket={fresh}",
        f"/v1/bookings/{booking}/live?ticket={given[:-4]}AAAA",
        f"/v1/bookings/{booking}/live?ticket={guest.token}",
        f"/v1/bookings/{booking}/live?ticket=x",
        f"/v1/bookings/{booking}/live",
        "/v1/me/live",
    ):
        answer = http.get(wrong)
        assert problem(answer) == (401, "invalid_ticket")
        assert "www-authenticate" in answer.headers
    as_token = http.get("/v1/me", headers={"Authorization": f"Bearer {given}"})
    assert problem(as_token) == (401, "invalid_token")


def test_a_ticket_waits_for_the_booking_that_it_was_given_for(
    running: Processes, http: httpx.Client
) -> None:
    host = join(http, "Hedda")
    listing = offer(host)
    # Nothing that happens from here on can be read yet.
    running.pause("worker pages")
    try:
        guest = join(http, "Gunnel")
        made = hold(guest, listing)
        of = f"/v1/bookings/{made.json()['id']}"
        one, mine = ticket(guest, of), ticket(guest, "/v1/me")
        for url in (one, mine):
            assert problem(http.get(url)) == (503, "not_yet")
        bearer = {"Authorization": f"Bearer {guest.token}"}
        asked = {**bearer, "Min-Position": made.headers["Sojourn-Position"]}
        assert problem(http.get(f"{of}/live", headers=asked)) == (503, "not_yet")
    finally:
        running.resume("worker pages")
    # Those that had to wait too long are as good as before.
    with opened(running, http, one) as booking, opened(running, http, mine):
        assert guest.post(f"{of}/cancel").status_code == 200
        assert heard(booking, "booking.cancelled")[-1] == "booking.cancelled"


def test_who_is_erased_listens_no_more(running: Processes, http: httpx.Client) -> None:
    guest = join(http, "Gunnel")
    before = ticket(guest, "/v1/me")
    with opened(running, http, ticket(guest, "/v1/me")) as stream:
        assert guest.ask("DELETE", "/v1/me").status_code == 204
        [last] = stream.rest()
        assert (last.event, last.data) == ("ended", {"code": "invalid_token"})
    assert problem(http.get(before)) == (401, "invalid_token")
    bearer = {"Authorization": f"Bearer {guest.token}"}
    assert problem(http.get("/v1/me/live", headers=bearer)) == (401, "invalid_token")
    assert problem(guest.post("/v1/me/live-ticket")) == (403, "account_erased")


def test_others_get_no_ticket(http: httpx.Client, guest: Person, host: Person) -> None:
    booking = held(guest, host)
    stranger = join(http, "Sven")
    for identity in (booking, str(uuid4())):
        answer = stranger.post(f"/v1/bookings/{identity}/live-ticket")
        assert problem(answer) == (404, "not_found")
    assert problem(http.post(f"/v1/bookings/{booking}/live-ticket")) == (401, "unauthenticated")
    assert problem(http.post("/v1/me/live-ticket")) == (401, "unauthenticated")


def test_what_is_no_position_is_refused(http: httpx.Client, guest: Person) -> None:
    bearer = {"Authorization": f"Bearer {guest.token}"}
    answer = http.get("/v1/me/live?after=x", headers=bearer)
    assert problem(answer) == (422, "invalid")
    answer = http.get("/v1/me/live", headers={**bearer, "Last-Event-ID": "x"})
    assert problem(answer) == (400, "bad_position")


def test_whose_past_is_forgotten_is_told_to_read_again(
    http: httpx.Client, guest: Person, host: Person
) -> None:
    booking = held(guest, host)
    of = f"/v1/bookings/{booking}"
    with listening(http, ticket(guest, of)) as stream:
        seen = decode_positions(stream.seen)
    # The feed was begun with the platform: nothing before its first event was ever in it.
    long_ago = encode_positions(dict.fromkeys(seen, 0))
    with listening(http, ticket(guest, of), after=long_ago) as stream:
        assert stream.next().event in {"reset", "booking.requested"}


def test_one_account_keeps_only_so_many_streams_open(http: httpx.Client, guest: Person) -> None:
    bearer = {"Authorization": f"Bearer {guest.token}"}
    with httpx.Client(base_url=http.base_url, timeout=30) as client:
        opened = [
            client.send(client.build_request("GET", "/v1/me/live", headers=bearer), stream=True)
            for _ in range(PER_ACCOUNT)
        ]
        assert {each.status_code for each in opened} == {200}
        refused = client.get("/v1/me/live", headers=bearer)
        assert problem(refused) == (429, "too_many_requests")
        assert refused.headers["retry-after"]
        # Whoever goes is noticed through the gateway, and makes room.
        opened.pop().close()
        give_up = time.monotonic() + 10
        while True:
            with client.stream("GET", "/v1/me/live", headers=bearer) as answer:
                if answer.status_code == 200:
                    break
            assert time.monotonic() < give_up, "the client that left still counts"
            time.sleep(0.05)
        for each in opened:
            each.close()


def test_a_head_of_a_stream_ends(http: httpx.Client, guest: Person) -> None:
    bearer = {"Authorization": f"Bearer {guest.token}"}
    answer = http.head("/v1/me/live", headers=bearer)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_silence_is_filled_with_heartbeats(http: httpx.Client, guest: Person) -> None:
    with listening(http, ticket(guest, "/v1/me")) as stream:
        before = stream.heartbeats
        stream.opened()
        assert stream.heartbeats == before + 1
        assert decode_positions(stream.seen)


def test_streams_end_when_their_app_stops(processes: Processes) -> None:
    processes.start("api commands", "api queries", "worker pages", "relay")
    url = processes.url("api commands") or ""
    with httpx.Client(base_url=url, timeout=30) as commands:
        guest = join(commands)
        path = ticket(guest, "/v1/me")
    with httpx.Client(base_url=processes.url("api queries") or "", timeout=30) as queries:
        guest.http = queries
        processes.until(lambda: guest.get("/v1/me").is_success, "the account's page is not there")
        # Before any worker has begun a feed nobody can listen; that uses no ticket up.
        assert queries.get(path).status_code == 503
        processes.start("worker feed")
        until_begun(processes, queries, guest)
        with listening(queries, path) as stream:
            assert processes.stop("api queries") == 0
            # It is brought to an end, not cut off: a body that is cut off is an error.
            assert stream.rest() == []
