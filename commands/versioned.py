"""Something's state, with the version of its stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True)
class Versioned(Generic[S]):
    """``state`` after ``version`` events of ``stream``, whose events carry ``key``."""

    state: S
    version: int
    stream: str
    key: str
    evolve: Callable[[S | None, Any], S]
