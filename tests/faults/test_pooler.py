"""Commands and reads work through a pooler that shares connections between transactions."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.api.people import Person, join, offer, stay
from tests.faults.pooler import HOW_TO_GET_IT, pgbouncer, pooling
from tests.platforms import Platform
from tests.processes import Processes, sojourn

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(pgbouncer() is None, reason=HOW_TO_GET_IT),
]


@pytest.fixture
def pooled(platform: Platform) -> Iterator[Platform]:
    """The platform with every process but the relay behind the pooler."""
    direct = platform.settings.need("postgres_commands_url")
    ways = (direct, platform.settings.need("postgres_queries_url"))
    # Not in pytest's own folder, which only its user may enter.
    with (
        tempfile.TemporaryDirectory() as folder,
        pooling(pgbouncer() or "", Path(folder), *ways) as (commands, queries),
    ):
        settings = platform.settings.model_copy(
            update={
                "postgres_commands_url": commands,
                "postgres_queries_url": queries,
                "postgres_relay_url": direct,
            }
        )
        yield dataclasses.replace(platform, settings=settings)


def patiently(guest: Person, path: str, body: dict[str, Any]) -> httpx.Response:
    """The answer, after a few tries with one key where two connections are too few for a moment."""
    key = {"Idempotency-Key": uuid4().hex}
    answer = guest.post(path, json=body, headers=key)
    for _ in range(4):
        if answer.status_code == 503:
            answer = guest.post(path, json=body, headers=key)
    assert answer.is_success, answer.text
    return answer


def test_guests_book_through_a_pooler(pooled: Platform) -> None:
    with Processes(pooled) as processes:
        processes.start_all()
        with httpx.Client(base_url=processes.url("gateway") or "", timeout=30) as http:
            host = join(http, "Hedda")
            guests = [join(http, f"Guest{number}") for number in range(8)]
            listing = offer(host)

            def stay_at(number: int) -> set[int]:
                guest, asked = guests[number % 8], stay(listing, 10 + 2 * number, 1)
                quoted = patiently(guest, "/v1/quotes", asked)
                booked = patiently(guest, "/v1/bookings", {"quote_id": quoted.json()["id"]})
                confirmed = patiently(guest, f"/v1/bookings/{booked.json()['id']}/confirm", {})
                return {quoted.status_code, booked.status_code, confirmed.status_code}

            with ThreadPoolExecutor(8) as threads:
                assert set().union(*threads.map(stay_at, range(32))) <= {200, 201, 202}
        verdict = sojourn(pooled, "verify", "--wait", "60")
        assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_limits_hold_behind_a_pooler_since_they_are_the_roles_own(pooled: Platform) -> None:
    with psycopg.connect(pooled.settings.need("postgres_commands_url")) as connection:
        for name, value in {"lock_timeout": "5s", "statement_timeout": "30s"}.items():
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,)
