"""A promotion is the fold of its stream."""

from __future__ import annotations

from domain.promotion.state import Promotion, evolve
from projections.parts import PartKind

PROMOTION = PartKind(model="promotion", stream="promotion", state=Promotion, evolve=evolve)
