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

PAGES = {"4": "d188f732cf88ad92"}
LISTINGS = {"3": "c075bb7b39f122df5346eeacbfb752d5"}


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
