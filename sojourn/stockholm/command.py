"""`sojourn import stockholm`: with a progress bar, and one line at the end."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from sojourn.errors import Stop
from sojourn.settings import load_settings
from sojourn.stockholm.importing import import_listings, receipts_of_imports, shipped_file
from sojourn.terminal import err, out, progress
from sojourn.wiring import commands

TOLD = 10
"""How many refused rows are named one by one."""


def run(file: Path | None) -> None:
    """Import ``file``, or the shipped one; raises Stop when it can't be read."""
    settings = load_settings()
    began = monotonic()
    path = file or shipped_file()
    done = receipts_of_imports(settings.need("postgres_commands_url"))
    with commands(settings) as ready, progress() as bar:
        task = bar.add_task("Importing listings", total=None)
        try:
            tally = import_listings(
                ready, path, done, lambda by, of: bar.update(task, advance=by, total=of)
            )
        except (OSError, ValueError) as error:
            raise Stop(f"{path} can't be imported: {error}") from error
    for bad in tally.refused[:TOLD]:
        err.print(f"listing {bad.row} refused: {bad.reason}", markup=False)
    if len(tally.refused) > TOLD:
        err.print(f"... and {len(tally.refused) - TOLD} more")
    out.print(
        f"{tally.created} created, {tally.already_there} already there,"
        f" {len(tally.refused)} refused, in {monotonic() - began:.1f} s"
    )
