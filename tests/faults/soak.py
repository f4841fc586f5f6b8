"""`make soak`: traffic for a long time, and whether each process of ours keeps its size."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from stack.testing import servers_for_tests
from tests.faults.crowd import add_people, say, until_told
from tests.faults.suite.proof import caught_up, verified
from tests.faults.traffic import Journal, traffic
from tests.platforms import new_platform
from tests.processes import Processes

MOST = 1.1
"""How much larger a process may be in the last quarter than in the second one."""

LOOKS = 120
"""How often the sizes are looked at."""

MIB = 1 << 20

LONG = "how long people work; in less than 40 minutes caches still fill, which looks like growth"


def main() -> int:
    """Let people work for so long; 1 when a process grew all the time, or the log is not clean."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as name:
        stack = servers_for_tests()
        try:
            with (
                new_platform(stack.addresses, Path(name)) as platform,
                Processes(platform) as running,
            ):
                running.start_all()
                journal = Journal(platform.folder / "told.jsonl")
                url = running.url("gateway") or ""
                with traffic(
                    url, journal, asked.seed, asked.people, asked.rest
                ) as raise_what_is_wrong:
                    sizes = _watched(running, journal, raise_what_is_wrong, asked.minutes * 60)
                code = _summary(sizes)
                caught_up(platform.settings)
                say(verified(platform, journal.path))
        finally:
            stack.stop()
    return code


def _watched(
    running: Processes, journal: Journal, raise_what_is_wrong: Callable[[], None], seconds: float
) -> dict[str, list[float]]:
    """The size of each process in MiB, as often as it was looked at."""
    sizes: dict[str, list[float]] = defaultdict(list)
    began = time.monotonic()
    for look in range(1, LOOKS + 1):
        due, told = began + seconds * look / LOOKS, journal.told
        running.until(lambda due=due: time.monotonic() >= due, "", seconds + 60)
        raise_what_is_wrong()
        running.until(lambda told=told: journal.told > told, "the traffic stands still")
        for name, size in running.sizes().items():
            sizes[name].append(size / MIB)
        if look % 10 == 0:
            now = ", ".join(f"{name} {each[-1]:.0f}" for name, each in sizes.items())
            say(f"{time.monotonic() - began:6.0f} s, told {journal.told:,}; MiB: {now}")
    return sizes


def _summary(sizes: dict[str, list[float]]) -> int:
    grown: list[str] = []
    say(f"{'process':<20} {'2nd quarter':>12} {'last quarter':>12} {'ratio':>7}   MiB")
    for name, each in sizes.items():
        quarter = len(each) // 4
        before = statistics.median(each[quarter : 2 * quarter])
        after = statistics.median(each[-quarter:])
        say(f"{name:<20} {before:>12.1f} {after:>12.1f} {after / before:>7.2f}")
        if after > MOST * before:
            grown.append(name)
    say(f"grown: {', '.join(grown)}" if grown else "every process kept its size")
    return 1 if grown else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help=LONG)
    add_people(parser, people=4, rest=0.2)
    parser.add_argument("--seed", type=int, default=1, help="what their chance begins with")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(until_told(main))
