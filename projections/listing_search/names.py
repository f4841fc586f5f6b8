"""What indices and aliases of the search are called."""

from __future__ import annotations


def listings(prefix: str) -> str:
    """The name under which readers find the documents."""
    return f"{prefix}-listings"


def applied(prefix: str) -> str:
    """The name under which the applied positions are, one document a partition."""
    return f"{prefix}-applied"


def of_generation(alias: str, generation: str) -> str:
    """The index behind ``alias`` in ``generation``."""
    return f"{alias}-{generation}"


def writing(index: str) -> str:
    """The alias through which ``index`` is written to.

    A write to a missing alias fails, where a write to a missing index would make it.
    """
    return f"{index}.writing"
