"""What happened to bookings lately, for those who listen?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from projections.applied import Positions
from projections.feed.entry import FIELD, Entry, FeedKeys, decode
from projections.unavailable import ReadModelMissing, ReadModelUnavailable

AT_ONCE = 500
"""How many entries are read at a time."""


@dataclass(frozen=True)
class Reach:
    """How far the feed goes, a position a partition: forwards to ``applied``, back to ``floor``.

    All entries behind ``floor`` are there. Another ``epoch`` is another feed: what the one before
    knew is lost.
    """

    epoch: str
    applied: dict[int, int]
    floor: dict[int, int]

    def of(self, partitions: Iterable[int]) -> Reach:
        """The same, of some partitions."""
        wanted = frozenset(partitions)
        return Reach(
            self.epoch,
            {p: at for p, at in self.applied.items() if p in wanted},
            {p: at for p, at in self.floor.items() if p in wanted},
        )

    def holds(self, after: Positions) -> bool:
        """Whether nothing is missing behind ``after``."""
        return all(position >= self.floor.get(p, 0) for p, position in after.items())


class FeedReader:
    """Reads the feed; raises ``ReadModelUnavailable`` when Redis does not answer."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis: Any = redis  # its streams are untyped
        self._keys = FeedKeys(prefix)

    async def reach(self) -> Reach:
        """How far the feed goes; raises ``ReadModelMissing`` when nobody has begun one."""
        try:
            stored: dict[bytes, bytes] = await self._redis.hgetall(self._keys.state)
        except RedisError as error:
            raise ReadModelUnavailable(f"Redis does not answer: {error}") from error
        if b"epoch" not in stored:
            raise ReadModelMissing("no worker has begun the feed")
        return Reach(
            stored[b"epoch"].decode(), _numbers(stored, "applied"), _numbers(stored, "floor")
        )

    async def behind(self, partition: int, position: int) -> AsyncIterator[Entry]:
        """The entries of a partition behind ``position``, in order, up to the last."""
        while True:
            try:
                found: list[Any] = await self._redis.xrange(
                    self._keys.stream(partition), min=f"({position}-0", count=AT_ONCE
                )
            except RedisError as error:
                raise ReadModelUnavailable(f"Redis does not answer: {error}") from error
            for _, stored in found:
                entry = decode(stored[FIELD])
                position = entry.position
                yield entry
            if len(found) < AT_ONCE:
                return

    async def following(self, positions: Positions, seconds: float) -> list[Entry]:
        """The next entries behind ``positions``; none when none came within ``seconds``."""
        wanted = {self._keys.stream(p): f"{position}-0" for p, position in positions.items()}
        try:
            found: list[Any] = await self._redis.xread(
                wanted, count=AT_ONCE, block=max(1, int(seconds * 1000))
            )
        except RedisError as error:
            raise ReadModelUnavailable(f"Redis does not answer: {error}") from error
        return [decode(stored[FIELD]) for _, entries in found or () for _, stored in entries]

    async def use(self, ticket: str, seconds: int) -> bool:
        """Whether ``ticket`` is used for the first time; remembered for ``seconds``."""
        try:
            used = await self._redis.set(self._keys.ticket(ticket), b"1", nx=True, ex=seconds)
        except RedisError as error:
            raise ReadModelUnavailable(f"Redis does not answer: {error}") from error
        return bool(used)


def _numbers(stored: dict[bytes, bytes], kind: str) -> dict[int, int]:
    named = ((name.decode().partition("."), value) for name, value in stored.items())
    return {int(parts[2]): int(value) for parts, value in named if parts[0] == kind}
