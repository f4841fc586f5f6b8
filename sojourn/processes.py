"""Each process, from its settings to its end: what the commands of `process_cli` run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sojourn.process_log import log_to_stderr
from sojourn.settings import Settings, load_settings

_log = logging.getLogger("sojourn.process")


def run_command_app(host: str | None, port: int | None) -> None:
    """Serve the command app."""
    from sojourn.wiring import command_app  # noqa: PLC0415 - each process imports its own

    _serve("api-commands", command_app, host, port, "commands_port")


def run_query_app(host: str | None, port: int | None) -> None:
    """Serve the query app."""
    from sojourn.wiring import query_app  # noqa: PLC0415

    _serve("api-queries", query_app, host, port, "queries_port")


def run_gateway(host: str | None, port: int | None) -> None:
    """Serve both apps on one origin."""
    from sojourn.wiring import gateway_app  # noqa: PLC0415

    _serve("gateway", gateway_app, host, port, "gateway_port")


def run_relay() -> None:
    """Send the log to Kafka."""
    from sojourn.wiring import relay  # noqa: PLC0415

    relay(_begin("relay"))
    _log.info("stopped")


def run_worker(sink: str) -> None:
    """Apply the topic to the ``sink`` of this name."""
    from sojourn import wiring  # noqa: PLC0415

    worker = {
        "pages": wiring.pages_worker,
        "search": wiring.search_worker,
        "feed": wiring.feed_worker,
        "reactors": wiring.reactors_worker,
        "webhooks": wiring.webhooks_worker,
    }[sink]
    asyncio.run(worker(_begin(f"worker-{sink}")))
    _log.info("stopped")


def run_timers() -> None:
    """Do what time makes due."""
    from sojourn.wiring import timers  # noqa: PLC0415

    timers(_begin("timers"))
    _log.info("stopped")


def _serve(
    name: str,
    make: Callable[[Settings], Any],
    host: str | None,
    port: int | None,
    port_setting: str,
) -> None:
    from sojourn.serve import serve  # noqa: PLC0415
    from sojourn.settings import variable  # noqa: PLC0415

    settings = _begin(name)
    at: int = getattr(settings, port_setting) if port is None else port
    serve(make(settings), host or settings.host, at, variable(port_setting))
    _log.info("stopped")


def _begin(name: str) -> Settings:
    settings = load_settings()
    log_to_stderr(name, settings.log_level)
    return settings
