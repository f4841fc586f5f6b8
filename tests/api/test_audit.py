"""Auditors read the log over HTTP, by every column, a page at a time."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from api.positions import decode_positions
from tests.api.people import Person, listing_body
from tests.api.workbench import NOBODY, problem

pytestmark = pytest.mark.servers


def test_an_event_tells_who_when_and_why(admin: Person, host: Person) -> None:
    trace = uuid4().hex
    headers = {"traceparent": f"00-{trace}-{'1' * 16}-01", "X-Request-ID": "not-this"}
    made = host.post("/v1/listings", json=listing_body(), headers=headers)
    assert made.headers["traceparent"] == headers["traceparent"]
    found = admin.get("/v1/audit/events", params={"correlation_id": trace}).json()
    assert found["next"] is None
    first = found["items"][0]
    assert first.keys() == {
        "position",
        "stream",
        "version",
        "type",
        "recorded_at",
        "occurred_at",
        "actor",
        "correlation_id",
        "causation_id",
        "data",
        "hash",
    }
    assert first["stream"] == f"listing-{made.json()['id']}"
    assert (first["version"], first["type"], first["actor"]) == (1, "listing.drafted.v1", host.id)
    assert len(first["hash"]) == 64
    last = max(item["position"] for item in found["items"])
    assert last in decode_positions(made.headers["Sojourn-Position"]).values()


def test_the_request_id_correlates_without_a_trace(admin: Person, host: Person) -> None:
    wanted = f"req.{uuid4()}"
    host.post("/v1/listings", json=listing_body(), headers={"X-Request-ID": wanted})
    found = admin.get("/v1/audit/events", params={"correlation_id": wanted}).json()
    assert found["items"]


def test_a_stream_is_read_in_order_and_in_pages(admin: Person, host: Person) -> None:
    listing = host.post("/v1/listings", json=listing_body()).json()["id"]
    path = f"/v1/audit/streams/listing-{listing}"
    everything = admin.get(path, params={"limit": 100}).json()["items"]
    assert [item["version"] for item in everything] == list(range(1, len(everything) + 1))
    first = page = admin.get(path, params={"limit": 2})
    rest: list[Any] = []
    while "link" in page.headers:
        page = admin.get(page.headers["link"][1:].partition(">")[0])
        rest += page.json()["items"]
    assert first.json()["items"] + rest == everything
    assert page.json()["next"] is None
    behind = admin.get(path, params={"after": first.json()["next"], "limit": 100}).json()["items"]
    at = admin.get(path, params={"after": everything[1]["position"]}).json()["items"]
    assert behind == at == rest


def test_each_column_narrows(admin: Person, host: Person) -> None:
    host.post("/v1/listings", json=listing_body())
    asked = {"actor": host.id, "type": "listing.drafted.v1"}
    [event] = admin.get("/v1/audit/events", params=asked).json()["items"]
    until = {**asked, "to": event["recorded_at"]}
    assert admin.get("/v1/audit/events", params=until).json()["items"] == []
    since = {**asked, "from": event["recorded_at"]}
    assert admin.get("/v1/audit/events", params=since).json()["items"] == [event]


def test_an_unknown_stream_is_404(admin: Person) -> None:
    assert problem(admin.get(f"/v1/audit/streams/listing-{NOBODY}")) == (404, "not_found")


@pytest.mark.parametrize(
    "wrong", ["from=yesterday", "to=1", "after=-1", "after=x", "limit=0", "stream=%00", "cursor=x"]
)
def test_what_cannot_be_asked_is_422(admin: Person, wrong: str) -> None:
    assert problem(admin.get(f"/v1/audit/events?{wrong}")) == (422, "invalid")


def test_only_auditors_read_the_log(guest: Person) -> None:
    assert problem(guest.get("/v1/audit/events")) == (403, "not_yours")
    assert problem(guest.http.get("/v1/audit/events")) == (401, "unauthenticated")
