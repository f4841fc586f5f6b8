"""A quote as it was made."""

from __future__ import annotations

from domain.quote.facts import Quoted, QuoteEvent

Quote = Quoted
"""A quote never changes, so its state is its one fact."""


def evolve(quote: Quote | None, event: QuoteEvent) -> Quote:
    """The quote that ``event`` made."""
    return quote or event
