"""People at work on a running platform, and a journal of what they were told."""

from __future__ import annotations

import json
import random
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any
from uuid import uuid4

import httpx

from tests.api.people import in_days, listing_body

PEOPLE = 6


class Journal:
    """One JSON object a line for every answer; see `sojourn verify --help`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told = 0
        self._lock = Lock()

    def note(self, answer: httpx.Response) -> None:
        """Remember what the client was told."""
        body: dict[str, Any] = answer.json() if answer.content else {}
        line = {
            "status": answer.status_code,
            "method": answer.request.method,
            "path": answer.request.url.path,
            "position": answer.headers.get("Sojourn-Position"),
            "id": body.get("id"),
        }
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            self.told += answer.is_success


class Worker:
    """One person who hosts and books without rest; faults only make them try again."""

    def __init__(self, url: str, journal: Journal, seed: int) -> None:
        self._http = httpx.Client(base_url=url, timeout=15)
        self._journal = journal
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._headers: dict[str, str] = {}
        self._listings: list[str] = []

    def work(self, stop: Event) -> None:
        """Until told to stop."""
        with self._http:
            while not stop.is_set():
                try:
                    self._one_round()
                except (httpx.TransportError, _NotNow):
                    # What people do when a page does not load.
                    stop.wait(0.2)

    def _one_round(self) -> None:
        if not self._headers:
            self._join()
        if not self._listings or self._chance.random() < 0.1:
            self._publish()
        first = self._chance.randrange(1, 300)
        asked = {
            "listing_id": self._chance.choice(self._listings),
            "arrive": in_days(first),
            "depart": in_days(first + self._chance.randrange(1, 8)),
            "guests": 1,
        }
        quote = self._post("/v1/quotes", asked)
        booking = self._post("/v1/bookings", {"quote_id": quote["id"]})
        fate = self._chance.random()
        if "id" in booking and fate < 0.8:
            self._post(f"/v1/bookings/{booking['id']}/confirm", {})
            if fate < 0.3:
                self._post(f"/v1/bookings/{booking['id']}/cancel", {})
        elif "id" in booking:
            self._post(f"/v1/bookings/{booking['id']}/cancel", {})

    def _join(self) -> None:
        email, password = f"{uuid4().hex}@example.com", "correct horse battery"
        self._post("/v1/accounts", {"email": email, "password": password, "name": "Worker"})
        form = {"grant_type": "password", "username": email, "password": password}
        token = self._http.post("/v1/token", data=form)
        if not token.is_success:
            raise _NotNow
        self._headers = {"Authorization": f"Bearer {token.json()['access_token']}"}

    def _publish(self) -> None:
        listing = self._post("/v1/listings", listing_body(title=f"Room {uuid4().hex[:6]}"))
        self._post(f"/v1/listings/{listing['id']}/publish", {})
        self._listings.append(listing["id"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer, after as many tries with one key as it takes."""
        headers = {**self._headers, "Idempotency-Key": uuid4().hex}
        answer = self._http.post(path, json=body, headers=headers)
        self._journal.note(answer)
        if answer.status_code >= 500:
            raise _NotNow
        return answer.json() if answer.is_success else {}


class _NotNow(Exception):
    """The platform could not answer; nothing is wrong with the question."""


@contextmanager
def traffic(url: str, journal: Journal, seed: int) -> Generator[None]:
    """Six people at work; when it ends, they have stopped."""
    stop = Event()
    with ThreadPoolExecutor(PEOPLE) as threads:
        working = [
            threads.submit(Worker(url, journal, seed + number).work, stop)
            for number in range(PEOPLE)
        ]
        try:
            yield
        finally:
            stop.set()
        for worker in working:
            worker.result()
