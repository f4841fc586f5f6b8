"""Both apps on one origin: routed by method, streamed, and honest when one of them is down."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from openapi_spec_validator import validate
from starlette.types import Receive, Scope, Send

from api.gateway import create_gateway
from stack.ports import any_free
from tests.api.workbench import LISTING, client_of, problem, workbench
from tests.processes import Processes


class Upstream:
    """An app that says what it was asked, or streams until nobody listens."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.gone = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/openapi.json":
            await self._say(send, b'{"openapi": "3.1.0", "paths": {"/only/{x}": {"post": {}}}}')
        elif scope["path"] == "/stream":
            await self._stream(receive, send)
        elif scope["path"].startswith("/only"):
            await self._say(send, b"{}", 404)
        else:
            await self._echo(scope, receive, send)

    async def _echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        told = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["raw_path"].decode() + "?" + scope["query_string"].decode()
        await self._say(send, repr([self.name, scope["method"], path, len(body), told]).encode())

    async def _say(self, send: Send, body: bytes, status: int = 200) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"connection", b"x-private"),
            (b"x-private", b"1"),
            (b"x-twice", b"1"),
            (b"x-twice", b"2"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone.set()


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
        running = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running


@asynccontextmanager
async def joined(commands: Any, queries: Any) -> AsyncGenerator[httpx.AsyncClient]:
    async with served(commands) as c, served(queries) as q:
        gateway = create_gateway(commands=c, queries=q)
        async with served(gateway) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
            yield client
        await gateway.state.upstreams.close()


async def test_reads_go_to_the_queries_and_all_else_to_the_commands() -> None:
    async with joined(Upstream("c"), Upstream("q")) as client:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = await client.request(method, "/v1/a%2Fb?x=%00&y", headers={"X-Twice": "a"})
            said = eval(answer.text)  # noqa: S307 - what our own upstream wrote
            assert said[:3] == ["q" if method == "GET" else "c", method, "/v1/a%2Fb?x=%00&y"]
            assert said[4]["x-forwarded-for"] == "127.0.0.1"
            assert said[4]["x-request-id"] == answer.headers["x-request-id"]
            assert answer.headers.get_list("x-twice") == ["1", "2"]
            assert "x-private" not in answer.headers
        assert (await client.head("/v1/a")).status_code == 200


async def test_bodies_pass_whole_announced_or_not() -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(50):
            yield b"x" * 10_000

    async with joined(Upstream("c"), Upstream("q")) as client:
        for content in (b"x" * 500_000, chunks(), b""):
            said = eval((await client.post("/v1/x", content=content)).text)  # noqa: S307 - ours
            assert said[3] == (0 if content == b"" else 500_000)


async def test_events_pass_as_they_happen_and_end_with_their_reader() -> None:
    upstream = Upstream("q")
    async with joined(Upstream("c"), upstream) as client:
        async with client.stream("GET", "/stream") as answer:
            assert await anext(answer.aiter_raw()) == b"data: 1\n\n"
        await asyncio.wait_for(upstream.gone.wait(), 5)


async def test_a_path_of_the_other_app_is_405_with_all_that_it_takes() -> None:
    async with joined(Upstream("c"), Upstream("q")) as client:
        answer = await client.get("/only/1")
        assert problem(answer) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "POST"
        assert (await client.post("/only/1")).status_code == 404


async def test_an_app_that_is_down_is_503_with_when_to_retry() -> None:
    nowhere = f"http://127.0.0.1:{any_free()}"
    gateway = create_gateway(commands=nowhere, queries=nowhere)
    async with client_of(gateway) as client:
        for path in ("/v1/listings", "/openapi.json"):
            answer = await client.get(path)
            assert problem(answer) == (503, "unavailable")
            assert answer.headers["retry-after"]
        assert problem(await client.post("/v1/quotes", json={})) == (503, "unavailable")
        assert problem(await client.get("/health/ready")) == (503, "not_ready")
        assert (await client.get("/health/live")).status_code == 200
    await gateway.state.upstreams.close()


async def test_problems_and_headers_of_the_apps_pass_once() -> None:
    async with joined(workbench(), workbench()) as client:
        answer = await client.get("/v1/nothing", headers={"X-Request-ID": "abc"})
        assert problem(answer) == (404, "unknown_path")
        assert answer.headers.get_list("x-request-id") == ["abc"]
        for name in ("vary", "cache-control", "date"):
            assert len(answer.headers.get_list(name)) == 1
        head = await client.head(f"/v1/listings/{LISTING}")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"]
        early = await client.patch(f"/v1/listings/{LISTING}", content=b"x" * 3_000_000)
        assert problem(early) == (401, "unauthenticated")


@pytest.mark.servers
def test_the_whole_api_is_one_valid_document(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    validate(document)
    assert {"get", "post"} <= document["paths"]["/v1/listings"].keys()
    assert {"get", "patch"} <= document["paths"]["/v1/listings/{listing_id}"].keys()
    assert http.get("/docs").status_code == 200
    assert problem(http.delete("/v1/listings")) == (405, "method_not_allowed")
    assert http.delete("/v1/listings").headers["allow"] == "GET, HEAD, POST"
    assert http.get("/v1/quotes").headers["allow"] == "POST"
    assert http.put("/v1/me").headers["allow"] == "DELETE, GET, HEAD, PATCH"


async def test_a_header_as_long_as_the_query_it_repeats_passes() -> None:
    async with joined(workbench(), workbench()) as client:
        answer = await client.get("/v1/things", params={"junk": "a" * 50_000})
        assert answer.status_code == 200
        assert len(answer.headers["link"]) > 50_000


@pytest.mark.servers
def test_options_tells_the_methods_of_both_apps(http: httpx.Client) -> None:
    assert http.options("/v1/listings").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert http.options("/v1/me").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


@pytest.mark.servers
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"OPTIONS * HTTP/1.1", (404, "unknown_path")),
        (b"GET * HTTP/1.1", (404, "unknown_path")),
        (b"GET /v1/listings?q=a b HTTP/1.1", (400, "malformed_request")),
        (b"GET /\xff HTTP/1.1", (400, "malformed_request")),
        (b"\x16\x03\x01", (400, "malformed_request")),
    ],
)
def test_what_is_hardly_http_is_told_in_a_document_too(
    running: Processes, line: bytes, expected: tuple[int, str]
) -> None:
    for name in ("gateway", "api commands", "api queries"):
        url = httpx.URL(running.url(name) or "")
        with socket.create_connection((url.host, url.port or 0), timeout=10) as connection:
            connection.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
            said = b"".join(iter(lambda: connection.recv(65_536), b""))
        head, _, body = said.partition(b"\r\n\r\n")
        document = json.loads(body)
        assert (document["status"], document["code"]) == expected
        assert b"content-type: application/problem+json" in head
