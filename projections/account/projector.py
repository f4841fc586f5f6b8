"""An account is the fold of its stream."""

from __future__ import annotations

from domain.account.state import Account, evolve
from projections.parts import PartKind

ACCOUNT = PartKind(model="account", stream="account", state=Account, evolve=evolve)
