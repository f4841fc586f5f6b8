"""The gateway: GET and HEAD go to the queries, all else to the commands, as if they were one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from api.conventions.errors import install_error_handlers
from api.docs_page import serve_docs
from api.gateway.joined import JoinedDocument
from api.gateway.proxy import Proxy
from api.gateway.upstreams import Upstreams
from api.health import serve_health
from api.middleware.correlation import Correlation
from api.middleware.cors import Cors
from api.middleware.last_resort import LastResort
from api.middleware.observation import Observation, Observed


def create_gateway(*, commands: str, queries: str, origins: Iterable[str] = ()) -> FastAPI:
    """An app that joins those that answer at the URLs ``commands`` and ``queries``."""
    upstreams = Upstreams(commands.rstrip("/"), queries.rstrip("/"))
    joined = JoinedDocument(upstreams)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        yield
        await upstreams.close()

    app = FastAPI(
        title="Sojourn",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.upstreams = upstreams
    install_error_handlers(app)
    observation = Observation("gateway")
    observation.serve(app)
    serve_health(
        app,
        {
            "commands": partial(upstreams.document, upstreams.commands, "/health/ready"),
            "queries": partial(upstreams.document, upstreams.queries, "/health/ready"),
        },
    )
    serve_docs(app)

    async def document(request: Request) -> Response:
        return JSONResponse(await joined.read())

    app.add_route("/openapi.json", document, include_in_schema=False)
    proxy = Proxy(upstreams, joined)
    app.router.default = proxy
    app.state.closing = proxy.close
    # The last added is the outermost.
    app.add_middleware(LastResort)
    app.add_middleware(Cors, origins=origins)
    app.add_middleware(Observed, observation=observation)
    app.add_middleware(Correlation)
    return app
