"""Hands each request to its app and the answer back, byte by byte as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

import anyio
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from yarl import URL

from api.conventions.errors import method_not_allowed, options, unknown_path
from api.conventions.outages import unavailable
from api.conventions.problems import Problem, problem_response
from api.gateway.joined import JoinedDocument
from api.gateway.upstreams import FAILURES, Upstreams
from api.middleware.client_address import FORWARDED_FOR
from api.middleware.correlation import REQUEST_ID

Header = tuple[bytes, bytes]

# RFC 9110 section 7.6.1: what concerns one connection only.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
REPLACED = frozenset({b"host", b"expect", b"x-request-id", b"x-forwarded-for"})


class Proxy:
    """An ASGI app that answers with what the upstream answers."""

    def __init__(self, upstreams: Upstreams, joined: JoinedDocument) -> None:
        self._upstreams = upstreams
        self._joined = joined
        self._endless: set[anyio.CancelScope] = set()

    def close(self) -> None:
        """End the answers that would go on for ever."""
        for scope in self._endless:
            scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            return
        exchange = _Exchange(receive)
        async with anyio.create_task_group() as group:
            group.start_soon(exchange.cancel_when_gone, group.cancel_scope)
            await self._forward(scope, exchange, send)
            group.cancel_scope.cancel()

    async def _forward(self, scope: Scope, exchange: _Exchange, send: Send) -> None:
        started = False
        names = {name for name, _ in scope["headers"]}
        has_body = bool(names & {b"content-length", b"transfer-encoding"})
        if not has_body:
            exchange.read.set()
        path = scope.get("raw_path") or scope["path"].encode()
        if not path.startswith(b"/"):
            await problem_response(unknown_path())(scope, exchange.receive, send)
            return
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        url = self._upstreams.of(scope["method"]) + (path + query).decode("latin-1")
        try:
            async with self._upstreams.session.request(
                scope["method"],
                URL(url, encoded=True),
                headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in _asked(scope)],
                data=exchange.body() if has_body else None,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
            ) as answer:
                if answer.status in {404, 405} or scope["method"] == "OPTIONS":
                    ours = await self._of_both(scope)
                    if ours is not None:
                        await ours(scope, exchange.receive, send)
                        return
                # Each server tells its own date.
                headers = [pair for pair in end_to_end(answer.raw_headers) if pair[0] != b"date"]
                started = True
                await send(
                    {"type": "http.response.start", "status": answer.status, "headers": headers}
                )
                with anyio.CancelScope() as going_on:
                    if answer.content_type == "text/event-stream":
                        self._endless.add(going_on)
                    try:
                        async for chunk in answer.content.iter_any():
                            body = {"type": "http.response.body", "body": chunk}
                            await send({**body, "more_body": True})
                    finally:
                        self._endless.discard(going_on)
                await send({"type": "http.response.body"})
        except ClientDisconnect:
            return
        except FAILURES:
            if started:
                raise
            await problem_response(unavailable())(scope, exchange.receive, send)

    async def _of_both(self, scope: Scope) -> Response | None:
        """What a path takes that is known to whichever app, asked for or in a 405."""
        try:
            methods = await self._joined.methods_of(scope["path"])
        except Problem:
            return None
        if not methods or scope["method"] in methods:
            return None
        if scope["method"] == "OPTIONS":
            return options(methods)
        return problem_response(method_not_allowed(scope["method"], methods))


class _Exchange:
    """The client's side of one request."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.read = anyio.Event()
        """Set once the whole body was read."""

    async def body(self) -> AsyncGenerator[bytes]:
        """The client's body as it comes; raises ClientDisconnect."""
        while not self.read.is_set():
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            if not message.get("more_body", False):
                self.read.set()
            if message.get("body"):
                yield message["body"]

    async def cancel_when_gone(self, scope: anyio.CancelScope) -> None:
        """Ends the upstream's work when nobody waits for it any more."""
        await self.read.wait()
        while (await self.receive())["type"] != "http.disconnect":
            pass
        scope.cancel()


def end_to_end(headers: Iterable[Header]) -> Iterable[Header]:
    """The headers that are for the other end."""
    given = [(name.lower(), value) for name, value in headers]
    named = {
        each.strip().lower()
        for name, value in given
        if name == b"connection"
        for each in value.split(b",")
    }
    return (pair for pair in given if pair[0] not in HOP_BY_HOP and pair[0] not in named)


def _asked(scope: Scope) -> Iterable[Header]:
    forwarded: list[bytes] = []
    for name, value in end_to_end(scope["headers"]):
        if name == b"x-forwarded-for":
            forwarded.append(value)
        elif name not in REPLACED:
            yield name, value
    if scope.get("client"):
        forwarded.append(scope["client"][0].encode())
    if forwarded:
        yield FORWARDED_FOR.encode(), b", ".join(forwarded)
    yield REQUEST_ID.encode(), scope["state"]["request_id"].encode()
