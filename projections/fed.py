"""The generations that a worker of the Redis read models feeds, looked up anew for each batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from redis.asyncio import Redis

from projections.generation import CURRENT, Keys, marker, shape_of
from projections.registry import read_entries, registry_key
from projections.scripts import Script
from projections.unavailable import ReadModelMissing, ReadModelUnavailable

# A look comes before every batch: one call costs a worker a third of a transaction.
_LOOK: Final = Script("""\
local answers = {redis.call('GET', KEYS[1])}
for i = 2, #KEYS do answers[i] = redis.call('HGETALL', KEYS[i]) end
return answers
""")


class Fed:
    """What readers see, and whatever else is handed over to the workers."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._names: tuple[str, ...] = ()

    async def keys(self) -> list[Keys]:
        """As of the last look; looks if nobody has."""
        if not self._names:
            await self.look()
        return [Keys(self._prefix, name) for name in self._names]

    async def look(self) -> dict[int, int]:
        """How far each partition is applied in all of them, after finding out which they are.

        Raises ReadModelMissing when readers see none, or one that older code made: that can't be
        fed. ReadModelUnavailable while they see one that newer code made.
        """
        while True:
            # Whoever else looks meanwhile may find out others.
            feeding = self._names
            asked = [marker(self._prefix), registry_key(self._prefix)]
            asked += [Keys(self._prefix, name).applied for name in feeding]
            [answer] = await _LOOK.run(
                self._redis, lambda pipeline, asked=asked: _LOOK.call(pipeline, asked, [])
            )
            shown, *hashes = answer
            stored, *applied = [_mapping(flat) for flat in hashes]
            self._names = self._to_feed(shown, stored)
            if self._names == feeding:
                return _least(applied)

    def _to_feed(self, shown: bytes | None, stored: dict[bytes, bytes]) -> tuple[str, ...]:
        if shown is None:
            raise ReadModelMissing(f"{marker(self._prefix)} names no generation")
        live = shown.decode()
        if shape_of(live) < shape_of(CURRENT):
            raise ReadModelMissing(f"readers see generation {live}, not one of shape {CURRENT}")
        if shape_of(live) > shape_of(CURRENT):
            raise ReadModelUnavailable(f"generation {live} was made by newer code than this")
        others = [
            entry.name
            for entry in read_entries(stored).values()
            if entry.state != "building"
            and entry.name != live
            and shape_of(entry.name) == shape_of(CURRENT)
        ]
        return (live, *sorted(others))


def _least(applied: list[dict[bytes, bytes]]) -> dict[int, int]:
    """The position of each partition that every one of ``applied`` has reached."""
    first, *others = ({int(key): int(value) for key, value in each.items()} for each in applied)
    return {
        partition: min([position, *(other[partition] for other in others)])
        for partition, position in first.items()
        if all(partition in other for other in others)
    }


def _mapping(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """The fields and values that a script's HGETALL answers one after the other."""
    return dict(zip(flat[::2], flat[1::2], strict=True))
