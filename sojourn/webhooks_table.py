"""Webhook endpoints and deliveries, as operators see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args
from uuid import UUID

from rich.table import Table

from commands.webhooks.deliveries import Deliveries, Status
from sojourn.errors import Stop
from sojourn.settings import load_settings
from sojourn.terminal import out
from sojourn.wiring import log_reader
from streams.webhooks.registry import Registry

ALL = 1_000


def show_endpoints() -> None:
    """Print every endpoint that was not removed."""
    settings = load_settings()
    with log_reader(settings) as log, _deliveries() as deliveries:
        registry = Registry(log)
        registry.refresh()
        waiting = deliveries.waiting()
        endpoints = [each for each in registry.endpoints() if each.status != "removed"]
    shown = Table(title=f"{len(endpoints):,} endpoints", title_justify="left")
    for column in ("endpoint", "owner", "of", "url", "status", "waiting"):
        shown.add_column(column, overflow="fold")
    for each in endpoints:
        shown.add_row(
            str(each.id),
            str(each.owner_id),
            each.scope,
            each.url,
            f"disabled: {each.disabled_because}" if each.disabled_because else each.status,
            str(waiting.get(each.id, 0)),
            style=None if each.status == "active" else "red",
        )
    out.print(shown)


def show_deliveries(endpoint: UUID, status: str | None, limit: int) -> None:
    """Print the latest deliveries; raises Stop for a status that there is not."""
    if status is not None and status not in get_args(Status):
        raise Stop(f"a delivery is {', '.join(get_args(Status))}, and never {status}")
    with _deliveries() as deliveries:
        found = deliveries.of(endpoint, limit=limit, status=cast("Status | None", status))
    shown = Table(title_justify="left")
    for column in ("delivery", "event", "status", "made", "attempts", "next", "answer"):
        shown.add_column(column, overflow="fold")
    for each in found:
        shown.add_row(
            str(each.id),
            each.event,
            each.status,
            f"{each.created_at:%Y-%m-%d %H:%M:%S}Z",
            str(each.attempts),
            f"{each.next_at:%Y-%m-%d %H:%M:%S}Z" if each.next_at else "",
            each.problem or str(each.response_status or ""),
            style="red" if each.status == "failed" else None,
        )
    out.print(shown)


def redeliver(endpoint: UUID, chosen: Sequence[UUID], *, failed: bool) -> None:
    """Send deliveries again; raises Stop when there is nothing to send."""
    with _deliveries() as deliveries:
        wanted = list(chosen)
        if failed:
            for status in ("failed", "cancelled"):
                found = deliveries.of(endpoint, limit=ALL, status=status)
                wanted += [each.id for each in found]
        sent = [each for each in reversed(wanted) if deliveries.send_again(each, endpoint)]
    if not sent:
        raise Stop("there is no such delivery to this endpoint")
    out.print(f"{len(sent):,} to be sent again.")


def _deliveries() -> Deliveries:
    return Deliveries(load_settings().need("postgres_commands_url"), pool_size=1)
