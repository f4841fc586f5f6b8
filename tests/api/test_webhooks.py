"""Integrators are told of what happens, signed, until they have it, and nothing personal."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from streams.webhooks.delivering import PER_ENDPOINT
from streams.webhooks.schedule import SCHEDULE
from tests.api.people import Person, hold, join, offer
from tests.api.workbench import problem
from tests.processes import Processes, sojourn
from tests.receiver import Received, Receiver, receiving

pytestmark = pytest.mark.servers

BOOKED = ["booking.requested", "payment.requested", "payment.authorised", "payment.captured",
          "booking.confirmed"]  # fmt: skip


@dataclass
class Hook:
    """An endpoint that was registered, at a path of its own."""

    owner: Person
    receiver: Receiver
    page: dict[str, Any]
    path: str
    events: list[str] = field(default_factory=list[str])

    @property
    def at(self) -> str:
        return f"/v1/webhook-endpoints/{self.page['id']}"

    def deliveries(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.owner.get(f"{self.at}/deliveries", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def received(self, count: int) -> list[Received]:
        return self.receiver.until(self.path, count)

    def until(self, status: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many deliveries have a status."""
        give_up = time.monotonic() + 30
        while len(found := self.deliveries(status=status)) < count:
            assert time.monotonic() < give_up, self.deliveries()
            time.sleep(0.02)
        return found

    def shown(self) -> dict[str, Any]:
        return self.owner.get(self.at).json()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def registered(owner: Person, receiver: Receiver, **more: Any) -> Hook:
    path = f"/hooks/{uuid4().hex}"
    body = {"url": receiver.url(path), **more}
    made = owner.post("/v1/webhook-endpoints", json=body)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/webhook-endpoints/{made.json()['id']}"
    return Hook(owner, receiver, made.json(), path)


@pytest.fixture
def hook(host: Person, receiver: Receiver) -> Hook:
    return registered(host, receiver)


def booked(guest: Person, host: Person) -> str:
    """The id of a confirmed booking."""
    held = hold(guest, offer(host)).json()["id"]
    confirmed = guest.post(f"/v1/bookings/{held}/confirm")
    assert confirmed.json()["status"] == "confirmed", confirmed.text
    return held


def time_passes(running: Processes, hook: Hook) -> None:
    """Whatever waits for another attempt has waited long enough."""
    with psycopg.connect(running.platform.settings.need("postgres_url")) as owner:
        owner.execute(
            "UPDATE webhook_deliveries SET next_at = now() WHERE endpoint_id = %s"
            " AND next_at IS NOT NULL",
            [hook.page["id"]],
        )


def answers(receiver: Receiver, hook: Hook, status: int, **headers: str) -> None:
    """Let the endpoint answer with ``status`` from now on."""
    others = receiver.answer

    def answer(request: Received) -> tuple[int, dict[str, str], bytes]:
        return (status, headers, b"no\0") if request.path == hook.path else others(request)

    receiver.answer = answer


def test_what_happens_is_sent_once_signed_and_in_order(hook: Hook, guest: Person) -> None:
    booking = booked(guest, hook.owner)
    found = hook.received(len(BOOKED))
    verifier = Webhook(hook.page["secret"])
    told = [verifier.verify(each.body, each.headers) for each in found]
    assert sorted(each["type"] for each in told) == sorted(BOOKED)
    assert {each["data"]["booking_id"] for each in told} == {booking}
    assert len({each.id for each in found}) == len(BOOKED)
    positions = {each["type"]: each["data"]["position"] for each in told}
    assert sorted(positions, key=positions.__getitem__) == BOOKED
    [confirmed] = [each for each in told if each["type"] == "booking.confirmed"]
    assert confirmed["data"]["status"] == "confirmed"
    assert confirmed["data"]["total"] == {"amount": 360_000, "currency": "SEK"}
    assert found[0].headers["content-type"] == "application/json"
    text = b"".join(each.body for each in found).decode()
    for secret in (guest.id, guest.email, "Gunnel"):
        assert secret not in text


def test_a_body_that_was_changed_is_not_ours(hook: Hook, guest: Person) -> None:
    booked(guest, hook.owner)
    sent = hook.received(1)[0]
    verifier = Webhook(hook.page["secret"])
    for body, headers in (
        (sent.body + b" ", sent.headers),
        (sent.body, {**sent.headers, "webhook-id": "another"}),
        (sent.body, {**sent.headers, "webhook-timestamp": "1"}),
    ):
        with pytest.raises(WebhookVerificationError):
            verifier.verify(body, headers)


def test_only_what_was_asked_for_is_sent_and_only_of_ones_own(
    host: Person, guest: Person, receiver: Receiver, http: httpx.Client
) -> None:
    wanted = registered(host, receiver, events=["booking.cancelled"])
    others = registered(join(http, "Olof"), receiver)
    booking = booked(guest, host)
    assert guest.post(f"/v1/bookings/{booking}/cancel").status_code == 200
    [cancelled] = wanted.until("delivered")
    assert (cancelled["event"], cancelled["attempts"]) == ("booking.cancelled", 1)
    [sent] = receiver.at(wanted.path)
    told = json.loads(sent.body)
    assert told["data"]["refund_total"] == {"amount": 360_000, "currency": "SEK"}
    assert others.deliveries() == []
    assert receiver.at(others.path) == []


def test_a_secret_that_is_replaced_signs_for_another_day(hook: Hook, guest: Person) -> None:
    first = hook.page["secret"]
    key = {"Idempotency-Key": uuid4().hex}
    rotated = hook.owner.post(f"{hook.at}/rotate-secret", headers=key)
    second = rotated.json()["secret"]
    assert first != second
    assert rotated.headers["cache-control"] == "no-store"
    again = hook.owner.post(f"{hook.at}/rotate-secret", headers=key)
    assert (again.json()["secret"], again.headers["idempotency-replayed"]) == (second, "true")
    booked(guest, hook.owner)
    sent = hook.received(1)[0]
    assert len(sent.headers["webhook-signature"].split()) == 2
    for secret in (first, second):
        Webhook(secret).verify(sent.body, sent.headers)
    assert hook.shown()["previous_secret_until"]
    assert "secret" not in hook.shown()


def test_the_secret_is_kept_nowhere(running: Processes, hook: Hook) -> None:
    rotated = hook.owner.post(
        f"{hook.at}/rotate-secret", headers={"Idempotency-Key": uuid4().hex}
    ).json()
    with psycopg.connect(running.platform.settings.need("postgres_url")) as owner:
        for table in ("stored_events", "receipts", "webhook_deliveries"):
            found = owner.execute(f"SELECT t::text FROM {table} AS t").fetchall()  # noqa: S608 - ours
            text = "".join(row[0] for row in found)
            for secret in (hook.page["secret"], rotated["secret"]):
                plain = secret.removeprefix("whsec_").encode()
                assert plain.decode() not in text
                assert plain.hex() not in text


def test_a_failure_is_tried_again_under_the_same_id(
    running: Processes, hook: Hook, guest: Person, receiver: Receiver
) -> None:
    answers(receiver, hook, 500)
    hold(guest, offer(hook.owner))
    first = hook.received(1)[0]
    [waiting] = hook.until("pending")
    while not waiting["response_status"]:
        [waiting] = hook.deliveries()
    assert (waiting["id"], waiting["response_status"]) == (first.id, 500)
    assert [each["response_status"] for each in waiting["history"]] == [waiting["response_status"]]
    assert waiting["history"][0]["at"] == waiting["last_attempt_at"]
    assert waiting["response_body"] == "no\ufffd"
    assert waiting["next_attempt_at"] > waiting["last_attempt_at"]
    answers(receiver, hook, 202)
    time_passes(running, hook)
    [done] = hook.until("delivered")
    assert (done["attempts"], done["next_attempt_at"], done["problem"]) == (2, None, "")
    assert [each["response_status"] for each in done["history"]] == [500, 202]
    second = hook.received(2)[1]
    assert (second.id, second.body) == (first.id, first.body)
    Webhook(hook.page["secret"]).verify(second.body, second.headers)


def test_redirects_are_not_followed(hook: Hook, receiver: Receiver) -> None:
    answers(receiver, hook, 302, location=receiver.url("/elsewhere"))
    assert hook.owner.post(f"{hook.at}/test").status_code == 202
    hook.received(1)
    [found] = hook.until("pending")
    while not found["response_status"]:
        [found] = hook.deliveries()
    assert (found["response_status"], found["problem"]) == (302, "redirects are not followed")
    assert receiver.at("/elsewhere") == []


def letters_to(running: Processes, email: str) -> list[str]:
    folder = running.platform.settings.mail_folder
    assert folder
    found = [message_from_bytes(path.read_bytes()) for path in folder.glob("*.eml")]
    return [str(each["Subject"]) for each in found if each["To"] == email]


def test_who_answers_gone_is_sent_nothing_more_and_its_owner_is_told(
    running: Processes, hook: Hook, guest: Person, receiver: Receiver
) -> None:
    answers(receiver, hook, 410)
    assert hook.owner.post(f"{hook.at}/test").status_code == 202
    hook.until("failed")
    running.until(lambda: hook.shown()["status"] == "disabled", "it was not disabled")
    assert hook.shown()["disabled_because"] == "gone"
    running.until(
        lambda: "Your webhooks have stopped" in letters_to(running, hook.owner.email),
        "its owner was not told",
    )
    assert problem(hook.owner.post(f"{hook.at}/test")) == (409, "endpoint_disabled")
    answers(receiver, hook, 200)
    hold(guest, offer(hook.owner))
    etag = {"If-Match": hook.owner.get(hook.at).headers["etag"]}
    body = {"status": "active"}
    enabled = hook.owner.ask("PATCH", hook.at, json=body, headers=etag)
    assert (enabled.status_code, enabled.json()["status"]) == (200, "active")
    assert enabled.json()["disabled_because"] is None
    booked(guest, hook.owner)
    hook.until("delivered", len(BOOKED))
    # What happened while it was disabled is not caught up on.
    assert len(hook.deliveries()) == len(BOOKED) + 1


def test_who_takes_nothing_for_days_is_disabled(
    running: Processes, hook: Hook, receiver: Receiver
) -> None:
    answers(receiver, hook, 503)
    assert hook.owner.post(f"{hook.at}/test").status_code == 202
    for attempt in range(1, len(SCHEDULE) + 2):
        hook.received(attempt)
        running.until(lambda: bool(hook.deliveries()[0]["response_status"]), "nothing was kept")
        time_passes(running, hook)
    [failed] = hook.until("failed")
    assert failed["attempts"] == len(SCHEDULE) + 1
    running.until(lambda: hook.shown()["status"] == "disabled", "it was not disabled")
    assert hook.shown()["disabled_because"] == "failing"
    assert len({each.id for each in receiver.at(hook.path)}) == 1


def test_one_that_is_slow_holds_no_other_up(
    host: Person, guest: Person, receiver: Receiver
) -> None:
    slow, quick = registered(host, receiver), registered(host, receiver)
    done = threading.Event()
    others = receiver.answer

    def answer(request: Received) -> tuple[int, dict[str, str], bytes]:
        if request.path == slow.path:
            done.wait(10)
        return others(request)

    receiver.answer = answer
    try:
        for _ in range(2):
            booked(guest, host)
        quick.until("delivered", 2 * len(BOOKED))
        assert len(receiver.at(slow.path)) == PER_ENDPOINT
    finally:
        done.set()
    slow.until("delivered", 2 * len(BOOKED))


def test_a_delivery_is_sent_again_when_asked_for(hook: Hook, running: Processes) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    sent = [hook.owner.post(f"{hook.at}/test", headers=key) for _ in range(2)]
    assert [each.status_code for each in sent] == [202, 202]
    assert sent[0].json() == sent[1].json()
    [tried] = hook.until("delivered")
    assert (tried["event"], tried["position"]) == ("webhook.test", None)
    again = hook.owner.post(f"{hook.at}/deliveries/{tried['id']}/redeliver")
    assert again.json() == {"delivery_id": tried["id"]}
    assert {each.id for each in hook.received(2)} == {tried["id"]}
    by_hand = sojourn(running.platform, "webhooks", "redeliver", hook.page["id"], tried["id"])
    assert by_hand.returncode == 0, by_hand.stderr
    hook.received(3)
    unknown = hook.owner.post(f"{hook.at}/deliveries/{uuid4()}/redeliver")
    assert problem(unknown) == (404, "not_found")
    listed = sojourn(running.platform, "webhooks", "list")
    assert hook.page["id"][:8] in listed.stdout, listed.stderr
    shown = sojourn(running.platform, "webhooks", "deliveries", hook.page["id"])
    assert "webhook.test" in shown.stdout, shown.stderr


def test_others_endpoints_are_not_there(hook: Hook, guest: Person) -> None:
    etag = {"If-Match": "*"}
    for answer in (
        guest.get(hook.at),
        guest.get(f"{hook.at}/deliveries"),
        guest.post(f"{hook.at}/test"),
        guest.post(f"{hook.at}/rotate-secret"),
        guest.post(f"{hook.at}/deliveries/{uuid4()}/redeliver"),
        guest.ask("PATCH", hook.at, json={"url": 1}, headers=etag),
        guest.ask("PATCH", hook.at, json={}),
        guest.ask("DELETE", hook.at),
    ):
        assert problem(answer) == (404, "not_found")
    assert guest.get("/v1/webhook-endpoints").json() == {"items": [], "next": None}
    anonymous = guest.http.get("/v1/webhook-endpoints")
    assert problem(anonymous) == (401, "unauthenticated")


def test_endpoints_are_listed_changed_and_removed(host: Person, receiver: Receiver) -> None:
    hooks = [registered(host, receiver, description=f"Number {n}") for n in range(3)]
    first = host.get("/v1/webhook-endpoints?limit=2").json()
    second = host.get("/v1/webhook-endpoints", params={"cursor": first["next"]}).json()
    shown = first["items"] + second["items"]
    assert [each["description"] for each in shown] == ["Number 2", "Number 1", "Number 0"]
    assert second["next"] is None
    hook = hooks[0]
    unversioned = host.ask("PATCH", hook.at, json={"description": "x"})
    assert problem(unversioned) == (428, "version_required")
    stale = {"If-Match": '"7"'}
    refused = host.ask("PATCH", hook.at, json={"description": "x"}, headers=stale)
    assert problem(refused) == (412, "stale_version")
    body = {"events": ["booking.confirmed"], "description": None}
    changed = host.ask("PATCH", hook.at, json=body, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert changed.json()["events"] == ["booking.confirmed"]
    assert (changed.json()["description"], changed.json()["version"]) == ("", 2)
    for _ in range(2):
        host.ask("DELETE", hook.at)
    assert problem(host.get(hook.at)) == (404, "not_found")
    assert len(host.get("/v1/webhook-endpoints").json()["items"]) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "http://hooks.example/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://me:secret@hooks.example/"}, "url"),
        ({"url": "https://hooks.example/", "events": ["booking.exploded"]}, "events"),
        ({"url": "https://hooks.example/", "colour": "red"}, "colour"),
        ({"url": "https://hooks.example/", "scope": "world"}, "scope"),
    ],
)
def test_an_endpoint_that_makes_no_sense_is_refused(
    host: Person, body: dict[str, Any], field: str
) -> None:
    answer = host.post("/v1/webhook-endpoints", json=body)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_platforms_events_are_for_its_admins(
    running: Processes, host: Person, guest: Person, receiver: Receiver, http: httpx.Client
) -> None:
    body = {"url": receiver.url("/platform"), "scope": "platform"}
    assert problem(host.post("/v1/webhook-endpoints", json=body)) == (403, "not_yours")
    boss = join(http, "Bo")
    granted = sojourn(running.platform, "accounts", "grant", boss.email, "admin")
    assert granted.returncode == 0, granted.stderr
    hook = registered(boss, receiver, scope="platform", events=["booking.confirmed"])
    booking = booked(guest, host)
    hook.until("delivered")
    assert booking in {json.loads(each.body)["data"]["booking_id"] for each in hook.received(1)}
    withdrawn = sojourn(running.platform, "accounts", "withdraw", boss.email, "admin")
    assert withdrawn.returncode == 0, withdrawn.stderr
    before = len(hook.deliveries(limit=100))
    mine = registered(host, receiver, events=["booking.confirmed"])
    booked(guest, host)
    mine.until("delivered")
    assert len(hook.deliveries(limit=100)) == before
