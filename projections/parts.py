"""A document is made of parts; each is the fold of one stream and knows how far it has come."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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


class Refused(Exception):
    """The store refuses a document for what it is; asking again won't help.

    Tells which kind of mistake, and no value of the document: those may be about people.
    """


class Poison(Exception):
    """A projector fails on ``recorded``, and would fail again.

    Tells what failed and where, and no value of the event: those may be about people.
    """

    def __init__(self, recorded: Recorded, cause: Exception) -> None:
        super().__init__(f"{type(cause).__name__} in {_place(cause)}")
        self.recorded = recorded


def _place(cause: Exception) -> str:
    frames = traceback.extract_tb(cause.__traceback__)
    last = frames[-1]
    return f"{Path(last.filename).name}, line {last.lineno}, {last.name}"


@contextmanager
def folding(recorded: Recorded) -> Generator[None]:
    """Whatever a projector fails with on ``recorded`` becomes :class:`Poison`."""
    try:
        yield
    except (Missed, MemoryError):
        raise
    except Exception as error:
        raise Poison(recorded, error) from error


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
