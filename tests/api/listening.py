"""A client of server-sent events, as small as one can be and still keep to their grammar."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.people import Person


@dataclass
class Told:
    """One event; ``id`` is the last one that was told, with it or before."""

    event: str
    data: Any
    id: str


@dataclass
class Listening:
    """An open stream; ``seen`` is what a browser would send as Last-Event-ID."""

    answer: httpx.Response
    seen: str = ""
    heartbeats: int = 0
    retry: int = 0
    _lines: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.answer.iter_lines()

    def opened(self) -> Listening:
        """Wait for the first words of the stream."""
        assert self._block() == {}
        return self

    def next(self) -> Told:
        """The next event; StopIteration when the stream has ended."""
        while True:
            block = self._block()
            if "data" in block:
                return Told(block["event"], json.loads(block["data"]), self.seen)

    def rest(self) -> list[Told]:
        """All that comes until the stream ends."""
        told: list[Told] = []
        while True:
            try:
                told.append(self.next())
            except StopIteration:
                return told

    def _block(self) -> dict[str, str]:
        block: dict[str, str] = {}
        for line in self._lines:
            if not line:
                return block
            name, _, value = line.partition(": ")
            if name == "":
                self.heartbeats += 1
            elif name == "id":
                self.seen = value
            elif name == "retry":
                self.retry = int(value)
            else:
                block[name] = value
        raise StopIteration


def ticket(person: Person, of: str) -> str:
    """The path and query at which ``person`` may listen, once."""
    answer = person.post(f"{of}/live-ticket")
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()["url"]


@contextmanager
def listening(
    http: httpx.Client, url: str, after: str = "", **headers: str
) -> Generator[Listening]:
    """The stream at ``url`` while the block runs."""
    query = {"after": after} if after else {}
    with http.stream("GET", httpx.URL(url).copy_merge_params(query), headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Listening(answer).opened()
