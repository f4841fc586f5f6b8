"""`sojourn timers`: the process that does what time makes due, and what operators ask of it."""

from __future__ import annotations

from typing import Annotated

import typer

timers = typer.Typer(
    invoke_without_command=True, help="The scheduler: runs it, shows it, builds it anew."
)


@timers.callback()
def run(ctx: typer.Context) -> None:
    """Does what time makes due: expires holds, ends stays, offers nights. Safe to start twice.

    It follows the log into a table of timers and fires each within a quarter of a second.

    Examples:

    [cyan]sojourn timers[/]

    [cyan]sojourn timers list[/]
    """
    if ctx.invoked_subcommand is None:
        from sojourn.processes import run_timers  # noqa: PLC0415

        run_timers()


@timers.command("list")
def list_timers(
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 20,
) -> None:
    """What is due next, the most overdue first, and what went wrong with it.

    Example: [cyan]sojourn timers list --limit 50[/]
    """
    from sojourn.timers_table import show  # noqa: PLC0415

    show(limit)


@timers.command("rebuild")
def rebuild() -> None:
    """Forget every timer; the running processes build the same table again from the log.

    Example: [cyan]sojourn timers rebuild[/]
    """
    from sojourn.timers_table import rebuild as run_it  # noqa: PLC0415

    run_it()
