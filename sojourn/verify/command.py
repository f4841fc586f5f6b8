"""`sojourn verify`: progress while it looks, a line an invariant, and the verdict last."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prometheus_client import CollectorRegistry
from rich.progress import Progress, TaskID

from projections.ending import end
from sojourn.settings import Settings, load_settings
from sojourn.terminal import err, out, progress
from sojourn.verify.checking import verify
from sojourn.verify.following import FollowMetrics, follow
from sojourn.verify.stores import open_stores
from sojourn.verify.verification import Verification
from sojourn.wiring import shown_metrics
from streams.running import stop_on_signals


class Bar:
    """One bar, begun anew for each thing that is looked at."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._task: TaskID | None = None

    def begin(self, what: str, total: int | None = None) -> None:
        """See :class:`sojourn.verify.told.Told`."""
        if self._task is not None:
            self._shown.remove_task(self._task)
        self._task = self._shown.add_task(what, total=total)

    def advance(self, by: int) -> None:
        """See :class:`sojourn.verify.told.Told`."""
        if self._task is not None:
            self._shown.advance(self._task, by)


def run(wait: float, journal: Path | None) -> int:
    """Verify and report; the exit code."""
    with progress() as shown:
        result = asyncio.run(_verify(load_settings(), wait, journal, Bar(shown)))
    report(result)
    return 1 if result.first else 0


def run_following(rate: float) -> int:
    """Compare until told to stop; the exit code."""
    settings = load_settings()
    registry = CollectorRegistry()
    with shown_metrics(settings, registry), progress() as shown:
        found = asyncio.run(_follow(settings, rate, FollowMetrics(registry), Bar(shown)))
    first = (
        f"{len(found):,} different, the first: {next(iter(found))}" if found else "no difference"
    )
    out.print(f"verify: {first}", markup=False, soft_wrap=True)
    return 1 if found else 0


async def _follow(
    settings: Settings, rate: float, metrics: FollowMetrics, told: Bar
) -> dict[str, None]:
    """What differed, each difference once however many rounds it lasted, the first one first."""
    found: dict[str, None] = {}

    def tell(violation: str) -> None:
        if violation in found:
            return
        found[violation] = None
        err.print(f"DIFFERENT: {violation}", markup=False, soft_wrap=True)

    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_stores(settings) as stores:
        following = asyncio.ensure_future(
            follow(stores, rate=rate, metrics=metrics, told=told, found=tell)
        )
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait([following, stopping], return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            following.result()
        await end(following, stopping)
    return found


def report(result: Verification) -> None:
    """What was found, the verdict last."""
    for findings in result.findings:
        out.print(findings.line, markup=False, soft_wrap=True)
        for violation in findings.violations:
            err.print(f"   {violation}", markup=False, soft_wrap=True)
        if findings.total > len(findings.violations):
            err.print(f"   ... and {findings.total - len(findings.violations):,} more")
    for late in result.lag:
        out.print(f"lag: {late}", markup=False, soft_wrap=True)
    for parked in result.parked:
        out.print(f"parked: {parked.line}", markup=False, soft_wrap=True)
    out.print(result.verdict, markup=False, soft_wrap=True)


async def _verify(settings: Settings, wait: float, journal: Path | None, told: Bar) -> Verification:
    async with open_stores(settings) as stores:
        return await verify(stores, wait, journal, told)
