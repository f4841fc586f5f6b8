"""A read model that can't answer now says so; it never answers from what it does not have."""

from __future__ import annotations


class ReadModelUnavailable(Exception):
    """The read model can't be asked at the moment; later it can."""


class ReadModelMissing(ReadModelUnavailable):
    """The read model was never built, or its store was emptied: it is whole again once rebuilt."""
