"""Correlation, origins, HEAD, health, documents and limits, whatever the endpoint."""

from __future__ import annotations

import json

import anyio
import httpx
from openapi_spec_validator import validate
from starlette.types import Receive, Scope, Send

from api.middleware.deadline import Deadline
from tests.api.workbench import (
    LISTING,
    NOBODY,
    ORIGIN,
    client_of,
    problem,
    workbench,
)


async def test_a_request_has_an_id_and_a_trace(client: httpx.AsyncClient) -> None:
    given = await client.get("/v1/things", headers={"X-Request-ID": "a.B_c-1"})
    assert given.headers["x-request-id"] == "a.B_c-1"
    assert "traceparent" not in given.headers
    for wrong in ("", "a b", "x" * 129, "a\x01"):
        replaced = await client.get("/v1/things", headers={"X-Request-ID": wrong})
        assert replaced.headers["x-request-id"] not in {wrong, ""}
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    traced = await client.get("/v1/things", headers={"traceparent": trace})
    assert traced.headers["traceparent"] == trace
    endless = f"01-{'a' * 32}-{'b' * 16}-01-{'c' * 9_000}"
    for wrong in (f"00-{'0' * 32}-{'b' * 16}-01", "x", f"ff-{'a' * 32}-{'b' * 16}-01", endless):
        untraced = await client.get("/v1/things", headers={"traceparent": wrong})
        assert "traceparent" not in untraced.headers


async def test_only_known_origins_may_read(client: httpx.AsyncClient) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    told = await client.options("/v1/listings", headers=asked)
    assert told.status_code == 204
    assert told.headers["access-control-allow-origin"] == ORIGIN
    allowed = told.headers["access-control-allow-headers"].split(", ")
    assert {"Authorization", "Idempotency-Key", "If-Match", "Min-Position"} <= set(allowed)
    stranger = await client.options(
        "/v1/listings", headers={**asked, "Origin": "https://x.example"}
    )
    assert "access-control-allow-origin" not in stranger.headers
    answer = await client.get("/v1/nothing", headers={"Origin": ORIGIN})
    assert "Sojourn-Position" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Accept-Encoding, Origin, Authorization, Min-Position"
    silent = await client.get("/v1/nothing", headers={"Origin": "https://x.example"})
    assert "access-control-allow-origin" not in silent.headers


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    got = await client.get(f"/v1/listings/{LISTING}")
    head = await client.head(f"/v1/listings/{LISTING}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]


async def test_the_app_tells_its_health_its_numbers_and_its_docs(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json()["checks"] == {"something": "ok"}
    await client.get(f"/v1/listings/{NOBODY}")
    numbers = (await client.get("/metrics")).text
    assert 'route="/v1/listings/{listing_id}"' in numbers
    page = await client.get("/docs")
    assert "https://" not in page.text.replace("https://sojourn", "")


async def test_the_document_is_valid_openapi_and_names_every_error(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    validate(document)
    change = document["paths"]["/v1/listings/{listing_id}"]["patch"]
    assert {"401", "403", "404", "412", "422", "428", "default"} <= change["responses"].keys()
    assert change["security"] == [{"bearer": []}]
    assert "HTTPValidationError" not in json.dumps(document)


async def test_one_address_may_join_so_often_a_minute() -> None:
    async with client_of(workbench()) as client:
        admitted = [await client.post("/v1/accounts", json={}) for _ in range(240)]
        assert {answer.status_code for answer in admitted} == {404}
        assert admitted[-1].headers["ratelimit"].startswith('"sign-ups";r=0;t=')
        refused = await client.post("/v1/accounts", json={})
        assert problem(refused) == (429, "too_many_requests")
        assert int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit-policy"] == '"sign-ups";q=240;w=60'
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        other = await client.post("/v1/accounts", json={}, headers=forwarded)
        assert other.status_code == 404


async def test_options_tells_what_a_path_takes(client: httpx.AsyncClient) -> None:
    told = await client.options(f"/v1/listings/{LISTING}")
    assert (told.status_code, told.content) == (204, b"")
    assert told.headers["allow"] == "GET, HEAD, OPTIONS, PATCH"
    assert problem(await client.options("/v1/nothing")) == (404, "unknown_path")


async def test_an_answer_that_takes_too_long_is_503_and_does_not_hang() -> None:
    async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await anyio.sleep_forever()

    async with client_of(Deadline(hangs, seconds=0.05)) as client:
        for answer in (await client.get("/"), await client.post("/", content=b"x")):
            assert problem(answer) == (503, "unavailable")
            assert answer.headers["retry-after"]


async def test_an_answer_that_has_begun_may_take_its_time() -> None:
    async def streams(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await anyio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"done"})

    async with client_of(Deadline(streams, seconds=0.05)) as client:
        assert (await client.get("/")).text == "done"
