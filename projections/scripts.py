"""A Lua script is called by its digest and loaded when the server does not know it (any more)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha1
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import NoScriptError


class Script:
    """One Lua script, called in pipelines; its calls must bear being repeated."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._digest = sha1(source.encode(), usedforsecurity=False).hexdigest()

    def call(
        self, pipeline: Pipeline, keys: Sequence[str], arguments: Sequence[str | int | bytes]
    ) -> None:
        """Put one call into ``pipeline``."""
        pipeline.evalsha(self._digest, len(keys), *keys, *arguments)  # pyright: ignore[reportArgumentType] - numbers and bytes are sent as they are

    async def run(self, redis: Redis, fill: Callable[[Pipeline], None]) -> list[Any]:
        """The answers to what ``fill`` puts into a pipeline; filled again if it must be loaded."""
        try:
            return await _sent(redis, fill)
        except NoScriptError:
            await redis.script_load(self._source)
            return await _sent(redis, fill)


async def _sent(redis: Redis, fill: Callable[[Pipeline], None]) -> list[Any]:
    pipeline = redis.pipeline(transaction=False)
    fill(pipeline)
    return await pipeline.execute()
