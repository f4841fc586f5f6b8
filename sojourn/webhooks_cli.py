"""`sojourn webhooks`: what operators ask of webhook endpoints and of what was sent to them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

webhooks = typer.Typer(no_args_is_help=True, help="Webhook endpoints, and what was sent to them.")

Endpoint = Annotated[UUID, typer.Argument(metavar="ENDPOINT", help="The id of an endpoint.")]


@webhooks.command("list")
def list_endpoints() -> None:
    """All endpoints, and how much waits for each.

    Example: [cyan]sojourn webhooks list[/]
    """
    from sojourn.webhooks_table import show_endpoints  # noqa: PLC0415

    show_endpoints()


@webhooks.command("deliveries")
def deliveries(
    endpoint: Endpoint,
    status: Annotated[
        str | None, typer.Option(help="Only pending, delivered, failed or cancelled ones.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 20,
) -> None:
    """What was sent to an endpoint, or is to be, the latest first.

    Example: [cyan]sojourn webhooks deliveries 019401d2-7c1a-7000-8000-000000000001
    --status failed[/]
    """
    from sojourn.webhooks_table import show_deliveries  # noqa: PLC0415

    show_deliveries(endpoint, status, limit)


@webhooks.command("redeliver")
def redeliver(
    endpoint: Endpoint,
    delivery: Annotated[
        list[UUID] | None, typer.Argument(metavar="[DELIVERY]...", help="Ids of deliveries.")
    ] = None,
    failed: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--failed", help="All that failed or were cancelled, too.")
    ] = False,
) -> None:
    """Send some deliveries again, from now on, under the ids that they had.

    Examples:

    [cyan]sojourn webhooks redeliver 019401d2-7c1a-7000-8000-000000000001 --failed[/]
    """
    from sojourn.webhooks_table import redeliver as run  # noqa: PLC0415

    run(endpoint, delivery or [], failed=failed)
