"""Documents in Redis: hashes of encoded parts, written only forwards."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from domain.refusals import Refusal
from projections.generation import Generations, Keys
from projections.parts import ListEntry, Part, PartKind, Refused
from projections.scripts import Script

S = TypeVar("S")

logger = logging.getLogger(__name__)

# A part keeps its bytes under its name, and its position and version beside it. Lua numbers are
# doubles: exact for positions up to 2^53, as a sorted set's scores are.
# Where a part has several streams, an older event may come last and leave the position as it was:
# the version, the number of events in it, decides then. What is made anew replaces its equal.
_FORWARD: Final = Script("""\
local stored = redis.call('HMGET', KEYS[1], ARGV[1] .. '.position', ARGV[1] .. '.version')
if stored[1] then
  local position, version = tonumber(stored[1]), tonumber(stored[2] or 0)
  if position > tonumber(ARGV[2]) then return 0 end
  if position == tonumber(ARGV[2]) and version > tonumber(ARGV[3]) then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1] .. '.position', ARGV[2],
           ARGV[1] .. '.version', ARGV[3], ARGV[1], ARGV[4])
return 1
""")


@dataclass(frozen=True)
class PartKey:
    """One part of one document."""

    kind: PartKind[Any]
    document: str


def fields(kind: PartKind[Any]) -> list[str]:
    """The fields of a document's hash that hold a part of ``kind``."""
    return [f"{kind.stream}.position", f"{kind.stream}.version", kind.stream]


def decode_part(kind: PartKind[S], stored: Sequence[bytes | None]) -> Part[S] | None:
    """The part that the values of :func:`fields` hold."""
    position, version, state = stored
    if position is None or version is None or state is None:
        return None
    return Part(int(position), int(version), kind.decode(state))


def fill_reads(pipeline: Pipeline, keys: Keys, wanted: Iterable[PartKey]) -> None:
    """Ask for each wanted part."""
    for part in wanted:
        pipeline.hmget(keys.document(part.kind.model, part.document), fields(part.kind))


def decode_reads(
    wanted: Iterable[PartKey], answers: Iterable[Sequence[bytes | None]]
) -> dict[PartKey, Part[Any]]:
    """The parts that :func:`fill_reads` found."""
    read = (
        (key, decode_part(key.kind, answer)) for key, answer in zip(wanted, answers, strict=True)
    )
    return {key: part for key, part in read if part is not None}


async def read_parts(
    generations: Generations, wanted: Sequence[PartKey]
) -> dict[PartKey, Part[Any]]:
    """The wanted parts that the current generation has, as of one moment."""
    answers = await generations.ask(lambda pipeline, keys: fill_reads(pipeline, keys, wanted))
    return decode_reads(wanted, answers)


async def read_whole_parts(
    redis: Redis, keys: Keys, wanted: Sequence[PartKey]
) -> dict[PartKey, Part[Any]]:
    """The wanted parts of one generation, for a writer: what can't be decoded counts as lost."""
    if not wanted:
        return {}
    pipeline = redis.pipeline(transaction=False)
    fill_reads(pipeline, keys, wanted)
    answers = await pipeline.execute()
    found: dict[PartKey, Part[Any]] = {}
    for key, answer in zip(wanted, answers, strict=True):
        try:
            part = decode_part(key.kind, answer)
        except (msgspec.MsgspecError, Refusal, ValueError) as error:
            logger.warning("%s %s is made anew: %s", key.kind.model, key.document, type(error))
            continue
        if part is not None:
            found[key] = part
    return found


async def read_part(generations: Generations, kind: PartKind[S], document: str) -> Part[S] | None:
    """One part of one document of the current generation."""
    wanted = PartKey(kind, document)
    return (await read_parts(generations, [wanted])).get(wanted)


async def write_forward(
    redis: Redis, keys: Keys, parts: Mapping[PartKey, Part[Any]], entries: Iterable[ListEntry]
) -> list[bool]:
    """Store parts by compare-and-set, and list entries behind them.

    Says of each part whether it was stored: one that has seen more is left alone. Raises
    :class:`projections.parts.Refused` for a state that can't be encoded.
    """
    listed = list(entries)
    encoded = [(key, part, _encoded(key, part)) for key, part in parts.items()]

    def fill(pipeline: Pipeline) -> None:
        for key, part, data in encoded:
            _FORWARD.call(
                pipeline,
                [keys.document(key.kind.model, key.document)],
                [key.kind.stream, part.position, part.version, data],
            )
        for entry in listed:
            pipeline.zadd(keys.document(entry.model, entry.owner), {entry.member: entry.position})

    answers = await _FORWARD.run(redis, fill)
    return [answer == 1 for answer in answers[: len(parts)]]


def _encoded(key: PartKey, part: Part[Any]) -> bytes:
    try:
        return key.kind.encode(part.state)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        name = f"{key.kind.model} {key.document}"
        raise Refused(f"{name} can't be encoded: {type(error).__name__}") from error
