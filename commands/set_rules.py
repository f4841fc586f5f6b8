"""A host sets what a listing asks of stays and charges for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.state import Listing
from domain.refusals import StaleVersion
from domain.rules import decisions
from domain.rules.document import Rules


@dataclass(frozen=True, kw_only=True)
class SetRules:
    """Ask and charge what ``rules`` say, if the listing still has version ``expected``."""

    listing_id: UUID
    expected: int
    rules: Rules


def set_rules(message: SetRules, work: Work) -> Versioned[Listing]:
    """Raises NoSuch, NotYours, StaleVersion and what the decision raises."""
    listing = work.own_listing(message.listing_id, "change this listing", "listing")
    if listing.version != message.expected:
        raise StaleVersion(expected=message.expected, actual=listing.version)
    return work.record(listing, decisions.set_rules(listing.state, message.rules))
