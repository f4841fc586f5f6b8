"""The commands that start one process each."""

from __future__ import annotations

from typing import Annotated

import typer

Port = Annotated[
    int | None, typer.Option(help="Listen here instead of the port in the settings.", min=0)
]
Host = Annotated[
    str | None, typer.Option(help="Listen on this address instead of the one in the settings.")
]

api = typer.Typer(no_args_is_help=True, help="One of the two HTTP apps.")
worker = typer.Typer(no_args_is_help=True, help="One of the sinks of the event topic.")


@api.command("commands")
def api_commands(host: Host = None, port: Port = None) -> None:
    """The command app: all that changes something. It writes to Postgres.

    Example: [cyan]sojourn api commands --port 9001[/]
    """
    from sojourn.processes import run_command_app  # noqa: PLC0415

    run_command_app(host, port)


@api.command("queries")
def api_queries(host: Host = None, port: Port = None) -> None:
    """The query app: all that is read. No credential of it can write.

    Example: [cyan]sojourn api queries[/]
    """
    from sojourn.processes import run_query_app  # noqa: PLC0415

    run_query_app(host, port)


def gateway(host: Host = None, port: Port = None) -> None:
    """Both apps on one origin: GET and HEAD to queries, the rest to commands.

    Example: [cyan]sojourn gateway --host 0.0.0.0[/]
    """
    from sojourn.processes import run_gateway  # noqa: PLC0415

    run_gateway(host, port)


def relay() -> None:
    """Sends the log to Kafka, in its order; of several relays one is at work, the others wait.

    Example: [cyan]sojourn relay[/]
    """
    from sojourn.processes import run_relay  # noqa: PLC0415

    run_relay()


@worker.command("pages")
def worker_pages() -> None:
    """Keeps the pages, calendars and lists in Redis up to date. Start several to share the work.

    Example: [cyan]sojourn worker pages[/]
    """
    from sojourn.processes import run_worker  # noqa: PLC0415

    run_worker("pages")


@worker.command("search")
def worker_search() -> None:
    """Keeps the search index in Elasticsearch up to date. Start several to share the work.

    Example: [cyan]sojourn worker search[/]
    """
    from sojourn.processes import run_worker  # noqa: PLC0415

    run_worker("search")


@worker.command("feed")
def worker_feed() -> None:
    """Keeps the live feed in Redis, which the query app tells to those who listen.

    Example: [cyan]sojourn worker feed[/]
    """
    from sojourn.processes import run_worker  # noqa: PLC0415

    run_worker("feed")


@worker.command("reactors")
def worker_reactors() -> None:
    """Calls the payment providers for what bookings need. Start several to share the work.

    Example: [cyan]sojourn worker reactors[/]
    """
    from sojourn.processes import run_worker  # noqa: PLC0415

    run_worker("reactors")


@worker.command("webhooks")
def worker_webhooks() -> None:
    """Tells integrators of what happens, at their endpoints. Start several to share the work.

    Example: [cyan]sojourn worker webhooks[/]
    """
    from sojourn.processes import run_worker  # noqa: PLC0415

    run_worker("webhooks")
