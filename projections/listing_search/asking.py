"""Elasticsearch's failures in a read model's words: missing, unavailable, or our own mistake."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from elasticsearch import ApiError, NotFoundError, TransportError

from projections.unavailable import ReadModelMissing, ReadModelUnavailable

PASSING = frozenset({401, 403, 408, 429, 502, 503, 504})
"""Statuses that say nothing about the request: it may succeed later.

An index that takes no writes, as when its disk is nearly full, is 403.
"""


@contextmanager
def asking() -> Generator[None]:
    """Translate what goes wrong within: :class:`ReadModelUnavailable`, or the error itself."""
    try:
        yield
    except NotFoundError as error:
        raise ReadModelMissing(f"the index is not there: {error.error}") from error
    except ApiError as error:
        if error.status_code in PASSING:
            raise ReadModelUnavailable(f"Elasticsearch can't do it now: {error.error}") from error
        raise
    except TransportError as error:
        raise ReadModelUnavailable(f"Elasticsearch does not answer: {error.message}") from error
