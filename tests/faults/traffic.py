"""People at work on a running platform, and a journal of what they were told."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any
from uuid import uuid4

import httpx

from tests.api.people import PASSWORD, in_days, listing_body

PEOPLE = 6
REST = 0.0
"""Seconds that a person rests between two things they do, on average."""

TRIES = 16
"""How often a person repeats what got no answer before they turn to something else."""

PAUSE, LONGEST_PAUSE = 0.2, 2.0
"""Seconds before something is asked again: twice as long each time, so that a herd thins out."""


class Journal:
    """One JSON object a line for every answer; see `sojourn verify --help`.

    ``told`` counts answers 2xx, ``repeated`` what was asked again because there was no answer.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told = 0
        self.repeated = 0
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

    def again(self) -> None:
        """Remember that a client had to repeat something."""
        with self._lock:
            self.repeated += 1


class Worker:
    """One person who hosts and books, resting in between; faults only make them try again."""

    def __init__(self, url: str, journal: Journal, seed: int, stop: Event, rest: float) -> None:
        self._http = httpx.Client(base_url=url, timeout=15, verify=False)  # noqa: S501 - no TLS
        self._journal = journal
        self._stop = stop
        self._rest = rest
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._email = ""
        self._headers: dict[str, str] = {}
        self._listings: list[str] = []

    def work(self) -> None:
        """Until told to stop."""
        with self._http:
            while not self._stop.is_set():
                try:
                    self._one_round()
                    self._stop.wait(self._chance.uniform(0, 2 * self._rest))
                except _NotNow:
                    self._stop.wait(0.2)

    def _one_round(self) -> None:
        if not self._headers:
            self._join()
        if not self._listings or self._chance.random() < 0.1:
            self._publish()
        self._chance.choice([self._book, self._book, self._book, self._host])()

    def _book(self) -> None:
        quote = self._post("/v1/quotes", {"listing_id": self._one_of_mine(), **self._dates()})
        booking = self._post("/v1/bookings", {"quote_id": quote["id"]}) if "id" in quote else {}
        if "id" not in booking:
            return
        this = f"/v1/bookings/{booking['id']}"
        fate = self._chance.random()
        if fate < 0.8:
            self._post(f"{this}/confirm", {})
        if 0.3 < fate < 0.5:
            other = self._post("/v1/quotes", {"booking_id": booking["id"], **self._dates()})
            if "id" in other:
                self._post(f"{this}/change", {"quote_id": other["id"]})
        if fate < 0.3 or fate > 0.8:
            self._post(f"{this}/cancel", {})

    def _host(self) -> None:
        """What a host does with a listing: block dates, or take it down and put it up again."""
        this = f"/v1/listings/{self._one_of_mine()}"
        if self._chance.random() < 0.8:
            dates = self._dates()
            self._post(f"{this}/blocks", {"from": dates["arrive"], "to": dates["depart"]})
        else:
            self._post(f"{this}/unpublish", {})
            self._post(f"{this}/publish", {})

    def _one_of_mine(self) -> str:
        return self._chance.choice(self._listings)

    def _dates(self) -> dict[str, Any]:
        first = self._chance.randrange(1, 300)
        depart = first + self._chance.randrange(1, 8)
        return {"arrive": in_days(first), "depart": in_days(depart), "guests": 1}

    def _join(self) -> None:
        self._email = f"{uuid4().hex}@example.com"
        account = {"email": self._email, "password": PASSWORD, "name": "Worker"}
        self._post("/v1/accounts", account)
        self._sign_in()

    def _sign_in(self) -> None:
        form = {"grant_type": "password", "username": self._email, "password": PASSWORD}
        token = self._ask(lambda: self._http.post("/v1/token", data=form))
        if not token.is_success:
            raise _NotNow
        self._headers = {"Authorization": f"Bearer {token.json()['access_token']}"}

    def _publish(self) -> None:
        listing = self._post("/v1/listings", listing_body(title=f"Room {uuid4().hex[:6]}"))
        if "id" in listing:
            self._post(f"/v1/listings/{listing['id']}/publish", {})
            self._listings.append(listing["id"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer, after as many tries with one key as it takes; a repeat gets the same."""
        key = uuid4().hex

        def ask() -> httpx.Response:
            headers = {**self._headers, "Idempotency-Key": key}
            return self._http.post(path, json=body, headers=headers)

        answer = self._ask_signed_in(ask)
        self._journal.note(answer)
        if answer.is_success and self._chance.random() < 0.05:
            again = self._ask_signed_in(ask)
            same = (again.status_code, again.content) == (answer.status_code, answer.content)
            assert same, f"{path}: {again.status_code} {again.text} after {answer.status_code}"
        return answer.json() if answer.is_success and answer.content else {}

    def _ask_signed_in(self, ask: Any) -> httpx.Response:
        answer = self._ask(ask)
        if answer.status_code == 401:  # a token lasts for some minutes
            self._sign_in()
            answer = self._ask(ask)
        return answer

    def _ask(self, ask: Any) -> httpx.Response:
        for attempt in range(TRIES):
            if attempt:
                self._journal.again()
                if self._stop.wait(self._pause(attempt)):
                    break
            try:
                answer = ask()
            except httpx.TransportError:
                continue
            assert answer.status_code != 500, answer.text
            if not _to_repeat(answer):
                return answer
        raise _NotNow

    def _pause(self, attempt: int) -> float:
        return self._chance.uniform(0, min(LONGEST_PAUSE, PAUSE * 2**attempt))


def _to_repeat(answer: httpx.Response) -> bool:
    """Whether it says that the platform has no time, or is at work on the same request still."""
    return answer.status_code in _NO_TIME or "in_progress" in answer.text


_NO_TIME = frozenset({429, 502, 503, 504})
"""429 is for the crowd that is behind one address here."""


class _NotNow(Exception):
    """The platform could not answer; nothing is wrong with the question."""


@contextmanager
def traffic(
    url: str, journal: Journal, seed: int, people: int = PEOPLE, rest: float = REST
) -> Generator[Callable[[], None]]:
    """People at work; when it ends, they have stopped, and nothing they saw was wrong.

    What it gives raises, if called, what anybody of them has found to be wrong by then.
    """
    stop = Event()
    with ThreadPoolExecutor(people) as threads:
        working = [
            threads.submit(Worker(url, journal, seed * 1_000 + number, stop, rest).work)
            for number in range(people)
        ]

        def look() -> None:
            for worker in working:
                if worker.done():
                    worker.result()

        try:
            yield look
        finally:
            stop.set()
        for worker in working:
            worker.result()
