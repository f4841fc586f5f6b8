"""The commands that run Sojourn on one machine: up, down, status, logs, clean, fetch.

What they do is imported when one of them runs: production installs no servers.
"""

from __future__ import annotations

from types import ModuleType
from typing import Annotated

import typer

from sojourn.errors import Stop

lifecycle = typer.Typer()
PANEL = "On one machine"


@lifecycle.command(rich_help_panel=PANEL)
def up() -> None:
    """Start the servers and every process, fill in the demo data, stay until Ctrl-C.

    A server that the environment names is used instead of starting one: SOJOURN_POSTGRES_URL,
    SOJOURN_KAFKA_BOOTSTRAP, SOJOURN_REDIS_URL, SOJOURN_ELASTICSEARCH_URL. Ports are set by
    SOJOURN_GATEWAY_PORT, SOJOURN_POSTGRES_PORT and so on; data lies in SOJOURN_HOME, downloads in
    SOJOURN_CACHE. Started by root, the servers run as SOJOURN_SERVER_USER (nobody).
    """
    _actions().run_all()


@lifecycle.command(rich_help_panel=PANEL)
def down() -> None:
    """Stop what `sojourn up` started, and servers that tests have kept up and nobody uses."""
    _actions().stop_all()


@lifecycle.command(rich_help_panel=PANEL)
def status() -> None:
    """Show every process with its port, health, uptime and log; exit 0 only if all are healthy."""
    if not _actions().show_status():
        raise typer.Exit(1)


@lifecycle.command(rich_help_panel=PANEL)
def logs(
    name: Annotated[str, typer.Argument(help="One process, e.g. relay; all if left out.")] = "",
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show what is added.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of each.")] = 20,
) -> None:
    """Show the end of the logs."""
    _actions().show_logs(name, lines, following=follow)


@lifecycle.command(rich_help_panel=PANEL)
def clean(*, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Stop everything and delete all data of this checkout; downloads are kept."""
    if not yes:
        typer.confirm("Delete every account, listing, booking and event here?", abort=True)
    _actions().delete_all()


@lifecycle.command(rich_help_panel=PANEL)
def fetch() -> None:
    """Download the servers that the environment does not name, so that `up` works offline."""
    _actions().fetch_all()


def _actions() -> ModuleType:
    try:
        from sojourn import lifecycle as actions  # noqa: PLC0415 - see the top of this file
    except ModuleNotFoundError as missing:
        raise Stop(
            f"this installation has no servers of its own ({missing.name} is missing): use"
            " `make up` in a checkout, or `docker compose up`"
        ) from None
    return actions
