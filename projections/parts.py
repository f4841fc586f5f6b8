"""A document is made of parts; each is the fold of one stream and knows how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from domain.recorded import Recorded
from domain.streams import category
from projections.encoding import encode

S = TypeVar("S")


class Missed(Exception):
    """``recorded`` came before its predecessor in the stream was applied."""

    def __init__(self, recorded: Recorded, applied: int) -> None:
        super().__init__(
            f"{recorded.stream} is applied up to {applied}, not {recorded.version - 1}"
        )
        self.recorded = recorded


@dataclass(frozen=True)
class Part(Generic[S]):
    """``state`` after the stream's first ``version`` events; ``position`` is the last one's."""

    position: int
    version: int
    state: S


class PartKind(Generic[S]):
    """How one part of a read model's documents is made: which streams, and their evolve.

    The document's id is the id that the stream is about; ``named_by`` is the kind of stream that
    is about that id too, where this one is not.
    """

    def __init__(
        self,
        *,
        model: str,
        stream: str,
        state: type[S],
        evolve: Callable[[S | None, Any], S],
        named_by: str | None = None,
    ) -> None:
        self.model = model
        self.stream = stream
        self.state = state
        self.named_by = named_by or stream
        self._evolve = evolve
        self._decoder = msgspec.json.Decoder(state)

    def document(self, recorded: Recorded) -> str | None:
        """The id of the document that ``recorded`` changes, if it does."""
        if category(recorded.stream) != self.stream:
            return None
        return recorded.stream.partition("-")[2]

    def fold(self, part: Part[S] | None, recorded: Recorded) -> Part[S]:
        """``part`` after ``recorded``; unchanged when that was applied already.

        Raises :class:`Missed` when the stream's events in between were not.
        """
        version = part.version if part else 0
        if part and recorded.version <= version:
            return part
        if recorded.version > version + 1:
            raise Missed(recorded, version)
        state = self._evolve(part.state if part else None, recorded.event)
        return Part(recorded.position, recorded.version, state)

    def encode(self, state: S) -> bytes:
        """The stored bytes of ``state``: equal for equal states."""
        return encode(state)

    def decode(self, data: bytes) -> S:
        """The state stored as ``data``."""
        return self._decoder.decode(data)


@dataclass(frozen=True)
class ListEntry:
    """A member of an ordered list; its place, a position in the log, never changes."""

    model: str
    owner: str
    member: str
    position: int
