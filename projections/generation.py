"""Which generation of the Redis read models readers see, switched by one write of one marker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from projections.scripts import Script
from projections.unavailable import ReadModelMissing, ReadModelUnavailable

CURRENT = "3"
"""The generation that this code makes: raised whenever a model's documents change their shape."""

_SHOW = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 1
""")


@dataclass(frozen=True)
class Keys:
    """The names of everything that one generation keeps."""

    prefix: str
    generation: str

    def document(self, model: str, identity: str) -> str:
        """Where a document, or a list, is."""
        return f"{self.prefix}:{self.generation}:{model}:{identity}"

    @property
    def applied(self) -> str:
        """Where the applied position of each partition is."""
        return f"{self.prefix}:{self.generation}:applied"

    @property
    def building(self) -> str:
        """Where the sign is under which it is built."""
        return f"{self.prefix}:{self.generation}:building"


def marker(prefix: str) -> str:
    """The key that names the current generation."""
    return f"{prefix}:generation"


class Generations:
    """Asks the current generation, in one round trip even across a switch.

    ``pinned`` to one, it asks that, whether or not readers see it. ``to_write`` asks none that
    older code made: its documents lack what this code keeps in them.
    """

    def __init__(
        self, redis: Redis, prefix: str, *, pinned: str | None = None, to_write: bool = False
    ) -> None:
        self.redis = redis
        self.prefix = prefix
        self._pinned = pinned
        self._to_write = to_write
        self._last_seen = pinned or CURRENT

    @property
    def keys(self) -> Keys:
        """The names of the generation that was asked last."""
        return Keys(self.prefix, self._last_seen)

    async def ask(self, fill: Callable[[Pipeline, Keys], object]) -> list[Any]:
        """The answers to what ``fill`` puts into the pipeline for the generation it is given.

        Marker and answers are read in one transaction. Raises :class:`ReadModelMissing` without a
        marker, or behind an outdated one, and :class:`ReadModelUnavailable` when Redis does not
        answer.
        """
        while True:
            pipeline = self.redis.pipeline(transaction=True)
            pipeline.get(marker(self.prefix))
            fill(pipeline, self.keys)
            try:
                current, *answers = await pipeline.execute()
            except RedisError as error:
                raise ReadModelUnavailable(f"Redis does not answer: {error}") from error
            if self._pinned:
                return answers
            if current is None:
                raise ReadModelMissing(f"{marker(self.prefix)} names no generation")
            if self._to_write and int(current) < int(CURRENT):
                raise ReadModelMissing(f"readers see generation {current.decode()}, not {CURRENT}")
            if current.decode() == self._last_seen:
                return answers
            self._last_seen = current.decode()


async def mark_generation(redis: Redis, prefix: str, generation: str = CURRENT) -> None:
    """Show ``generation`` to readers from now on."""
    await redis.set(marker(prefix), generation)


async def begin_building(redis: Redis, prefix: str, generation: str) -> bytes:
    """The sign under which ``generation`` is built; it is lost with what was written before."""
    sign = Keys(prefix, generation).building
    await redis.set(sign, uuid4().hex, nx=True)
    return cast("bytes | None", await redis.get(sign)) or b""


async def show_built(redis: Redis, prefix: str, generation: str, sign: bytes) -> None:
    """Show what was built under ``sign`` to readers.

    Raises :class:`ReadModelMissing` when Redis was emptied meanwhile: half of it is gone.
    """
    keys = [Keys(prefix, generation).building, marker(prefix)]
    [shown] = await _SHOW.run(redis, lambda pipe: _SHOW.call(pipe, keys, [sign, generation]))
    if not shown:
        raise ReadModelMissing(f"generation {generation} was lost while it was built")


async def drop_others(redis: Redis, prefix: str, generation: str) -> None:
    """Delete what generations other than ``generation`` keep."""
    kept = f"{prefix}:{generation}:".encode()
    found: AsyncIterator[bytes] = cast("Any", redis).scan_iter(match=f"{prefix}:*:*", count=1_000)
    async for name in found:
        if not name.startswith(kept):
            await redis.unlink(name)


async def ensure_generation(redis: Redis, prefix: str, *, head: int) -> bool:
    """Show this code's generation to readers if the log is empty; whether one is shown.

    ``head`` is the position of the log's last event. Behind a log with events in it an empty store
    is not a whole read model: the worker builds it from the log and marks it then.
    """
    if head == 0:
        await redis.set(marker(prefix), CURRENT, nx=True)
    return bool(await redis.exists(marker(prefix)))
