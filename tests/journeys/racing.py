"""Many guests who want the same nights at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Barrier
from uuid import uuid4

import httpx

from tests.api.people import Person, in_days, join, listing_body

RACERS = 50


@dataclass(frozen=True)
class Race:
    """What each racer was told: counts by status and problem code."""

    answers: Counter[tuple[int, str]]

    @property
    def winners(self) -> int:
        """How many were told that the nights are theirs."""
        return sum(count for (status, _), count in self.answers.items() if status == 201)


@contextmanager
def racers(urls: list[str]) -> Generator[tuple[Person, list[Person]]]:
    """A host, and fifty guests spread over the processes at ``urls``."""
    many = httpx.Limits(max_connections=RACERS, max_keepalive_connections=RACERS)
    with ExitStack() as open_clients:
        clients = [
            open_clients.enter_context(httpx.Client(base_url=url, timeout=60, limits=many))
            for url in urls
        ]
        with ThreadPoolExecutor(8) as threads:
            by_turns = (clients[number % len(clients)] for number in range(RACERS + 1))
            host, *guests = threads.map(join, by_turns)
        yield host, guests


def race(host: Person, guests: list[Person], first: int) -> Race:
    """All guests book the nights from ``first`` days on, of a new listing, at once."""
    made = host.post("/v1/listings", json=listing_body(title="The last room"))
    listing = made.json()["id"]
    assert host.post(f"/v1/listings/{listing}/publish").status_code == 200
    dates = {"arrive": in_days(first), "depart": in_days(first + 2)}

    def quote(guest: Person) -> str:
        asked = {"listing_id": listing, **dates, "guests": 1}
        answer = guest.post("/v1/quotes", json=asked)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    start = Barrier(len(guests))

    def book(guest: Person, quote_id: str) -> tuple[int, str]:
        start.wait()
        answer = guest.post(
            "/v1/bookings", json={"quote_id": quote_id}, headers={"Idempotency-Key": uuid4().hex}
        )
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(len(guests)) as threads:
        quotes = list(threads.map(quote, guests))
        return Race(Counter(threads.map(book, guests, quotes)))
