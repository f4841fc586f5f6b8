"""`sojourn import hotels`: with a progress bar, and at the end what became of every row."""

from __future__ import annotations

import csv
from pathlib import Path
from time import monotonic

from rich.table import Table

from commands.execute import Commands
from commands.together import Together
from sojourn.errors import Stop
from sojourn.hotels.asking import Tally
from sojourn.hotels.importing import (
    Patient,
    import_bookings,
    receipts_of_imports,
    shipped_file,
)
from sojourn.hotels.rows import read_bookings
from sojourn.settings import load_settings
from sojourn.terminal import out, progress
from sojourn.wiring import event_log

LIVED_THROUGH = {"Check-Out": "checked out", "Canceled": "cancelled", "No-Show": "no-show"}


def run(file: Path | None, refused: Path | None) -> None:
    """Import ``file``, or the shipped one; write who was refused to ``refused``, or show them.

    Raises Stop when a file can't be read or written.
    """
    settings = load_settings()
    began = monotonic()
    url = settings.need("postgres_commands_url")
    path = file or shipped_file()
    done, events_before = receipts_of_imports(url)
    with event_log(settings, sealed=True) as log, progress() as bar:
        task = bar.add_task("Living through bookings", total=None)
        try:
            tally = import_bookings(
                Patient(Together(log, Commands(log))),
                read_bookings(path),
                done,
                lambda by, of: bar.update(task, advance=by, total=of),
            )
        except (OSError, EOFError, ValueError) as error:
            raise Stop(f"{path} can't be imported: {error}") from error
    seconds = monotonic() - began
    _, events = receipts_of_imports(url)
    _tell_refused(tally, refused)
    out.print(outcomes(tally))
    new = events - events_before
    lived = sum(tally.ended.values())
    out.print(
        f"{lived - tally.already_there} lived through, {tally.already_there} already there,"
        f" {len(tally.refused)} refused; {new} events in {seconds:.1f} s ({new / seconds:.0f}/s)"
    )


def outcomes(tally: Tally) -> Table:
    """How the rows ended: as the file says, or not at all."""
    table = Table("final status", "lived through", "refused")
    turned_away = [row.ending for row in tally.refused]
    others = sorted(set(turned_away) - set(LIVED_THROUGH))
    for status in (*LIVED_THROUGH, *others):
        ended = next((count for name, count in tally.ended.items() if name == status), 0)
        name = LIVED_THROUGH.get(status, status)
        table.add_row(name, f"{ended:,}", f"{turned_away.count(status):,}")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _tell_refused(tally: Tally, to: Path | None) -> None:
    if to is None:
        for row in tally.refused:
            out.print(f"booking {row.row} ({row.ending}) refused: {row.reason}", markup=False)
        return
    try:
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("booking_no", "final_status", "reason"))
            writer.writerows((row.row, row.ending, row.reason) for row in tally.refused)
    except OSError as error:
        raise Stop(f"{to} can't be written: {error}") from error
