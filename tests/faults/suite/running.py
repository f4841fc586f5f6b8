"""Makes faults on a platform under traffic, one after the other, and tells of each in a line."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.addresses import Addresses
from tests.faults.suite.all import FAULTS, Fault
from tests.faults.suite.breakable import Servers
from tests.faults.suite.proof import caught_up, topic_is_the_log, verified
from tests.faults.suite.scene import Scene, Skip
from tests.faults.traffic import REST, Journal, traffic
from tests.platforms import new_platform
from tests.processes import Processes

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a fault showed: ``verdict`` is "clean", "FAILED" or "skipped"; times are in seconds.

    ``told`` counts answers 2xx, ``repeated`` what people had to ask again.
    """

    fault: str
    verdict: str
    told: int = 0
    repeated: int = 0
    kills: int = 0
    caught_up: float = 0.0
    seconds: float = 0.0
    notes: str = ""

    @property
    def line(self) -> str:
        """A line of the table."""
        return (
            f"{self.fault:<28} {self.verdict:<8} {self.told:>7,} {self.repeated:>9,}"
            f" {self.kills:>6} {self.caught_up:>10.1f} {self.seconds:>8.0f}  {self.notes}"
        )


HEADING = (
    f"{'fault':<28} {'verdict':<8} {'told':>7} {'repeated':>9} {'kills':>6} {'caught up':>10}"
    f" {'seconds':>8}"
)


def run(
    addresses: Addresses,
    servers: Servers | None,
    folder: Path,
    *,
    seed: int,
    faults: Sequence[str],
    people: int,
    say: Say,
    rest: float = REST,
) -> list[Shown]:
    """Make ``faults`` while ``people``, who ``rest`` so many seconds at times, are at work.

    What fails is told, and the next one gets a fresh platform.
    """
    shown: list[Shown] = []
    left = [FAULTS[name] for name in faults]
    while left:
        home = folder / f"platform-{len(shown)}"
        home.mkdir()
        with _scene(addresses, servers, home, seed, say) as scene:
            while left:
                one = _one(left.pop(0), scene, seed, people, rest)
                shown.append(one)
                say(one.line)
                if one.verdict == "FAILED":
                    break
            else:
                read = topic_is_the_log(scene.platform.settings)
                say(f"the topic is the log in order: {read:,} records")
    return shown


@contextmanager
def _scene(
    addresses: Addresses, servers: Servers | None, folder: Path, seed: int, say: Say
) -> Generator[Scene]:
    with new_platform(addresses, folder) as platform, Processes(platform) as processes:
        processes.start_all()
        yield Scene(
            platform=platform,
            processes=processes,
            journal=Journal(folder / "told.jsonl"),
            chance=random.Random(seed),  # noqa: S311 - repeatable, not secret
            servers=servers,
            say=say,
        )


def _one(fault: Fault, scene: Scene, seed: int, people: int, rest: float) -> Shown:
    began = time.monotonic()
    journal, kills = scene.journal, scene.kills
    told, repeated = journal.told, journal.repeated
    # Each fault has a chance of its own, so that it is the same whichever others are chosen.
    scene.chance = random.Random(f"{seed} {fault.name}")  # noqa: S311 - repeatable, not secret
    scene.notes.clear()
    caught = 0.0
    try:
        url, chance = scene.processes.url("gateway") or "", scene.chance.randrange(10**6)
        with traffic(url, journal, chance, people, rest):
            fault.make(scene)
        caught = caught_up(scene.platform.settings)
        verdict, last = "clean", verified(scene.platform, journal.path)
        scene.note(last.removeprefix("verify: clean — "))
    except Skip as skip:
        verdict = "skipped"
        scene.notes[:] = [str(skip)]
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told and the next is made
        verdict = "FAILED"
        scene.say(traceback.format_exc())
        scene.notes[:] = [f"{type(error).__name__}: {str(error).splitlines()[0:1]}"]
    return Shown(
        fault=fault.name,
        verdict=verdict,
        told=journal.told - told,
        repeated=journal.repeated - repeated,
        kills=scene.kills - kills,
        caught_up=caught,
        seconds=time.monotonic() - began,
        notes="; ".join(scene.notes),
    )
