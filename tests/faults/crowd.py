"""What `make faults` and `make soak` have in common: how many people, and where it is told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from stack.signals import stoppable


def add_people(parser: argparse.ArgumentParser, *, people: int, rest: float) -> None:
    """Let the command line say how many people are at work, and how they rest."""
    parser.add_argument("--people", type=int, default=people, help="how many people are at work")
    parser.add_argument("--rest", type=float, default=rest, help="seconds that they rest at times")


def say(line: str) -> None:
    """Tell ``line`` at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def until_told(main: Callable[[], int]) -> int:
    """What ``main`` returns; 130, with all stopped that it started, when it is told to end."""
    try:
        with stoppable():
            return main()
    except KeyboardInterrupt:
        return 130
