"""Documents in Redis: hashes of encoded parts, written only forwards."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from domain.refusals import Refusal
from projections.generation import Generations, Keys
from projections.parts import ListEntry, Part, PartKind, Refused
from projections.scripts import Script

S = TypeVar("S")
T = TypeVar("T")

logger = logging.getLogger(__name__)

# A part keeps its bytes under its name, and its position and version beside it. Lua numbers are
# doubles: exact for positions up to 2^53, as a sorted set's scores are.
# Where a part has several streams, an older event may come last and leave the position as it was:
# the version, the number of events in it, decides then. What is made anew replaces its equal.
# One call takes many parts, then entries of lists: with a command each, half of the client's time
# goes into making commands and reading answers.
_FORWARD: Final = Script("""\
local answers, parts = {}, tonumber(ARGV[1])
for i = 1, parts do
  local name, position, version = ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i]
  local stored = redis.call('HMGET', KEYS[i], name .. '.position', name .. '.version')
  local answer = 1
  if stored[1] then
    local before, ahead = tonumber(stored[1]), tonumber(stored[2] or 0) > tonumber(version)
    local now = tonumber(position)
    if before > now or (before == now and ahead) then answer = 0 end
  end
  if answer == 1 then
    redis.call('HSET', KEYS[i], name .. '.position', position,
               name .. '.version', version, name, ARGV[4 * i + 1])
  end
  answers[i] = answer
end
local at = 4 * parts + 2
for i = parts + 1, #KEYS do
  redis.call('ZADD', KEYS[i], ARGV[at], ARGV[at + 1])
  at = at + 2
end
return answers
""")
_READ: Final = Script("""\
local answers = {}
for i = 1, #KEYS do
  local name = ARGV[i]
  answers[i] = redis.call('HMGET', KEYS[i], name .. '.position', name .. '.version', name)
end
return answers
""")

AT_ONCE: Final = 50
"""How many parts, or entries of lists, one call takes at most: others wait for it, about 1 ms."""


class PartKey(NamedTuple):
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

    def fill(pipeline: Pipeline) -> None:
        for some in _slices(wanted):
            names = [keys.document(key.kind.model, key.document) for key in some]
            _READ.call(pipeline, names, [key.kind.stream for key in some])

    answers = [answer for some in await _READ.run(redis, fill) for answer in some]
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
    calls = [_call(keys, some, ()) for some in _slices(list(parts.items()))]
    calls += [_call(keys, (), some) for some in _slices(list(entries))]

    def fill(pipeline: Pipeline) -> None:
        for names, arguments in calls:
            _FORWARD.call(pipeline, names, arguments)

    answers = await _FORWARD.run(redis, fill)
    return [answer == 1 for some in answers for answer in some]


def _call(
    keys: Keys, parts: Sequence[tuple[PartKey, Part[Any]]], entries: Sequence[ListEntry]
) -> tuple[list[str], list[str | int | bytes]]:
    """What a call of :data:`_FORWARD` takes."""
    names = [keys.document(key.kind.model, key.document) for key, _ in parts]
    names += [keys.document(entry.model, entry.owner) for entry in entries]
    arguments: list[str | int | bytes] = [len(parts)]
    for key, part in parts:
        arguments += (key.kind.stream, part.position, part.version, _encoded(key, part))
    for entry in entries:
        arguments += (entry.position, entry.member)
    return names, arguments


def _slices(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[first : first + AT_ONCE] for first in range(0, len(items), AT_ONCE)]


def _encoded(key: PartKey, part: Part[Any]) -> bytes:
    try:
        return key.kind.encode(part.state)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        name = f"{key.kind.model} {key.document}"
        raise Refused(f"{name} can't be encoded: {type(error).__name__}") from error
