"""Which generation of the Redis read models readers see, switched by one write of one marker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from projections.unavailable import ReadModelMissing, ReadModelUnavailable

CURRENT = "4"
"""The shape that this code makes: raised whenever a model's documents change theirs.

A generation is named by its shape and a number: the third that was built of shape 3 is ``3-3``.
"""

OLDEST = "3"
"""The oldest shape that this code's readers understand; behind it there is nothing for them."""


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


def marker(prefix: str) -> str:
    """The key that names the current generation."""
    return f"{prefix}:generation"


def shape_of(generation: str) -> int:
    """The shape of a generation's documents."""
    return int(generation.partition("-")[0])


class Generations:
    """Asks the current generation, in one round trip even across a switch.

    ``pinned`` to one, it asks that, whether or not readers see it.
    """

    def __init__(self, redis: Redis, prefix: str, *, pinned: str | None = None) -> None:
        self.redis = redis
        self.prefix = prefix
        self._pinned = pinned
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
            if shape_of(current.decode()) < shape_of(OLDEST):
                raise ReadModelMissing(f"generation {current.decode()} is older than we can read")
            if current.decode() == self._last_seen:
                return answers
            self._last_seen = current.decode()


async def ensure_generation(redis: Redis, prefix: str, *, head: int) -> bool:
    """Show this code's generation to readers if the log is empty; whether one is shown.

    ``head`` is the position of the log's last event. Behind a log with events in it an empty store
    is not a whole read model: the worker builds it from the log and marks it then.
    """
    if head == 0:
        await redis.set(marker(prefix), CURRENT, nx=True)
    return bool(await redis.exists(marker(prefix)))
