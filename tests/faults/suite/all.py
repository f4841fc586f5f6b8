"""Every module with faults, in the order in which they are made."""

from __future__ import annotations

from tests.faults.suite import items, ours, poison, servers, topic
from tests.faults.suite.registry import FAULTS, Fault

__all__ = ["FAULTS", "Fault", "items", "ours", "poison", "servers", "topic"]
