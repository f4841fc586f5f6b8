"""The faults there are: a function each, which breaks something and mends it again.

To add one, write it in a module that :mod:`tests.faults.suite.all` names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.suite.scene import Scene


@dataclass(frozen=True)
class Fault:
    """``short`` ones harm nobody else's servers, take seconds, and run in `make test` too."""

    name: str
    make: Callable[[Scene], None]
    short: bool


FAULTS: dict[str, Fault] = {}


def fault(
    name: str, *, short: bool = False
) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Register what makes the fault ``name``; when it returns, all is mended."""

    def register(make: Callable[[Scene], None]) -> Callable[[Scene], None]:
        FAULTS[name] = Fault(name, make, short)
        return make

    return register
