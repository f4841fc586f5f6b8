"""`sojourn projections`: builds read models anew beside those in use, and switches between them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

projections = typer.Typer(
    no_args_is_help=True, help="Read models: build them anew beside those in use, and switch."
)

Store = Annotated[
    Literal["pages", "search"], typer.Argument(help="pages, in Redis; or search, in Elasticsearch.")
]
Json = Annotated[
    bool | None,
    typer.Option("--json/--table", help="JSON lines, or a table; a table on a terminal."),
]
Generation = Annotated[
    str | None, typer.Argument(help="As `list` shows it; the newest whole one if not named.")
]


@projections.callback()
def group() -> None:
    """Read models: build them anew beside those in use, and switch.

    A [i]generation[/] is all the documents of one store. Readers see one of them. Workers feed it
    and every other that is ready, so that a switch, and the way back, is one step.
    """


@projections.command("list")
def list_generations(json: Json = None) -> None:
    """Every generation of both stores: which one readers see, and how far each is.

    Example: [cyan]sojourn projections list[/]
    """
    from sojourn.generations import list_them  # noqa: PLC0415

    list_them(as_json=json)


@projections.command("rebuild")
def rebuild(store: Store) -> None:
    """Build a new generation from the log, beside the one in use. Readers see nothing of it.

    A rebuild that was interrupted goes on where it was; while one runs, another is refused.

    Examples:

    [cyan]sojourn projections rebuild pages[/]

    [cyan]sojourn projections compare pages && sojourn projections switch pages[/]
    """
    from sojourn.generations import rebuild as run  # noqa: PLC0415

    run(store)


@projections.command("compare")
def compare(store: Store, generation: Generation = None) -> None:
    """Compare every document of a generation, and of the one in use, with the log and each other.

    Names the first difference. Exit code 0 when there is none, 1 when there is.

    Example: [cyan]sojourn projections compare search 2-3[/]
    """
    from sojourn.generations import compare as run  # noqa: PLC0415

    raise typer.Exit(run(store, generation))


@projections.command("switch")
def switch(store: Store, generation: Generation = None) -> None:
    """Let readers see another generation, all of them from one moment on.

    Refused when it is not whole, or behind the one in use.

    Example: [cyan]sojourn projections switch pages[/]
    """
    from sojourn.generations import switch as run  # noqa: PLC0415

    run(store, generation)


@projections.command("rollback")
def rollback(store: Store) -> None:
    """Let readers see the generation that they saw before the last switch.

    Example: [cyan]sojourn projections rollback pages[/]
    """
    from sojourn.generations import rollback as run  # noqa: PLC0415

    run(store)


@projections.command("drop")
def drop(
    store: Store, generation: Annotated[str, typer.Argument(help="As `list` shows it.")]
) -> None:
    """Delete a generation that readers don't see: it costs workers and memory until then.

    Example: [cyan]sojourn projections drop pages 2-3[/]
    """
    from sojourn.generations import drop as run  # noqa: PLC0415

    run(store, generation)
