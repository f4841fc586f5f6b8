"""Entries are recorded once and in order, and each stream says from where on it has them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from projections.applied import Positions
from projections.feed.entry import FIELD, Entry, FeedKeys, encode
from projections.scripts import Script

# An entry at or before the last one was recorded before: each partition comes in order.
_RECORD: Final = Script("""\
local function at(entries) return tonumber(string.match(entries[1][1], '^%d+')) end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if last[1] and at(last) >= tonumber(ARGV[2]) then return 0 end
redis.call('XADD', KEYS[1], ARGV[2] .. '-0', ARGV[3], ARGV[4])
if redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[5]) > 0 then
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
  redis.call('HSET', KEYS[2], 'floor.' .. ARGV[1], string.format('%.0f', at(first) - 1))
end
return 1
""")

_BEGIN: Final = Script("""\
if redis.call('HEXISTS', KEYS[1], 'epoch') == 1 then return 0 end
redis.call('DEL', unpack(KEYS))
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
for partition = 0, #KEYS - 2 do
  redis.call('HSET', KEYS[1], 'applied.' .. partition, ARGV[2], 'floor.' .. partition, ARGV[2])
end
return 1
""")

_ADVANCE: Final = Script("""\
for i = 1, #ARGV, 2 do
  local stored = redis.call('HGET', KEYS[1], 'applied.' .. ARGV[i])
  if not stored or tonumber(stored) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], 'applied.' .. ARGV[i], ARGV[i + 1])
  end
end
""")


async def begin(redis: Redis, keys: FeedKeys, *, partitions: int, position: int) -> None:
    """Begin a feed behind ``position``, unless there is one."""
    names = [keys.state, *(keys.stream(number) for number in range(partitions))]
    epoch = uuid4().hex
    await _BEGIN.run(redis, lambda pipeline: _BEGIN.call(pipeline, names, [epoch, position]))


async def record(redis: Redis, keys: FeedKeys, entries: Iterable[Entry], *, most: int) -> list[int]:
    """Record ``entries``, each partition's in order; 1 for each that is new, 0 for the others.

    A partition keeps its last ``most`` entries.
    """
    given: Sequence[Entry] = list(entries)

    def fill(pipeline: Pipeline) -> None:
        for entry in given:
            _RECORD.call(
                pipeline,
                [keys.stream(entry.partition), keys.state],
                [entry.partition, entry.position, FIELD, encode(entry), most],
            )

    return await _RECORD.run(redis, fill)


async def advance(redis: Redis, keys: FeedKeys, positions: Positions) -> None:
    """Everything up to ``positions`` is recorded; never goes back."""
    arguments = [number for pair in positions.items() for number in pair]
    await _ADVANCE.run(redis, lambda pipeline: _ADVANCE.call(pipeline, [keys.state], arguments))
