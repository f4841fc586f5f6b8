"""The command app is killed between its commit and its reply: the repeat gets the same answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from eventlog.reader import LogReader
from tests.api.people import Person, join, offer, stay
from tests.faults.cutting import Gate, after_commit, before_commit
from tests.faults.wire import Rule, Wire, never, wire_to
from tests.platforms import Platform
from tests.processes import Processes

pytestmark = pytest.mark.servers


@pytest.fixture
def wire(platform: Platform) -> Iterator[Wire]:
    with wire_to(platform.settings.need("postgres_commands_url")) as made:
        yield made


@pytest.fixture
def processes(platform: Platform, wire: Wire) -> Iterator[Processes]:
    """The platform with the wire between its command app and Postgres."""
    settings = platform.settings.model_copy(update={"postgres_commands_url": wire.url})
    with Processes(dataclasses.replace(platform, settings=settings)) as started:
        yield started


def killed_at(rule: Rule, wire: Wire, processes: Processes, guest: Person, body: object) -> None:
    """The guest books, and the app is killed when the message of ``rule`` is under way."""
    gate = Gate(rule)
    wire.rule = gate
    with ThreadPoolExecutor(1) as thread:
        headers = {"Idempotency-Key": "once"}
        asking = thread.submit(guest.post, "/v1/bookings", json=body, headers=headers)
        assert gate.reached.wait(30)
        processes.kill("api commands")
        wire.rule = never
        wire.cut_all()
        gate.opened.set()
        assert isinstance(asking.exception(30), httpx.TransportError)


@pytest.mark.parametrize("rule", [after_commit, before_commit])
def test_killed_around_the_commit_a_new_process_gives_one_effect_and_one_answer(
    platform: Platform, wire: Wire, processes: Processes, rule: Rule
) -> None:
    processes.start("api commands")
    with httpx.Client(base_url=processes.url("api commands") or "", timeout=30) as http:
        host, guest = join(http, "Hedda"), join(http, "Gunnel")
        quote = guest.post("/v1/quotes", json=stay(offer(host))).json()["id"]
        killed_at(rule, wire, processes, guest, {"quote_id": quote})
        processes.start("api commands")
        repeats = [
            guest.post(
                "/v1/bookings", json={"quote_id": quote}, headers={"Idempotency-Key": "once"}
            )
            for _ in range(2)
        ]
        assert [each.status_code for each in repeats] == [201, 201]
        assert repeats[0].content == repeats[1].content
        assert repeats[0].headers["Sojourn-Position"] == repeats[1].headers["Sojourn-Position"]
        stored = rule is after_commit
        assert repeats[0].headers.get("Idempotency-Replayed") == ("true" if stored else None)
    with LogReader(platform.settings.need("postgres_queries_url")) as log:
        requested = [each for each in log.scan() if each.type == "booking.requested.v1"]
        assert [each.stream for each in requested] == [f"booking-{repeats[0].json()['id']}"]
