"""Reads as it is said: given(facts).when(decision).then(facts)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import pytest

from domain.events import Event
from domain.refusals import Refusal

S = TypeVar("S")


class Given(Generic[S]):
    """A state, folded from facts."""

    def __init__(self, state: S | None, evolve: Callable[[S | None, Any], S]) -> None:
        self._state = state
        self._evolve = evolve

    def when(self, decide: Callable[[S], Sequence[Event]]) -> When[S]:
        """Take a decision on the state."""
        assert self._state is not None, "the facts make no state"
        return When(self._state, decide, self._evolve)


class When(Generic[S]):
    """A decision to be taken."""

    def __init__(
        self, state: S, decide: Callable[[S], Sequence[Event]], evolve: Callable[[S | None, Any], S]
    ) -> None:
        self._state = state
        self._decide = decide
        self._evolve = evolve

    def then(self, *facts: Event) -> S:
        """Exactly ``facts`` follow; the state after them."""
        assert tuple(self._decide(self._state)) == facts
        state = self._state
        for fact in facts:
            state = self._evolve(state, fact)
        return state

    def then_nothing(self) -> None:
        """Nothing happens."""
        assert list(self._decide(self._state)) == []

    def then_refused(self, refusal: type[Refusal], **values: object) -> None:
        """The refusal is raised, with at least these values."""
        with pytest.raises(refusal) as caught:
            self._decide(self._state)
        assert values.items() <= caught.value.values.items()
        assert "{" not in str(caught.value)


def given(evolve: Callable[[S | None, Any], S], *facts: Event, empty: S | None = None) -> Given[S]:
    """The state that ``facts`` make, from ``empty`` when there are none."""
    state = empty
    for fact in facts:
        state = evolve(state, fact)
    return Given(state, evolve)
