"""The commands that fill a platform: real listings, and accounts to try it with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import_data = typer.Typer(no_args_is_help=True, help="Bring in real data, through the commands.")


@import_data.callback()
def group() -> None:
    """Bring in real data, through the commands."""


@import_data.command("stockholm")
def stockholm(
    file: Annotated[
        Path | None, typer.Option(help="Another file with the same columns.", dir_okay=False)
    ] = None,
) -> None:
    """The 5,223 listings of Stockholm that come with Sojourn (Inside Airbnb, CC BY 4.0).

    An interrupted import goes on where it stopped; a repeated one changes nothing. Listings without
    a price become drafts. Rows that are no listings are told and left out.

    Example: [cyan]sojourn import stockholm[/]
    """
    from sojourn.stockholm.command import run  # noqa: PLC0415

    run(file)


@import_data.command("hotels")
def hotels(
    file: Annotated[
        Path | None,
        typer.Option(help="Another file with the same columns, plain or .gz.", dir_okay=False),
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Write the refused rows as CSV.", dir_okay=False)
    ] = None,
) -> None:
    """The 14,938 bookings of two hotels in Portugal that come with Sojourn (CC BY 4.0).

    Each is lived through on the days it was lived: booked, paid, then cancelled, missed, or checked
    in and out. An interrupted import goes on where it stopped; a repeated one changes nothing. Rows
    that no booking can be made of are told and left out.

    Example: [cyan]sojourn import hotels --refused refused.csv[/]
    """
    from sojourn.hotels.command import run  # noqa: PLC0415

    run(file, refused)


def demo() -> None:
    """Accounts to try everything with: a guest, a host, an auditor, an analyst, an admin.

    Their passwords are public. Never run this where real people sign in.

    Example: [cyan]sojourn demo[/]
    """
    from sojourn.demo import run  # noqa: PLC0415

    run()
