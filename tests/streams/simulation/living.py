"""Lives of the pipeline by chance: everything that may happen to it, the usual more often."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.streams.simulation.machine import PARTITIONS, WORKERS, Machine

ENDS_BADLY: Final = 0.5
"""How many lives end badly, of all."""

CARRIED: Final = 20
"""After how many tries whatever was appended is in the topic."""


class Living(Machine):
    """The machine, and whiles of everything that a seed decides."""

    more: tuple[tuple[Callable[[Any, Random], object], int], ...] = ()
    """What else happens in a while, and how often."""

    @rule(seed=st.integers(min_value=0, max_value=2**32))
    def live(self, seed: int, actions: int = 40) -> None:
        """A while of everything, the usual more often than faults."""
        dice = Random(seed)  # noqa: S311 - it is to be the same for a seed
        for _ in range(actions):
            acts = (*USUALLY, *self.more)
            [act] = dice.choices([each for each, _ in acts], [often for _, often in acts])
            act(self, dice)
            self.check()
        if dice.random() < ENDS_BADLY:
            self.end_badly(dice)

    def end_badly(self, dice: Random) -> None:
        """The topic's last records meet failures, are committed, and every worker is gone.

        No record comes after these that could heal what they left.
        """
        self.start_worker(dice.randrange(WORKERS))
        for _ in range(CARRIED):
            self.carry(dice.randrange(2))
        for _ in range(dice.randint(1, 30)):
            dice.choices([fail, rush, _one_round, _lose], [2, 4, 8, 1])[0](self, dice)
        for which in range(WORKERS):
            self.commit(which)
            self.kill_worker(which)
        self.check()


def fail(machine: Machine, dice: Random) -> None:
    """Some input or output fails."""
    if machine.scheduler.stops:
        machine.fail(dice.randrange(64))


def _arrive(machine: Machine, dice: Random) -> None:
    if machine.sending():
        machine.arrive(dice.randrange(64), dice.randint(1, 5), told=dice.random() < 0.8)


def _expire(machine: Machine, dice: Random) -> None:
    if machine.sending():
        machine.expire(dice.randrange(64))


def rush(machine: Machine, dice: Random) -> None:
    """One process goes on while the others stand still."""
    for _ in range(dice.randint(5, 25)):
        if stops := machine.scheduler.stops:
            machine.scheduler.go_on(stops[-1])


def _one_round(machine: Machine, _dice: Random) -> None:
    machine.work(1)


def _forget(machine: Machine, dice: Random) -> None:
    if machine.forgets:
        which = dice.randrange(WORKERS)
        rebuild = partial(machine.rebuild, which)
        dice.choice([machine.flush, machine.read_again, rebuild, rebuild])()


def _lose(machine: Machine, dice: Random) -> None:
    if machine.forgets:
        machine.lose(dice.randrange(WORKERS))


def _wait(machine: Machine, _dice: Random) -> None:
    if machine.forgets:
        machine.wait()


CRASHES: Final = ["", "", "", "", "before saving", "after saving"]

USUALLY: Final[tuple[tuple[Callable[[Machine, Random], object], int], ...]] = (
    (lambda machine, dice: machine.append(dice.randint(1, 4)), 8),
    (lambda machine, dice: machine.relay(dice.randrange(2), dice.choice(CRASHES)), 12),
    (_arrive, 12),
    (lambda machine, dice: machine.go_on([dice.randrange(64) for _ in range(9)]), 40),
    (lambda machine, dice: machine.commit(dice.randrange(WORKERS)), 6),
    (lambda machine, dice: machine.look(dice.randrange(WORKERS)), 3),
    (lambda machine, dice: machine.start_worker(dice.randrange(WORKERS)), 6),
    (lambda machine, dice: machine.kill_worker(dice.randrange(WORKERS)), 3),
    (lambda machine, dice: machine.kill_relay(dice.randrange(2)), 1),
    (lambda machine, _dice: machine.lose_session(), 1),
    (lambda machine, dice: machine.scribble(dice.choice(PARTITIONS)), 1),
    (rush, 12),
    (fail, 4),
    (_expire, 1),
    (_forget, 1),
    (_lose, 1),
    (_wait, 2),
)
"""What happens in a while, and how often."""
