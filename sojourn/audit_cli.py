"""The commands of auditors, through the role that may only SELECT."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer

audit = typer.Typer(no_args_is_help=True, help="Ask the log what happened.")


@audit.callback()
def group() -> None:
    """Ask the log what happened."""


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise typer.BadParameter("say which zone: 2026-11-01T00:00:00Z")
    return moment


Time = Annotated[datetime | None, typer.Option(parser=_time, metavar="TIME")]


@audit.command("query")
def query(
    stream: Annotated[str | None, typer.Option(help="One stream, as booking-<id>.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="As booking.confirmed.v1.")] = None,
    actor: Annotated[str | None, typer.Option(help="An account's id, or a process.")] = None,
    correlation_id: Annotated[
        str | None, typer.Option(help="The X-Request-ID or trace that caused it.")
    ] = None,
    from_: Annotated[
        datetime | None,
        typer.Option("--from", parser=_time, metavar="TIME", help="Recorded at or after."),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option("--to", parser=_time, metavar="TIME", help="Recorded before."),
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Only behind this position.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many events at most.")] = 20,
    json: Annotated[
        bool | None,
        typer.Option("--json/--table", help="JSON lines, or a table; a table on a terminal."),
    ] = None,
) -> None:
    """Events of the log, oldest first, by any of these.

    On a terminal they are a table, elsewhere JSON lines: one event a line, with every column, data
    and hash included. What comes last says how to see the next page.

    Examples:

    [cyan]sojourn audit query --stream booking-01940000-0000-7000-8000-000000000001[/]

    [cyan]sojourn audit query --type listing.published.v1 --from 2026-11-01T00:00:00Z --json[/]
    """
    from eventlog.reader import Filter  # noqa: PLC0415
    from sojourn.audit import show  # noqa: PLC0415

    asked = Filter(
        stream=stream,
        type=type_,
        actor=actor,
        correlation_id=correlation_id,
        since=from_,
        until=to,
        after=after,
    )
    show(asked, limit, as_json=not sys.stdout.isatty() if json is None else json)
