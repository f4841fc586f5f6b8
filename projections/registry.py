"""Every generation of the Redis read models: which are built, which are fed, which readers see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from redis.asyncio import Redis

from projections.generation import CURRENT, Keys, marker, shape_of
from projections.scripts import Script
from projections.unavailable import ReadModelMissing

UNLINKED: Final = 1_000
"""How many keys are deleted at once."""

State = Literal["building", "fed", "ready"]
"""``building``: by one process, from the log. ``fed``: by the workers as well. ``ready``: whole."""

# Whoever builds has lost what it built if its entry is not as it left it: the store was emptied.
_CHANGE: Final = Script("""\
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
""")
_BEGIN: Final = Script("""\
local number = redis.call('HINCRBY', KEYS[1], '#', 1)
local name = ARGV[1] .. '-' .. number
redis.call('HSET', KEYS[1], name, 'building 0')
return name
""")
# A generation is shown only while it is whole; the one before is remembered for the way back.
_SHOW: Final = Script("""\
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry or string.sub(entry, 1, 5) ~= 'ready' then return 0 end
local shown = redis.call('GET', KEYS[2])
if shown ~= ARGV[1] then
  if shown then
    redis.call('HSET', KEYS[1], '<', shown)
    redis.call('HSETNX', KEYS[1], shown, 'ready 0')
  end
  redis.call('SET', KEYS[2], ARGV[1])
end
return 1
""")


@dataclass(frozen=True)
class Entry:
    """A generation; ``position`` is up to where the log was in it when it was last saved."""

    name: str
    state: State
    position: int

    @property
    def stored(self) -> str:
        """How it is stored."""
        return f"{self.state} {self.position}"


class Registry:
    """The generations under ``prefix``, kept beside them, so that they vanish with them."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self.key = registry_key(prefix)

    async def entries(self) -> dict[str, Entry]:
        """Every generation that was not dropped."""
        return read_entries(await cast("Any", self._redis).hgetall(self.key))

    async def shown(self) -> str | None:
        """The one that readers see."""
        found: bytes | None = await cast("Any", self._redis).get(marker(self._prefix))
        return found.decode() if found else None

    async def before(self) -> str | None:
        """The one that they saw before."""
        found: bytes | None = await cast("Any", self._redis).hget(self.key, "<")
        return found.decode() if found else None

    async def begin(self) -> Entry:
        """The generation of this code's shape that was begun and not shown, else a new one.

        One that is whole counts as begun while readers see an older shape: whoever was to show it
        died, and nobody has fed it since.
        """
        shown = await self.shown()
        unshown = shown is not None and shape_of(shown) < shape_of(CURRENT)
        for entry in (await self.entries()).values():
            if shape_of(entry.name) == shape_of(CURRENT) and (entry.state != "ready" or unshown):
                return entry
        [name] = await _BEGIN.run(
            self._redis, lambda pipeline: _BEGIN.call(pipeline, [self.key], [CURRENT])
        )
        return Entry(name.decode(), "building", 0)

    async def change(self, before: Entry, after: Entry) -> None:
        """Store ``after``; raises ReadModelMissing when ``before`` is not there any more."""
        arguments = [before.name, before.stored, after.stored]
        [done] = await _CHANGE.run(
            self._redis, lambda pipeline: _CHANGE.call(pipeline, [self.key], arguments)
        )
        if not done:
            raise ReadModelMissing(f"generation {before.name} was lost while it was built")

    async def show(self, name: str) -> bool:
        """Show ``name`` to readers from one moment on; false when it is not whole."""
        [done] = await _SHOW.run(
            self._redis,
            lambda pipeline: _SHOW.call(pipeline, [self.key, marker(self._prefix)], [name]),
        )
        return bool(done)

    async def drop(self, name: str) -> None:
        """Delete what ``name`` keeps, and forget it. It must not be shown.

        Killed half-way it is listed still, and never as whole: it can be dropped again.
        """
        await cast("Any", self._redis).hset(self.key, name, Entry(name, "building", 0).stored)
        pattern = Keys(self._prefix, name).document("", "")[:-2]
        found: AsyncIterator[bytes] = cast("Any", self._redis).scan_iter(
            match=f"{pattern}:*", count=1_000
        )
        some: list[bytes] = []
        async for key in found:
            some.append(key)
            if len(some) == UNLINKED:
                await self._redis.unlink(*some)
                some.clear()
        if some:
            await self._redis.unlink(*some)
        await cast("Any", self._redis).hdel(self.key, name)


def registry_key(prefix: str) -> str:
    """Where the entries are."""
    return f"{prefix}:generations"


def read_entries(stored: dict[bytes, bytes]) -> dict[str, Entry]:
    """The entries in the hash at :func:`registry_key`."""
    found: dict[str, Entry] = {}
    for name, value in stored.items():
        if name not in (b"#", b"<"):
            state, _, position = value.decode().partition(" ")
            found[name.decode()] = Entry(name.decode(), cast("State", state), int(position))
    return found
