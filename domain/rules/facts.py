"""What can happen to a listing's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.rules.dates import DateOverride
from domain.rules.document import Rules


@dataclass(frozen=True, kw_only=True)
class RulesSet:
    """What a stay must keep and what is charged for it was set, for quotes from now on."""

    rules: Rules


@dataclass(frozen=True, kw_only=True)
class DatesChanged:
    """What holds on single dates was set; one that says nothing is as the rules say again.

    ``on`` is the day of the decision where the listing is: what was set for days before it is past.
    """

    on: date
    overrides: tuple[DateOverride, ...]
