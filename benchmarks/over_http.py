"""Holds over HTTP: one process of the command app as it is served, 32 connections."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from contextlib import contextmanager
from uuid import UUID, uuid4

from api.conventions.bearer import TokenIssuer
from benchmarks.app import NOTHING
from benchmarks.client import as_fast_as_possible, at_a_pace
from benchmarks.market import AT_ONCE, Market, Wanted
from benchmarks.rows import Reading, Row, RowsMade, World
from benchmarks.timing import Round
from eventlog.application import EventLog
from tests.processes import Processes

HOLDS = 960
PROCESS = "api commands"


class Asking:
    """Makes the requests of guests: tokens, keys and bodies."""

    def __init__(self, market: Market, issuer: TokenIssuer, port: int) -> None:
        self._market = market
        self._issuer = issuer
        self._tokens: dict[UUID, str] = {}
        self.port = port

    def bodies(self, number: int) -> list[tuple[UUID, bytes]]:
        """What so many guests send to hold a night, once they have asked for their quotes."""
        wanted = self._market.wishes(self._market.listings(AT_ONCE), number)
        asked = {self.request("/v1/quotes", each.guest_id, _quote(each)): each for each in wanted}
        quoted: list[tuple[UUID, bytes]] = []

        def heard(request: bytes, body: bytes) -> None:
            named = json.dumps({"quote_id": json.loads(body)["id"]})
            quoted.append((asked[request].guest_id, named.encode()))

        as_fast_as_possible(self.port, list(asked), 201, AT_ONCE, heard)
        return quoted

    def request(self, path: str, guest_id: UUID, body: bytes) -> bytes:
        """A whole request, with a key of its own."""
        token = self._tokens.get(guest_id) or self._issuer.issue(guest_id)
        self._tokens[guest_id] = token
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@contextmanager
def rows(world: World) -> RowsMade:
    """The rows of holds over HTTP."""
    settings = world.platform.settings
    rates: list[float] = []
    with (
        EventLog(settings.need("postgres_commands_url")) as log,
        Processes(world.platform) as processes,
    ):
        processes.start_module("benchmarks.app", PROCESS)
        issuer = TokenIssuer(settings.key("signing_key_file"))
        asking = Asking(Market(log), issuer, settings.commands_port)

        def ask(path: str, bodies: Sequence[tuple[UUID, bytes]]) -> Round:
            requests = [asking.request(path, guest, body) for guest, body in bodies]
            return as_fast_as_possible(asking.port, requests, 201, AT_ONCE)

        def against_nothing() -> Reading:
            bodies = asking.bodies(HOLDS)
            reading = Reading(ask("/v1/bookings", bodies), ask(NOTHING, bodies))
            rates.append(reading.measured.rate)
            return reading

        def at_half_the_rate() -> Reading:
            requests = [
                asking.request("/v1/bookings", guest, body) for guest, body in asking.bodies(HOLDS)
            ]
            half = statistics.median(rates) / 2
            return Reading(at_a_pace(asking.port, requests, 201, half))

        paced = Row(
            "p99 of a hold over HTTP at half the greatest rate",
            "its median",
            at_half_the_rate,
            goal=5,
            sense="at most",
            figure=lambda each: each.measured.quantile(0.99) / each.measured.quantile(0.5),
        )
        in_time = Row(
            "the same in milliseconds",
            "",
            lambda: paced.readings[-1],
            goal=25,
            sense="at most",
            figure=lambda each: each.measured.quantile(0.99),
            unit=" ms",
        )
        yield [
            Row(
                "commands over HTTP (hold a night): one process, 32 connections",
                "the same app's no-op, the same requests",
                against_nothing,
                goal=0.5,
            ),
            paced,
            in_time,
        ]


def _quote(wanted: Wanted) -> bytes:
    body = {
        "listing_id": str(wanted.listing_id),
        "arrive": wanted.stay.arrive.isoformat(),
        "depart": wanted.stay.depart.isoformat(),
        "guests": 1,
    }
    return json.dumps(body).encode()
