"""The search index: its explicit mapping, and the aliases under which readers see a generation."""

from __future__ import annotations

from typing import Any, Final

from elasticsearch import AsyncElasticsearch, BadRequestError

from projections.listing_search.catalogue import READY, Catalogue
from projections.listing_search.names import applied, listings, of_generation, writing

CURRENT: Final = "3"
"""The shape that this code makes: raised whenever its documents change theirs.

A generation is named by its shape and a number, as in :mod:`projections.generation`.
"""

PARTITIONS: Final = 12
"""How many partitions the event topic has, for ever."""

_SETTINGS: Final[dict[str, Any]] = {
    "number_of_shards": 1,
    "refresh_interval": "500ms",
    "analysis": {
        "filter": {
            "english_stop": {"type": "stop", "stopwords": "_english_"},
            "english_possessive": {"type": "stemmer", "language": "possessive_english"},
            "english_stem": {"type": "stemmer", "language": "english"},
            "beginnings": {
                "type": "edge_ngram",
                "min_gram": 1,
                "max_gram": 20,
                "preserve_original": True,
            },
        },
        "analyzer": {
            "folded": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
            "stemmed": {
                "tokenizer": "standard",
                "filter": [
                    "english_possessive",
                    "lowercase",
                    "english_stop",
                    "asciifolding",
                    "english_stem",
                ],
            },
            "begun": {
                "tokenizer": "standard",
                "filter": ["lowercase", "asciifolding", "beginnings"],
            },
        },
    },
}

_KEYWORD: Final = {"type": "keyword"}
_NUMBER: Final = {"type": "long"}
_TEXT: Final[dict[str, Any]] = {
    "type": "text",
    "analyzer": "folded",
    "fields": {"stemmed": {"type": "text", "analyzer": "stemmed"}},
}
_TITLE: Final[dict[str, Any]] = _TEXT | {
    "copy_to": "words",
    "fields": {
        **_TEXT["fields"],
        "begun": {"type": "text", "analyzer": "begun", "search_analyzer": "folded"},
    },
}
_PLACE: Final[dict[str, Any]] = {
    "type": "keyword",
    "ignore_above": 1000,
    "copy_to": "words",
    "fields": {
        "text": {"type": "text", "analyzer": "folded"},
        "begun": {"type": "text", "analyzer": "begun", "search_analyzer": "folded"},
    },
}

MAPPING: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "properties": {
        "id": _KEYWORD,
        "status": _KEYWORD,
        "host_id": _KEYWORD,
        "kind": _KEYWORD,
        "title": _TITLE,
        "description": _TEXT | {"copy_to": "words"},
        "words": _TEXT,
        "room_type": {"type": "keyword", "ignore_above": 1000, "copy_to": "words"},
        "amenities": {"type": "keyword", "normalizer": "lowercase", "copy_to": "words"},
        "neighbourhood": _PLACE,
        "city": _PLACE,
        "country": _PLACE,
        "location": {"type": "geo_point"},
        "time_zone": _KEYWORD,
        "price": _NUMBER,
        "currency": _KEYWORD,
        "max_guests": _NUMBER,
        "capacity": _NUMBER,
        "minimum_nights": _NUMBER,
        "maximum_nights": _NUMBER,
        "opening_days": {"type": "byte"},
        "instant": {"type": "boolean"},
        "tariff": {"type": "binary", "doc_values": True},
        "listed_at": _NUMBER,
        "full": {
            "type": "nested",
            "dynamic": "strict",
            "properties": {"nights": {"type": "date_range"}, "until": {"type": "date"}},
        },
        "rating": _NUMBER,
        "rated": {"type": "object", "enabled": False},
        "folded": {"type": "object", "enabled": False},
    },
}

_APPLIED: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "properties": {"position": {"type": "long", "index": False}},
}


async def create_generation(
    client: AsyncElasticsearch, prefix: str, generation: str, *, replicas: int
) -> None:
    """Make the empty indices of ``generation`` where they are not there yet; nobody sees them."""
    wanted = {
        listings(prefix): (MAPPING, _SETTINGS),
        applied(prefix): (_APPLIED, {"number_of_shards": 1}),
    }
    for alias, (mapping, settings) in wanted.items():
        index = of_generation(alias, generation)
        try:
            await client.indices.create(
                index=index,
                aliases={writing(index): {}},
                mappings=mapping,
                settings=settings | {"number_of_replicas": replicas},
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise


async def ensure_index(
    client: AsyncElasticsearch, prefix: str, *, head: int, replicas: int = 0
) -> bool:
    """Show an empty generation if the log is empty; whether one is shown.

    ``head`` is the position of the log's last event. Behind a log with events in it an empty index
    is not a whole read model: the worker builds it from the log and shows it then.
    """
    if await client.indices.exists_alias(name=listings(prefix)):
        return True
    if head > 0:
        return False
    await create_generation(client, prefix, CURRENT, replicas=replicas)
    catalogue = Catalogue(client, prefix)
    await catalogue.mark(CURRENT, READY)
    return await catalogue.show(CURRENT)
