"""What frontend developers read: OpenAPI in the words of people, and a page to try it on."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import httpx
import pytest
from fastapi.routing import APIRoute

from api import commands_app, queries_app
from api.gateway import create_gateway
from api.gateway.joined import join
from api.resources import RESOURCES
from tests.api.workbench import ISSUER, client_of, workbench
from tests.keyring import sealing

SECRET = b"s" * 32
NOWHERE = "http://127.0.0.1:9"
NO_POSTGRES = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The whole API, from apps that never start."""
    commands = commands_app.create_commands_app(
        postgres_url=NO_POSTGRES,
        signing_seed=SECRET,
        secret=SECRET,
        sealing=sealing(),
        exports_url="postgresql://nobody@127.0.0.1:9/none",
    )
    queries = queries_app.create_queries_app(
        redis_url="redis://127.0.0.1:9/0",
        elasticsearch_url=NOWHERE,
        postgres_url=NO_POSTGRES,
        verify_key=ISSUER.public_key,
        secret=SECRET,
        sealing=sealing(),
        exports_url="postgresql://nobody@127.0.0.1:9/none",
    )
    return join(queries.openapi(), commands.openapi())


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each operation by its method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_each_operation_has_a_summary_of_its_own(document: dict[str, Any]) -> None:
    routers = (*commands_app.ROUTERS, *queries_app.ROUTERS)
    routes = [cast("APIRoute", route) for router in routers for route in router.routes]
    silent = [route.path for route in routes if not route.summary]
    assert silent == [], "say summary= beside the path: what a person does there"
    summaries = [operation["summary"] for operation in operations(document).values()]
    assert len(set(summaries)) == len(summaries)


def test_each_operation_belongs_to_one_resource_that_is_told(document: dict[str, Any]) -> None:
    used = {name: operation["tags"] for name, operation in operations(document).items()}
    assert {name: tags for name, tags in used.items() if len(tags) != 1} == {}
    unknown = {tag for [tag] in used.values()} - RESOURCES.keys()
    assert unknown == set(), "describe it in api/resources.py"
    assert [tag["name"] for tag in document["tags"]] == list(RESOURCES)


@pytest.mark.parametrize("app", ["workbench", "gateway"])
async def test_the_page_and_all_it_loads_come_from_its_own_origin(app: str) -> None:
    made = workbench() if app == "workbench" else create_gateway(commands=NOWHERE, queries=NOWHERE)
    async with client_of(made) as client:
        page = await client.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "connect-src 'self';" in policy
        assert "http" not in policy
        loaded: list[str] = re.findall(r'(?:src|href)="(/[^"]*)"', page.text)
        assert "://" not in page.text
        assert len(loaded) == 3
        for path in loaded:
            assert_loads(await client.get(path))


@pytest.mark.parametrize("app", ["workbench", "gateway"])
async def test_the_bare_address_leads_to_the_page(app: str) -> None:
    made = workbench() if app == "workbench" else create_gateway(commands=NOWHERE, queries=NOWHERE)
    async with client_of(made) as client:
        answer = await client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_the_page_shows_examples_that_could_be(document: dict[str, Any]) -> None:
    money = document["components"]["schemas"]["Money"]["properties"]
    assert (money["amount"]["examples"], money["currency"]["examples"]) == ([12345], ["SEK"])
    said = [
        answer["description"]
        for operation in operations(document).values()
        for answer in operation["responses"].values()
    ]
    assert "Successful Response" not in said


def assert_loads(answer: httpx.Response) -> None:
    """A browser told not to sniff takes it for what it is."""
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    kind = "text/css" if answer.url.path.endswith(".css") else "text/javascript"
    assert answer.headers["content-type"].startswith(kind)


def test_a_merge_patch_requires_nothing_and_refers_to_nothing(document: dict[str, Any]) -> None:
    patch = operations(document)["PATCH /v1/listings/{listing_id}"]["requestBody"]
    schema = patch["content"]["application/json"]["schema"]
    assert not re.search(r'"(\$ref|required)":', json.dumps(schema["properties"]["location"]))
    assert "required" not in schema
    assert "$ref" not in json.dumps(schema)
    assert {"type": "null"} in schema["properties"]["title"]["anyOf"]


def test_token_errors_are_documented_in_the_words_of_oauth(document: dict[str, Any]) -> None:
    told = operations(document)
    [media] = told["POST /v1/token"]["responses"]["400"]["content"]
    assert media == "application/json"
    assert "content" not in told["POST /v1/token/revoke"]["responses"]["200"]
    assert "parameters" not in told["POST /v1/token"]
    assert "304" in told["GET /v1/listings/{listing_id}"]["responses"]
