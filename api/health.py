"""``/health/live``: the process answers. ``/health/ready``: so does every server it needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from api.conventions.outages import RETRY_AFTER
from api.conventions.problems import Problem, problem_response

Check = Callable[[], Awaitable[object]]
"""Asks one server something small; raises when it can't be used."""

TIMEOUT = 3.0

_log = logging.getLogger("sojourn.health")


async def failures(checks: Mapping[str, Check]) -> list[str]:
    """The names of the servers that do not answer in time."""
    answers = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
    return [name for name, passed in zip(checks, answers, strict=True) if not passed]


async def _passes(name: str, check: Check) -> bool:
    try:
        await asyncio.wait_for(check(), TIMEOUT)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is not ready
        _log.warning("%s is not ready: %r", name, error)
        return False
    return True


def serve_health(app: FastAPI, checks: Mapping[str, Check]) -> None:
    """Adds the two endpoints to ``app``."""

    async def live(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        failed = await failures(checks)
        if failed:
            return problem_response(not_ready(failed))
        return JSONResponse({"status": "ok", "checks": dict.fromkeys(checks, "ok")})

    app.add_route("/health/live", live, include_in_schema=False)
    app.add_route("/health/ready", ready, include_in_schema=False)


def not_ready(failed: list[str]) -> Problem:
    """503, naming what does not answer."""
    return Problem(
        503,
        "not_ready",
        f"Not answering: {', '.join(failed)}.",
        headers={"Retry-After": str(RETRY_AFTER)},
    )
