"""`sojourn dead-letters`: what workers could not apply, and what operators do about it."""

from __future__ import annotations

from typing import Annotated

import typer

dead_letters = typer.Typer(
    no_args_is_help=True, help="What workers could not apply: see it, retry it, put it aside."
)

Sink = Annotated[
    str | None,
    typer.Option(help="Only this worker's: pages, search, feed, reactors, webhooks."),
]
Json = Annotated[
    bool | None,
    typer.Option("--json/--table", help="JSON lines, or a table; a table on a terminal."),
]
Ids = Annotated[list[int], typer.Argument(help="The ids that `list` shows.", metavar="ID...")]


@dead_letters.callback()
def group() -> None:
    """What workers could not apply: see it, retry it, put it aside.

    An event that can't be decoded, that a projector fails on, or whose document a store refuses,
    parks its stream for that worker: later events of the stream are kept here and not applied,
    everything else goes on, and answers about the listing say `degraded`. A record of the topic
    that nobody can read is kept here, too; its event came from the log.
    """


@dead_letters.command("list")
def list_letters(
    sink: Sink = None,
    every: Annotated[
        bool | None, typer.Option("--all", help="Those that were applied or discarded, too.")
    ] = None,
    behind: Annotated[
        bool | None, typer.Option("--behind", help="Those that only wait for another, too.")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Only behind this id.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    json: Json = None,
) -> None:
    """What is open, the oldest first, and how many events wait behind each.

    Exit code 0, whether or not there are any.

    Examples:

    [cyan]sojourn dead-letters list[/]

    [cyan]sojourn dead-letters list --sink search --all --json | jq .because[/]
    """
    from sojourn.dead_letters import list_them  # noqa: PLC0415

    list_them(sink, closed=bool(every), behind=bool(behind), after=after, limit=limit, as_json=json)


@dead_letters.command("show")
def show(ids: Ids, json: Json = None) -> None:
    """Everything about some of them, with the stored bytes. What is encrypted stays so.

    Example: [cyan]sojourn dead-letters show 17[/]
    """
    from sojourn.dead_letters import show_them  # noqa: PLC0415

    show_them(ids, as_json=json)


@dead_letters.command("retry")
def retry(
    ids: Annotated[
        list[int] | None, typer.Argument(help="The ids that `list` shows.", metavar="[ID...]")
    ] = None,
    every: Annotated[bool | None, typer.Option("--all", help="All that are open.")] = None,
    sink: Sink = None,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for the worker to do it.")
    ] = 30.0,
) -> None:
    """Make the documents of their streams anew from the log, and let the streams go on.

    The worker does it between two batches, so nothing that arrives meanwhile is lost. What else is
    parked about the same listing or account is tried along with it. What fails again is parked
    again. Exit code 1 if anything still fails, or no worker has come to it in time.

    Examples:

    [cyan]sojourn dead-letters retry 17[/]

    [cyan]sojourn dead-letters retry --all --sink pages[/]
    """
    from sojourn.dead_letters import retry_them  # noqa: PLC0415

    if bool(ids) == bool(every):
        raise typer.BadParameter("name ids, or say --all")
    raise typer.Exit(retry_them(ids or [], sink, wait))


@dead_letters.command("discard")
def discard(ids: Ids) -> None:
    """Stop listing them: what they are about stays as it is.

    The streams stay parked and their listings degraded, as their documents lack events; nothing is
    deleted, and `retry` with the same ids still works.

    Example: [cyan]sojourn dead-letters discard 17 18[/]
    """
    from sojourn.dead_letters import discard_them  # noqa: PLC0415

    discard_them(ids)
