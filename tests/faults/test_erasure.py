"""Who is erased can be read nowhere any more, whoever was killed, stopped or late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from commands.context import Context
from commands.erase_account import EraseAccount, erase_account
from eventlog.personal.keys import REMEMBERED
from sojourn.migrate import keys_owner
from sojourn.wiring import commands
from tests.api.people import PASSWORD, Person, join, offer, sign_in
from tests.api.stays import confirmed, past_of
from tests.api.workbench import problem
from tests.faults.stores import found_in
from tests.platforms import Platform
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

TITLE = "Boathouse"
SLACK = 1.5
"""Seconds for the answers themselves, on a machine that is busy."""


@pytest.fixture
def http(processes: Processes) -> Iterator[httpx.Client]:
    processes.start_all()
    with httpx.Client(base_url=processes.url("gateway") or "", timeout=30) as http:
        yield http


def key_of(platform: Platform, person: str) -> tuple[bool, bool]:
    """Whether there is a key, and whether it is erased."""
    with psycopg.connect(keys_owner(platform.settings)) as connection:
        row = connection.execute(
            "SELECT wrapped IS NOT NULL, erased_at IS NOT NULL FROM personal_keys"
            " WHERE person = %s",
            [person],
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def signs_in(platform: Platform, person: str) -> int:
    """How many credentials and sessions the person has."""
    with psycopg.connect(platform.settings.need("postgres_url")) as connection:
        rows = connection.execute(
            "SELECT account_id FROM credentials UNION ALL SELECT account_id FROM sessions"
        ).fetchall()
    return sum(str(row[0]) == person for row in rows)


def says_everything(
    guest: Person, host: Person, listing: str, secret: str, processes: Processes
) -> str:
    """The guest leaves ``secret`` wherever a person can; the booking with most of it."""
    booking = confirmed(host, guest, listing, first=40)
    about = f"/v1/bookings/{booking}"
    assert guest.post(f"{about}/messages", json={"text": f"{secret} wrote"}).is_success
    asked = guest.post(f"/v1/listings/{listing}/inquiries", json={"text": f"{secret} asked"})
    assert asked.is_success
    with past_of(processes) as past:
        past.completed(booking, host, guest, days_ago=5)
    review = {"rating": 5, "text": f"{secret} liked it", "private_note": f"{secret} noted"}
    assert guest.post(f"{about}/reviews", json=review).is_success
    cancelled = confirmed(host, guest, listing, first=60)
    reason = {"reason": f"{secret} is ill"}
    assert guest.post(f"/v1/bookings/{cancelled}/cancel", json=reason).is_success
    etag = guest.get("/v1/me").headers["ETag"]
    renamed = guest.ask("PATCH", "/v1/me", json={"name": f"{secret} II"},
                        headers={"If-Match": etag})  # fmt: skip
    assert renamed.json()["name"] == f"{secret} II"
    host.seen = guest.seen
    return booking


def test_nothing_of_an_erased_person_can_be_read_even_by_a_worker_that_comes_late(
    platform: Platform, processes: Processes, http: httpx.Client
) -> None:
    secret = f"Zebedee{uuid4().hex[:12]}"
    host, guest = join(http, "Hedda"), join(http, secret)
    listing = offer(host, title=TITLE)
    booking = says_everything(guest, host, listing, secret, processes)
    processes.stop("worker pages")
    guest.seen = ""
    late = guest.post(f"/v1/bookings/{booking}/messages", json={"text": f"{secret} once more"})
    assert late.is_success

    # What is public stands in every store: this is how it would be found.
    public = found_in(platform, TITLE.encode())
    assert {"postgres stored_events", "kafka", "redis", "elasticsearch"} <= public
    assert found_in(platform, secret.encode()) == set()

    erased = guest.ask("DELETE", "/v1/me")
    assert erased.status_code == 204, erased.text
    assert key_of(platform, guest.id) == (False, True)
    assert signs_in(platform, guest.id) == 0
    assert guest.ask("DELETE", "/v1/me").status_code == 204, "to repeat it is harmless"

    processes.start("worker pages")
    host.seen = erased.headers["Sojourn-Position"]
    told = host.get(f"/v1/bookings/{booking}/messages")
    assert [item["text"] for item in told.json()["items"]] == ["erased", "erased"]
    assert secret not in told.text
    for path in (f"/v1/bookings/{booking}/reviews", f"/v1/listings/{listing}/reviews",
                 f"/v1/listings/{listing}/inquiries", f"/v1/bookings/{booking}"):  # fmt: skip
        shown = host.get(path)
        assert shown.status_code == 200, shown.text
        assert secret.lower() not in shown.text.lower()
    assert host.get(f"/v1/bookings/{booking}/reviews").json()["items"] == []
    assert found_in(platform, secret.encode()) == set()

    assert sign_in(http, guest.email).status_code == 400
    form = {"grant_type": "refresh_token", "refresh_token": guest.refresh}
    assert http.post("/v1/token", data=form).status_code == 400
    assert problem(guest.get("/v1/me")) == (401, "invalid_token")
    again = {"email": guest.email, "password": PASSWORD, "name": "Somebody new"}
    assert http.post("/v1/accounts", json=again).status_code == 201
    verdict = sojourn(platform, "verify", "--wait", "60")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_every_process_stops_reading_within_a_second(
    platform: Platform, http: httpx.Client
) -> None:
    host, guest = join(http, "Hedda"), join(http, "Gunnel")
    listing = offer(host)
    guest.seen = host.seen
    asked = guest.post(f"/v1/listings/{listing}/inquiries", json={"text": "Is it quiet?"})
    path = f"/v1/inquiries/{asked.json()['id']}/messages"
    host.seen = guest.seen

    def text() -> str:
        return host.get(path).json()["items"][0]["text"]

    assert text() == "Is it quiet?"
    with psycopg.connect(keys_owner(platform.settings), autocommit=True) as connection:
        connection.execute(
            "UPDATE personal_keys SET wrapped = NULL, master = NULL, erased_at = now()"
            " WHERE person = %s",
            [guest.id],
        )
    deadline = time.monotonic() + REMEMBERED + SLACK
    while (said := text()) != "erased":
        assert time.monotonic() < deadline, f"still read: {said}"
    # Whoever still has a token does nothing more in the erased person's name.
    time.sleep(REMEMBERED)
    refused = guest.post(f"/v1/inquiries/{asked.json()['id']}/messages", json={"text": "Hello?"})
    assert problem(refused) == (403, "account_erased")


def test_an_erasure_that_was_cut_off_is_finished_by_the_reactors(
    platform: Platform, processes: Processes, http: httpx.Client
) -> None:
    guest = join(http, "Gunnel")
    processes.kill("worker reactors")
    with commands(platform.settings) as ready:
        context = Context(actor=UUID(guest.id), correlation_id="cut off")
        ready.execute(erase_account, EraseAccount(account_id=UUID(guest.id)), context)
    assert key_of(platform, guest.id) == (True, False)
    processes.start("worker reactors")
    processes.until(lambda: key_of(platform, guest.id) == (False, True), "the key is still there")
    assert signs_in(platform, guest.id) == 0


def test_who_is_needed_is_not_erased_yet(http: httpx.Client) -> None:
    host, guest = join(http, "Hedda"), join(http, "Gunnel")
    listing = offer(host)
    booking = confirmed(host, guest, listing)
    for person in (guest, host):
        refused = person.ask("DELETE", "/v1/me")
        assert problem(refused) == (409, "bookings_open")
        assert refused.json()["values"]["bookings"] == [booking]
    assert guest.post(f"/v1/bookings/{booking}/cancel").is_success
    host.seen = guest.seen

    def erased(person: Person) -> bool:
        return person.ask("DELETE", "/v1/me").status_code == 204

    deadline = time.monotonic() + 20
    while not erased(guest):
        assert time.monotonic() < deadline, "the refund is still under way"
    assert erased(host)
    gone = http.get(f"/v1/listings/{listing}", headers={"Min-Position": host.seen})
    assert gone.json()["status"] == "archived"
