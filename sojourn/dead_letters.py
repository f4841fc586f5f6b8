"""Dead letters as operators see them: a table on a terminal, JSON lines in a pipe."""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Sequence

from rich.table import Table

from sojourn.errors import Stop
from sojourn.settings import load_settings
from sojourn.terminal import err, out
from streams.dead_letters.desk import Desk, Kept

POLL = 0.1


def list_them(
    sink: str | None,
    *,
    closed: bool,
    behind: bool,
    after: int,
    limit: int,
    as_json: bool | None,
) -> None:
    """Print up to ``limit`` dead letters."""
    with _desk() as desk:
        found = desk.find(sink=sink, closed=closed, behind=behind, after=after, limit=limit)
        waiting = desk.behind()
    if _wants_json(as_json):
        for letter in found:
            _write({**letter.told, "behind": _behind(letter, waiting)})
        return
    if not found:
        out.print("No dead letters.")
        return
    table = Table()
    for column in ("id", "sink", "kind", "state", "what", "position", "behind", "because", "found"):
        table.add_column(column, overflow="fold")
    for letter in found:
        table.add_row(
            str(letter.id),
            letter.sink,
            letter.kind,
            letter.state,
            _what(letter),
            str(letter.position or ""),
            str(_behind(letter, waiting) or ""),
            letter.because,
            f"{letter.found_at:%Y-%m-%d %H:%M:%S}Z",
        )
    out.print(table)
    if len(found) == limit:
        err.print(f"There may be more: --after {found[-1].id}")


def show_them(ids: Sequence[int], *, as_json: bool | None) -> None:
    """Print everything about ``ids``; raises Stop when one is not there."""
    with _desk() as desk:
        found = _found(desk, ids)
    for letter in found:
        data = base64.b64encode(letter.data or b"").decode("ascii")
        if _wants_json(as_json):
            _write({**letter.told, "data": data})
            continue
        for name, value in letter.told.items():
            out.print(f"{name:>14}  {'' if value is None else value}", markup=False)
        out.print(f"{'data (base64)':>14}  {data}", markup=False, soft_wrap=True)


def retry_them(ids: Sequence[int], sink: str | None, wait: float) -> int:
    """Ask for another try of ``ids``, or of all open ones of ``sink``; the exit code."""
    with _desk() as desk:
        letters = _found(desk, ids) if ids else _all_open(desk, sink)
        wanted = {letter.parked: letter.id for letter in letters if letter.parked}
        for letter in letters:
            if letter.parked is None:
                err.print(
                    f"{letter.id}: a record that can't be read has nothing to try: discard it"
                )
        for sink_and_stream in wanted:
            desk.retry(*sink_and_stream)
        give_up = time.monotonic() + wait
        failed = sum(not _came_of(desk, *parked, give_up) for parked in wanted)
    if not letters:
        out.print("Nothing to try again.")
    return 1 if failed else 0


def discard_them(ids: Sequence[int]) -> None:
    """Put ``ids`` aside; raises Stop when one is not there."""
    with _desk() as desk:
        _found(desk, ids)
        number = desk.discard(ids)
    out.print(f"{number} discarded; what is parked stays so, and `retry` still works.")


def _came_of(desk: Desk, sink: str, stream: str, give_up: float) -> bool:
    """Wait for the worker, and tell what came of it; whether it worked."""
    while not desk.tried(sink, stream):
        if time.monotonic() >= give_up:
            late = f"waits for `sojourn worker {sink}`, which has not come to it yet"
            err.print(f"{sink}, {stream}: {late}", soft_wrap=True)
            return False
        time.sleep(POLL)
    still = desk.still(sink, stream)
    if still is None:
        out.print(f"{sink}, {stream}: applied", soft_wrap=True)
        return True
    out.print(
        f"{sink}, {stream}: still fails at version {still.version}: {still.because}",
        markup=False,
        soft_wrap=True,
    )
    return False


def _all_open(desk: Desk, sink: str | None) -> list[Kept]:
    return desk.find(sink=sink, closed=False, behind=True, after=0, limit=1_000_000)


def _found(desk: Desk, ids: Sequence[int]) -> list[Kept]:
    found = desk.show(ids)
    if missing := set(ids) - {letter.id for letter in found}:
        raise Stop(f"there is no dead letter {min(missing)}")
    return found


def _desk() -> Desk:
    return Desk(load_settings().need("postgres_workers_url"))


def _wants_json(asked: bool | None) -> bool:  # noqa: FBT001 - what the option said
    return not out.is_terminal if asked is None else asked


def _write(row: object) -> None:
    sys.stdout.write(json.dumps(row) + "\n")


def _what(letter: Kept) -> str:
    if letter.stream is not None:
        return f"{letter.stream}@{letter.version}"
    return f"record {letter.partition}@{letter.record_offset}"


def _behind(letter: Kept, waiting: dict[tuple[str, str], int]) -> int:
    return waiting.get(letter.parked, 0) if letter.parked else 0
