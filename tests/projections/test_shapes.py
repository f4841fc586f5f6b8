"""Documents that older code wrote are not those of newer code: then the generation is another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from projections import generation
from projections.listing_search import index
from projections.listing_search.projector import Document
from streams.pages import KINDS

PAGES = {"2": "292b1b49ab2f94b2", "3": "c118fb25cd1f0018"}
LISTINGS = {"2": "38d220baf9fb3d9a17f561c58cee21ba"}


def digest(shapes: Sequence[Any]) -> str:
    _, components = msgspec.json.schema_components(shapes)
    for component in components.values():
        component.pop("description", None)
    return hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()[:16]


def test_pages_of_another_shape_are_another_generation() -> None:
    shape = digest([kind.state for kind in KINDS])
    assert PAGES.get(generation.CURRENT) == shape, "raise CURRENT, then write the shape down here"


def test_search_documents_of_another_shape_are_another_generation() -> None:
    shape = digest([Document])
    mapped = json.dumps(index.MAPPING, sort_keys=True)
    shape += hashlib.sha256(mapped.encode()).hexdigest()[:16]
    assert LISTINGS.get(index.CURRENT) == shape, "raise CURRENT, then write the shape down here"
