"""``/docs``: one page that shows an OpenAPI document, made of nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

PAGE = files("api").joinpath("docs_page.html").read_text(encoding="utf-8")

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
)


def docs_response() -> Response:
    """The page, allowed to load nothing but the document beside it."""
    return HTMLResponse(
        PAGE, headers={"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=300"}
    )


def serve_docs(app: FastAPI) -> None:
    """Adds ``/docs`` to ``app``."""

    async def docs(request: Request) -> Response:
        return docs_response()

    app.add_route("/docs", docs, include_in_schema=False)
