"""``/docs``: Swagger UI over an app's OpenAPI document, all of it from the app's own origin."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

OURS = Path(str(files("api")))
SWAGGER_UI = Path(str(files("fastapi_offline"))) / "static"

PAGE = OURS / "docs_page.html"
BESIDE_IT = (
    (OURS / "docs_page.js", "text/javascript"),
    (SWAGGER_UI / "swagger-ui-bundle.js", "text/javascript"),
    (SWAGGER_UI / "swagger-ui.css", "text/css"),
)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI styles its elements one by one, and carries its icons in its style sheet."""


def serve_docs(app: FastAPI) -> None:
    """Adds ``/docs`` to ``app``, below it what the page loads, and the way there from ``/``."""
    app.add_route("/", _to_docs, include_in_schema=False)
    _serve(app, "/docs", PAGE, "text/html", {"Content-Security-Policy": POLICY})
    for path, media_type in BESIDE_IT:
        _serve(app, f"/docs/{path.name}", path, media_type, {})


async def _to_docs(request: Request) -> Response:
    return RedirectResponse("/docs", headers={"Cache-Control": "public, max-age=300"})


def _serve(app: FastAPI, at: str, path: Path, media_type: str, headers: dict[str, str]) -> None:
    told = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff", **headers}

    async def answer(request: Request) -> Response:
        return FileResponse(path, media_type=media_type, headers=told)

    app.add_route(at, answer, include_in_schema=False)
