"""The newest state of each stream that this process knows of: stored, or about to be.

Deciding on it needs no round trip, and the next command on a stream need not wait until the one
before it is stored. It may be wrong: another process may have written, or what is about to be
stored may fail. The append finds out, since it checks every version that a decision rests on.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

S = TypeVar("S")


@dataclass(eq=False)
class Root:
    """One reading of the log, shared by all that was decided on top of it.

    ``wrong`` once something of that was not stored: then the later ones rest on what never
    happened, even where their versions fit because another process has written in its place.
    """

    wrong: bool = False


@dataclass(frozen=True)
class Known(Generic[S]):
    """``state`` after ``version`` events, all but the stored ones among them hoped for."""

    version: int
    state: S
    root: Root


class Recent:
    """Keeps ``most`` streams, those that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[str, Known[object]] = OrderedDict()

    def get(self, stream: str) -> Known[object] | None:
        """What is known of ``stream``."""
        with self._lock:
            found = self._known.get(stream)
            if found is None or found.root.wrong:
                return None
            self._known.move_to_end(stream)
            return found

    def put(self, stream: str, known: Known[object]) -> None:
        """Know ``known`` from now on."""
        with self._lock:
            self._known[stream] = known
            self._known.move_to_end(stream)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def forget(self, stream: str, root: Root) -> None:
        """Know nothing that grew from ``root``; what was read since then stays."""
        with self._lock:
            found = self._known.get(stream)
            if found and found.root is root:
                del self._known[stream]
