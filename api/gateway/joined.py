"""One OpenAPI document of both apps, and from it the methods that a path takes on this origin."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from api.gateway.upstreams import Upstreams
from api.openapi import VERSION
from api.resources import tags_of

METHODS = frozenset({"get", "put", "post", "delete", "patch"})


class JoinedDocument:
    """Made when first asked for, and kept: the apps behind do not change while they run."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams
        self._document: dict[str, Any] | None = None
        self._paths: list[tuple[re.Pattern[str], set[str]]] = []

    async def read(self) -> dict[str, Any]:
        """The document; 503 while one of the apps is down."""
        if self._document is None:
            both = (self._upstreams.queries, self._upstreams.commands)
            self._document = join(
                *await asyncio.gather(
                    *(self._upstreams.document(each, "/openapi.json") for each in both)
                )
            )
            self._paths = [
                (_pattern(path), {method.upper() for method in operations if method in METHODS})
                for path, operations in self._document["paths"].items()
            ]
        return self._document

    async def methods_of(self, path: str) -> list[str]:
        """Every method that some app takes at ``path``; none for an unknown one."""
        await self.read()
        found: set[str] = set()
        for pattern, methods in self._paths:
            if pattern.fullmatch(path):
                found |= methods
        return sorted(found | {"HEAD"} if "GET" in found else found)


def join(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Both documents in one."""
    paths: dict[str, Any] = {}
    components: dict[str, dict[str, Any]] = {}
    for document in (first, second):
        for path, operations in document["paths"].items():
            paths.setdefault(path, {}).update(operations)
        for kind, parts in document.get("components", {}).items():
            components.setdefault(kind, {}).update(parts)
    return {
        "openapi": first["openapi"],
        "info": {
            "title": "Sojourn",
            "version": VERSION,
            "description": "Hosts list, guests book, and nothing that happened is ever lost.",
        },
        "tags": tags_of(paths),
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _pattern(path: str) -> re.Pattern[str]:
    fixed = [re.escape(part) for part in re.split(r"\{[^}]*\}", path)]
    return re.compile("[^/]+".join(fixed))
