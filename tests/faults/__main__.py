"""`make faults`: breaks a platform on servers of its own, seed by seed; ends with a table."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from tests.faults.crowd import add_people, say, until_told
from tests.faults.suite.all import FAULTS
from tests.faults.suite.breakable import servers_to_break
from tests.faults.suite.running import HEADING, Shown, run

PEOPLE = 8
REST = 2.0
"""Without rest a fault that takes a minute leaves so much to verify that it takes another."""


def main() -> int:
    """Make the faults that the arguments name; 1 when one of them broke a promise."""
    asked = _arguments()
    if asked.list:
        for fault in FAULTS.values():
            first_line = (fault.make.__doc__ or "").splitlines()[0]
            say(f"{fault.name:<28} {first_line}")
        return 0
    unknown = [name for name in asked.faults if name not in FAULTS]
    if unknown:
        say(f"no such fault: {', '.join(unknown)}; --list names them all")
        return 2
    first = random.randrange(10**6) if asked.seed is None else asked.seed  # noqa: S311 - no secret
    results: list[tuple[int, Shown]] = []
    with tempfile.TemporaryDirectory(prefix="sojourn-faults-") as name:
        folder = Path(name)
        # The servers' own account must reach what is in it.
        folder.chmod(0o755)
        with servers_to_break(folder / "servers") as servers:
            for seed in range(first, first + asked.seeds):
                say(f"SEED={seed}\n{HEADING}")
                here = folder / f"seed-{seed}"
                here.mkdir()
                shown = run(
                    servers.addresses,
                    servers,
                    here,
                    seed=seed,
                    faults=asked.faults or list(FAULTS),
                    people=asked.people,
                    rest=asked.rest,
                    say=say,
                )
                results += [(seed, one) for one in shown]
    return _summary(results)


def _summary(results: list[tuple[int, Shown]]) -> int:
    failed = [f"{one.fault} (SEED={seed})" for seed, one in results if one.verdict == "FAILED"]
    clean = sum(one.verdict == "clean" for _, one in results)
    skipped = sum(one.verdict == "skipped" for _, one in results)
    say(f"\n{'seed':>6}  {HEADING}")
    for seed, one in results:
        say(f"{seed:>6}  {one.line}")
    say(f"{clean} clean, {skipped} skipped, {len(failed)} failed {', '.join(failed)}")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("faults", nargs="*", help="the faults to make; all of them without any")
    parser.add_argument("--seed", type=int, help="what chance begins with; printed when not given")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds in a row")
    add_people(parser, people=PEOPLE, rest=REST)
    parser.add_argument("--list", action="store_true", help="name the faults")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(until_told(main))
