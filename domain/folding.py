"""A state is the fold of its facts: what every decision, command and read model rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

S = TypeVar("S")


def after(state: S | None, evolve: Callable[[S | None, Any], S], events: Iterable[Any]) -> S:
    """``state`` after ``events``; none begins a stream, which takes at least one."""
    for event in events:
        state = evolve(state, event)
    assert state is not None, "there was a state, or events that make one"
    return state
