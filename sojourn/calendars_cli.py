"""The commands about calendars of other places."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

calendars = typer.Typer(no_args_is_help=True, help="What is taken elsewhere.")


@calendars.callback()
def group() -> None:
    """What is taken elsewhere."""


@calendars.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="An iCalendar file, .ics.", dir_okay=False)],
    listing: Annotated[UUID, typer.Option(help="The id of the listing that it is about.")],
    name: Annotated[
        str | None, typer.Option(help="What it is called; the file's name without its ending.")
    ] = None,
) -> None:
    """Claim what is free of a calendar, in place of the earlier one of that name.

    It is done for the listing's host, as PUT /v1/listings/{id}/external-calendars/{name} does it.

    Example: [cyan]sojourn calendars import cabin.ics --listing $LISTING[/]
    """
    from sojourn.external_calendar import run  # noqa: PLC0415

    run(file, listing, name or file.stem)
