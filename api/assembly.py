"""What the two apps are made of alike: error documents, middlewares, health, metrics and docs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI

from api.conventions.bearer import TokenVerifier
from api.conventions.errors import install_error_handlers
from api.conventions.route import OrderedRoute
from api.conventions.sight import Sight
from api.docs_page import serve_docs
from api.health import Check, serve_health
from api.middleware.body_limit import BodyLimit
from api.middleware.client_address import LOOPBACK, ClientAddress
from api.middleware.correlation import Correlation
from api.middleware.cors import Cors
from api.middleware.deadline import Deadline
from api.middleware.head import HeadAsGet
from api.middleware.last_resort import LastResort
from api.middleware.limits import Limits, usual_quotas
from api.middleware.observation import Observation, Observed
from api.openapi import VERSION, document_with_conventions

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def assemble(  # noqa: PLR0913 - an app is made of these
    name: str,
    description: str,
    routers: Sequence[APIRouter],
    *,
    verifier: TokenVerifier,
    sight: Sight,
    origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = LOOPBACK,
    quota_times: int = 1,
    checks: Mapping[str, Check],
    answer_within: float,
    lifespan: Lifespan,
) -> FastAPI:
    """An app that keeps every convention around ``routers``; seconds until it gives up."""
    app = FastAPI(
        title=f"Sojourn {name}",
        version=VERSION,
        description=description,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        strict_content_type=False,
        separate_input_output_schemas=False,
    )
    app.state.verifier = verifier
    app.state.sight = sight
    install_error_handlers(app)
    for router in routers:
        app.include_router(router)
    observation = Observation(name)
    observation.serve(app)
    serve_health(app, checks)
    serve_docs(app)
    app.openapi = document_with_conventions(app)
    # The last added is the outermost.
    app.add_middleware(BodyLimit)
    app.add_middleware(Limits, quotas=usual_quotas(quota_times))
    app.add_middleware(Deadline, seconds=answer_within)
    app.add_middleware(LastResort)
    app.add_middleware(Cors, origins=origins)
    app.add_middleware(Observed, observation=observation)
    app.add_middleware(Correlation)
    app.add_middleware(ClientAddress, trusted=trusted_proxies)
    app.add_middleware(HeadAsGet)
    return app


def ordered_router(tag: str) -> APIRouter:
    """A router whose endpoints decide in the one order."""
    return APIRouter(route_class=OrderedRoute, tags=[tag])
