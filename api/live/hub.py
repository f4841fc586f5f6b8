"""One reader of the feed a process, however many listen; each hears what it asked for, in order."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from api.conventions.problems import Problem
from api.conventions.reading import Applied
from api.middleware.limits import too_many
from projections.feed.entry import Entry
from projections.feed.queries import FeedReader, Reach
from projections.unavailable import ReadModelUnavailable

PER_ACCOUNT = 20
PER_ADDRESS = 100
"""How many streams may be open at once, in one process."""

BACKLOG = 1_000
"""How many entries wait for a client that is slow; then it has to connect again."""

BLOCK = 1.0
"""Seconds that one look at the feed waits for news."""

SHOWN_WITHIN = 5.0
"""Seconds that news waits for the pages to show it; after that it is told all the same."""

T = TypeVar("T")

Wants = Callable[[Entry], bool]

logger = logging.getLogger(__name__)


class Listener:
    """A stream that is open; ``lost`` says that what it knows is not all."""

    def __init__(self, wants: Wants) -> None:
        self.wants = wants
        self.news: asyncio.Queue[Entry] = asyncio.Queue(BACKLOG)
        self.lost = False
        self.slow = False

    def hear(self, entry: Entry) -> None:
        """Take ``entry`` if it is asked for."""
        if self.slow or not self.wants(entry):
            return
        try:
            self.news.put_nowait(entry)
        except asyncio.QueueFull:
            self.slow = True


class Hub:
    """Follows the feed while :meth:`run` does; ``pages`` are what clients read when told."""

    def __init__(self, feed: FeedReader, pages: Applied) -> None:
        self.feed = feed
        self.closing = asyncio.Event()
        self._pages = pages
        self._listeners: set[Listener] = set()
        self._accounts: Counter[UUID] = Counter()
        self._addresses: Counter[str] = Counter()
        self._epoch = ""
        self._positions: dict[int, int] = {}

    @property
    def positions(self) -> dict[int, int]:
        """How far every listener was told, a position a partition."""
        return dict(self._positions)

    @property
    def open(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @contextmanager
    def listening(self, account: UUID, address: str, wants: Wants) -> Generator[Listener]:
        """A listener while the block runs; 429 when there are too many of them."""
        for count, most, of in (
            (self._accounts[account], PER_ACCOUNT, "of one account"),
            (self._addresses[address], PER_ADDRESS, "from one address"),
        ):
            if count >= most:
                raise _too_many(most, of)
        listener = Listener(wants)
        self._listeners.add(listener)
        self._accounts[account] += 1
        self._addresses[address] += 1
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            _give_back(self._accounts, account)
            _give_back(self._addresses, address)

    async def reach(self) -> Reach:
        """How far the feed goes; who listens already misses nothing behind that.

        Raises ``ReadModelUnavailable``.
        """
        reach = await self.feed.reach()
        if not self._epoch:
            # Whoever is let in before the first look begins it, or what is between would be missed.
            self._begin_at(reach)
        return reach

    async def run(self) -> None:
        """Hand on what happens, until cancelled; whatever becomes of Redis meanwhile."""
        while True:
            try:
                reach = await self.feed.reach()
                if reach.epoch != self._epoch:
                    self._begin_at(reach)
                await self._hand_on(await self.feed.following(self._positions, BLOCK))
            except ReadModelUnavailable:
                await asyncio.sleep(BLOCK)
            except Exception:
                logger.exception("the feed could not be read")
                await asyncio.sleep(BLOCK)

    def close(self) -> None:
        """End every stream, and every one to come."""
        self.closing.set()

    def _begin_at(self, reach: Reach) -> None:
        for listener in self._listeners if self._epoch else ():
            listener.lost = True
        self._epoch, self._positions = reach.epoch, dict(reach.applied)

    async def until_shown(self, entries: list[Entry]) -> None:
        """Wait until the pages show ``entries``, but not for ever: their ids are tokens, too."""
        wanted = {
            entry.partition: entry.position
            for entry in entries
            if entry.position > self._positions.get(entry.partition, 0)
        }
        if wanted:
            try:
                await self._pages.wait(wanted, SHOWN_WITHIN)
            except ReadModelUnavailable:
                logger.warning("news is told before pages show it: they can't be asked")

    async def _hand_on(self, entries: list[Entry]) -> None:
        asked_for = [each for each in entries if any(one.wants(each) for one in self._listeners)]
        await self.until_shown(asked_for)
        for entry in entries:
            self._positions[entry.partition] = entry.position
            for listener in self._listeners:
                listener.hear(entry)


def _give_back(counted: Counter[T], key: T) -> None:
    counted[key] -= 1
    if not counted[key]:
        del counted[key]


def _too_many(most: int, of: str) -> Problem:
    detail = f"At most {most} streams {of} at once."
    return too_many(detail, f'"streams";q={most}', '"streams";r=0', 10)
