"""How far each read model has come, a position a partition, and waiting until it is far enough."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from projections.generation import Generations, Keys
from projections.scripts import Script

Positions = Mapping[int, int]

# Positions only grow, whichever of two workers writes last.
_ADVANCE: Final = Script("""\
for i = 1, #ARGV, 2 do
  local stored = redis.call('HGET', KEYS[1], ARGV[i])
  if not stored or tonumber(stored) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
""")


def covers(applied: Positions, wanted: Positions) -> bool:
    """Whether every wanted position is applied."""
    return all(applied.get(partition, 0) >= position for partition, position in wanted.items())


async def wait_until(
    applied: Callable[[], Awaitable[Positions]],
    wanted: Positions,
    timeout: float,  # noqa: ASYNC109 - running out of time is an answer here
    *,
    first: float = 0.002,
    longest: float = 0.01,
) -> bool:
    """Ask ``applied`` again and again until it covers ``wanted``; false after ``timeout`` s."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    pause = first
    while not covers(await applied(), wanted):
        if clock() >= deadline:
            return False
        await asyncio.sleep(min(pause, max(deadline - clock(), 0)))
        pause = min(pause * 1.5, longest)
    return True


class RedisApplied:
    """The positions that the Redis read models have applied."""

    def __init__(self, redis: Redis, prefix: str, generations: Generations | None = None) -> None:
        self._generations = generations or Generations(redis, prefix)

    async def positions(self) -> dict[int, int]:
        """The applied position of each partition that had events.

        Raises :class:`projections.unavailable.ReadModelUnavailable`.
        """

        def fill(pipeline: Pipeline, keys: Keys) -> None:
            pipeline.hgetall(keys.applied)

        [stored] = await self._generations.ask(fill)
        return {int(partition): int(position) for partition, position in stored.items()}

    async def wait(
        self,
        positions: Positions,
        timeout: float,  # noqa: ASYNC109 - running out of time is an answer here
    ) -> bool:
        """Whether ``positions`` are applied within ``timeout`` seconds."""
        return await wait_until(self.positions, positions, timeout)


async def advance(redis: Redis, keys: Keys, positions: Positions) -> None:
    """Record that the documents of a generation have reached ``positions``; never goes back."""
    arguments = [number for pair in positions.items() for number in pair]
    await _ADVANCE.run(redis, lambda pipeline: _ADVANCE.call(pipeline, [keys.applied], arguments))
