"""The command app as `sojourn api commands` serves it, with one endpoint more that does nothing.

Run as `python -m benchmarks.app`. The endpoint parses the same body under the same conventions.
"""

from __future__ import annotations

from fastapi import FastAPI, Response

from api.assembly import ordered_router
from api.representations.booking import BookingBody
from sojourn import processes, wiring
from sojourn.settings import Settings

NOTHING = "/v1/nothing"

router = ordered_router("benchmark")


@router.post(NOTHING, summary="Do nothing", status_code=201)
async def nothing(body: BookingBody) -> Response:
    """The floor: everything about a command but the command."""
    return Response(body.quote_id.bytes, 201, media_type="application/octet-stream")


_command_app = wiring.command_app


def command_app(settings: Settings) -> FastAPI:
    """The real app and the endpoint."""
    app = _command_app(settings)
    app.include_router(router)
    return app


if __name__ == "__main__":
    wiring.command_app = command_app
    processes.run_command_app(None, None)
