"""What can happen to a listing's rules."""

from __future__ import annotations

from dataclasses import dataclass

from domain.rules.document import Rules


@dataclass(frozen=True, kw_only=True)
class RulesSet:
    """What a stay must keep and what is charged for it was set, for quotes from now on."""

    rules: Rules
